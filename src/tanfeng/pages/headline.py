"""What a leader reads first: three answers, the control indicators, three things to know, the fields and their targets.

The first page, the brief and the wall chart say the same, so it is made once, here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from tanfeng.checks.importing import request_workbook
from tanfeng.checks.importing.request_workbook import UNNAMED
from tanfeng.data import periods
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions
from tanfeng.facts.plans import current, full, short
from tanfeng.outlook import committed, paths, projection, scenarios
from tanfeng.outlook.peak import BY
from tanfeng.pages import sentences, text
from tanfeng.pages.figures import chances, counted_verdicts, emitted, figure, gathered, past_errors
from tanfeng.pages.outlook import outlook_frame
from tanfeng.pages.table import pick
from tanfeng.pages.text import CHANCE, GIVEN
from tanfeng.roadmap import gaps
from tanfeng.targets import ahead, requests
from tanfeng.targets.ahead import NATIONAL
from tanfeng.targets.rules import VERDICTS
from tanfeng.targets.verdict import Verdict, shown_figure

if TYPE_CHECKING:
    from tanfeng.pages.page import KeyFigures

ACCOUNTS = ("direct", "assessment")
WITHOUT_COMMITTED = "without_committed"
CONTROLS = {  # the control indicators of a plan: the quantity, and the indicators that targets on it use
    "energy_intensity": ("energy_intensity_change_assessment", "energy_intensity_change"),
    "carbon_intensity": ("co2_intensity_change",),
    "coal": ("coal_consumption_plan_scope", "coal_consumption"),
    "non_fossil": ("non_fossil_share",),
}
DECIDING = ("decides", "bound", "part", "whole")  # roles of the figure that a verdict rests on
TEXTS = {  # of the chart that the first page and the brief share
    "figures": ("关键数字", "Key figures"),
    "outlook": ("分领域排放与预测", "Emissions and outlook by field"),
    "outlook_figure": (
        "2030年预测{{ k.co2_2030 }}，比{{ k.co2_latest.year }}{{ k.co2_2030_change.change }}",
        "{{ k.co2_2030 }} in 2030, {{ k.co2_2030_change.change }} on {{ k.co2_latest.year }}",
    ),
}
FEW = 3  # names told in a sentence
LIVE = "open"
FALLING = {"decrease_by", "at_most"}  # directions in which less is better
CLAUSES = 2  # of a reason that stand in a strip
CHANGE = "change"  # kind of an indicator
RUNNING = ("decides", "with_base", "chain")  # roles of a figure that is asked for and helps to decide
Row = dict[str, Any]


def key_figures(catalog: Catalog, region: str, judged: list[Verdict], every: list[Verdict]) -> pd.DataFrame:
    """Return the key figures of the first page: emissions, peak, the way to 2030, past errors, counts of verdicts.

    Nothing is told of a gap where the region has no target on CO2 intensity ahead, or no figures that bear on it.
    `judged` are the verdicts of the plan that is counted, `every` those of all plans.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = key_figures(open_catalog(), "330000", [], []).set_index("id")
        >>> str(found.at["co2_latest", "period"]), "gap_P05_assessment" in found.index
        ('2022', True)
    """
    counted = figure("on_wall", sum(verdict.counts for verdict in every), "targets", "", "reported")
    return gathered(
        (catalog, region),
        lambda *_: emitted(catalog, region, "total"),
        lambda *_: chances(catalog, region, "total"),
        lambda *_: past_errors(catalog),
        _way,
        _asked_of_intensity,
        lambda *_: [*counted_verdicts(judged), counted],
    )


def _way(catalog: Catalog, region: str) -> list[Row]:
    """Return the change to 2030, the outlook without committed units, and the gap to the target on CO2 intensity."""
    rows = paths.fields(catalog, region)
    known = emissions.series(catalog, region, "total").set_index("year")["co2_mt"]
    last, due = int(known.index[-1]), float(paths.at(rows, "total", BY)["co2_mt"])
    change = 100 * (due / float(known[last]) - 1)
    found = [figure("co2", change, "%", f"{last}/{BY}", "forecast", of=(BY, "change"))]
    named = {one.name: one for one in scenarios.named(catalog, region)}
    if WITHOUT_COMMITTED in named:
        other = paths.at(paths.fields(catalog, region, scenario=named[WITHOUT_COMMITTED]), "total", BY)
        found.append(figure("co2", other["co2_mt"], "Mt CO2", BY, "forecast", of=(BY, WITHOUT_COMMITTED)))
    return found


def _asked_of_intensity(catalog: Catalog, region: str) -> list[Row]:
    gaps_of = own_gaps(catalog, region)
    asked = [
        figure(
            "asked", row["reduction_pct"], "%", row["year"], "reported", row["source_id"], of=row["target"], shown=GIVEN
        )
        for row in gaps_of[:1]
    ]
    ways = ahead.ways(catalog, region) if gaps_of else ()
    fallen = [
        figure("fallen", way.reached(way.last), "%", f"{way.base}/{way.last}", "estimate", of=way.account)
        for way in ways
    ]
    return [*asked, *fallen, *(one for row in gaps_of for one in _gap(row))]


def own_gaps(catalog: Catalog, region: str) -> list[Row]:
    """Return the gap of the last target ahead on CO2 intensity of a region by account; nothing if there is none.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [(row["target"], row["account"]) for row in own_gaps(open_catalog(), "330000")]
        [('P05', 'direct'), ('P05', 'assessment')]
    """
    if not (gaps.targets(catalog, region).query("region == @region")["target_year"] >= catalog.as_of_year).any():
        return []
    try:
        rows = gaps.gaps(catalog, region)
    except ProjectError:  # GDP, emissions or growth targets of the region are not in the tables
        return []
    rows = rows[rows["asked_of"] == region]
    return [row for row in rows[rows["year"] == rows["year"].max()].to_dict("records") if row["account"] in ACCOUNTS]


def _gap(row: Row) -> list[Row]:
    name, due = (row["target"], row["account"]), row["year"]
    return [
        figure("p_without", 100 * row["p_without"], "%", due, "forecast", of=name, shown=CHANCE),
        figure("limit", row["limit_mt"], "Mt CO2", due, "estimate", row["source_id"], of=name),
        figure("gap", abs(row["gap_mt"]), "Mt CO2", due, "forecast", of=name),
        figure("saved", row["saved_mt"], "Mt CO2", due, "forecast", of=row["account"]),
    ]


def answers(catalog: Catalog, region: str, k: KeyFigures, judged: Sequence[Verdict], lang: str) -> list[Row]:
    """Return up to three answers: will it peak, is the intensity target in reach, what became of the plan.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        k: key figures with those of `key_figures`, of emissions, peak and counts.
        judged: verdicts of the plan that is counted.
        lang: `zh` or `en`.

    Returns:
        value, label (texts), said (before what is stressed), stressed, rest (after it), detail; texts.
    """
    found = [_peak(catalog, k, lang)]
    own = {row["account"]: row for row in own_gaps(catalog, region)}
    if own:
        found.append(_intensity(k, own, lang))
    return [*found, _plan(catalog, k, judged, lang)] if judged else found


def said(rows: Iterable[Row]) -> list[str]:
    """Return answers (see `answers`) as whole sentences.

    Example:
        >>> said([{"said": "63 targets: ", "stressed": "15 met", "rest": "."}])
        ['63 targets: 15 met.']
    """
    return [row["said"] + row["stressed"] + row["rest"] for row in rows]


def _peak(catalog: Catalog, k: KeyFigures, lang: str) -> Row:
    chance, due = k[f"p_by_{BY}"], k[f"co2_{BY}"]
    higher = k[f"co2_{BY}_change"].value > 0
    change = f"{abs(k[f'co2_{BY}_change'].value):.1f}%"
    built = committed_in(k)
    if lang == "zh":
        first = "已建在建项目全部计入，" if built else ""
        return {
            "value": str(chance),
            "label": f"{BY}年前达峰的概率",
            "said": f"{BY}年前达峰的概率为{chance}，",
            "stressed": sentences.likelier(chance.value, lang),
            "rest": "。",
            "detail": f"{first}{BY}年预测{due}（80%区间{due.range}），比{k.co2_latest.year}"
            f"{'高' if higher else '低'}{change}；至{paths.UNTIL}年仍未见峰值的概率为{k.p_no_peak}。",
        }
    first = "With everything built or under construction, " if built else ""
    said = f"{first}{BY} emissions are {due} (80% interval {due.range}), {change} {'above' if higher else 'below'} "
    return {
        "value": str(chance),
        "label": f"probability of a peak by {BY}",
        "said": f"The probability of peaking by {BY} is {chance}: ",
        "stressed": sentences.likelier(chance.value, lang),
        "rest": ".",
        "detail": f"{said}{k.co2_latest.year}; probability of no peak to {paths.UNTIL} {k.p_no_peak}.",
    }


def committed_in(k: KeyFigures) -> bool:
    """Return whether the reference has committed units in it: then the key figures tell what it is without them."""
    try:
        return k[f"co2_{BY}_{WITHOUT_COMMITTED}"] is not None
    except KeyError:
        return False


def _intensity(k: KeyFigures, own: dict[str, Row], lang: str) -> Row:
    row, direct, zh = own["assessment"], own["direct"], lang == "zh"
    due, asked = row["year"], k[f"asked_{row['target']}"]
    chance = {account: k[f"p_without_{row['target']}_{account}"] for account in ACCOUNTS}
    levels = tonnes(direct["reference_mt"], lang), tonnes(direct["limit_mt"], lang)
    lower = direct["gap_mt"] <= 0
    if zh:
        said, stressed = f"{due}年碳强度下降{asked}的目标：", f"计入外调电，达到的概率为{chance['assessment']}，"
        label, where = "碳强度目标，计入外调电", f"{'低' if lower else '高'}于允许的{levels[1]}"
        detail = f"只计直接排放，达到的概率为{chance['direct']}，{due}年预测{levels[0]}，{where}。"
    else:
        said = f"The {asked} cut in CO2 intensity by {due}: "
        stressed = f"with imported power the probability is {chance['assessment']}, "
        label, where = "CO2 intensity target, with imported power", f"the {levels[1]} allowed"
        side = "below" if lower else "above"
        detail = f"On direct emissions alone {chance['direct']}: {levels[0]} in {due}, {side} {where}."
    return {
        "value": str(chance["assessment"]),
        "label": label,
        "said": said,
        "stressed": stressed + _closing(row, lang),
        "rest": pick(("。", "."), lang),
        "detail": detail,
    }


def _closing(row: Row, lang: str) -> str:
    """Return how much is lacking to a limit of emissions, and what known measures close of it."""
    gap, saved = tonnes(row["gap_mt"], lang), tonnes(row["saved_mt"], lang)
    if row["gap_mt"] <= 0:
        return f"预测低于允许排放{gap}" if lang == "zh" else f"{gap} below what is allowed"
    covered, some = row["uncovered_mt"] <= 0, row["saved_mt"] > 0
    if lang == "zh":
        return f"约差{gap}，已知措施" + ("可以补上" if covered else f"可补上{saved}" if some else "补不上")
    ending = "close it" if covered else f"close {saved}" if some else "do not close it"
    return f"about {gap} short; known measures {ending}"


def tonnes(value: float, lang: str) -> str:
    """Return megatonnes of CO2 as a headline says them: 亿吨 with two decimals in Chinese, whole Mt in English.

    Example:
        >>> tonnes(80.49, "zh"), tonnes(-80.49, "en")
        ('0.80亿吨', '80 Mt')
    """
    return f"{text.number(abs(value) / 100, 2)}亿吨" if lang == "zh" else f"{text.number(abs(value), 0)} Mt"


def _plan(catalog: Catalog, k: KeyFigures, judged: Sequence[Verdict], lang: str) -> Row:
    counted = [one for one in judged if one.counts]
    by = {name: [one for one in counted if one.answer == name] for name in VERDICTS}
    leaning, left = len(by["likely_met"]) + len(by["likely_missed"]), len(counted) - len(by["met"]) - len(by["missed"])
    plan, zh = full(catalog, counted[0].target["plan"], lang), lang == "zh"
    missed = listed([_with_figure(catalog, one, lang) for one in by["missed"]], lang)
    behind = listed([sentences.target_name(one.target, lang) for one in by["likely_missed"]], lang)
    if zh:
        done = [f"{len(by['met'])}项已完成", f"{len(by['missed'])}项未完成" if by["missed"] else ""]
        parts = [f"未完成：{missed}。" if missed else "", f"旁证倾向未完成：{behind}。" if behind else ""]
        rest = f"，{left}项没有同口径公布数" + (f"，其中{leaning}项旁证有倾向" if leaning else "") + "。"
        stressed, said = "，".join(filter(None, done)), f"{plan}{len(counted)}项目标："
    else:
        done = [f"{len(by['met'])} met", f"{len(by['missed'])} missed" if by["missed"] else ""]
        parts = [f"Missed: {missed}." if missed else "", f"Evidence points to missed: {behind}." if behind else ""]
        rest = f"; {left} without a comparable figure" + (f", evidence leans for {leaning} of these" if leaning else "")
        rest, stressed, said = rest + ".", ", ".join(filter(None, done)), f"{plan}, {len(counted)} targets: "
    return {
        "value": str(len(by["met"])),
        "of": len(counted),
        "label": f"{plan}目标已完成" if zh else f"targets met, {plan}",
        "said": said,
        "stressed": stressed,
        "rest": rest,
        "detail": ("" if zh else " ").join(filter(None, parts)),
    }


def listed(names: Iterable[str], lang: str, most: int = FEW) -> str:
    """Return names one after the other, each once; of more than `most` how many there are.

    Example:
        >>> listed(["甲", "乙", "丙"], "zh", 2), listed(["a", "b", "c"], "en", 2)
        ('甲、乙等3项', 'a; b and 1 more')
    """
    every = list(dict.fromkeys(names))
    more = pick((f"等{len(every)}项", f" and {len(every) - most} more"), lang) if len(every) > most else ""
    return pick(("、", "; "), lang).join(every[:most]) + more


def _with_figure(catalog: Catalog, verdict: Verdict, lang: str) -> str:
    row = best(catalog, verdict)
    name = sentences.target_name(verdict.target, lang)
    goal = text.amount(catalog, verdict.target["target_value"], verdict.target["unit"], lang)
    if row is None:
        return name
    shown = text.figure(catalog, row | {"bound": "exact"}, lang, verdict.target["unit"])  # a bound counts everything
    return f"{name}（{shown}，目标{goal}）" if lang == "zh" else f"{name} ({shown}, target {goal})"


def best(catalog: Catalog, verdict: Verdict) -> Row | None:
    """Return the figure that stands for a target: what decides it, else the latest that leans; None without one.

    A figure that leans stands for it only in the unit of the target and, for a reduction, from its base year on.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target, shown_figure
        >>> best(open_catalog(), judge_target(open_catalog(), "E05"))["published"]
        916.0
        >>> best(open_catalog(), judge_target(open_catalog(), "B01"))  # of 2015 to 2020, asked from 2020 on
    """
    known, target = catalog.read("units").set_index("id")["dimension"], verdict.target

    def comparable(row: Row) -> bool:
        span = periods.parse(row["period"])
        since = target["kind"] != "reduction_pct" or span.start == target["base_year"]
        return row["role"] in DECIDING or (since and known[row["published_unit"]] == known[target["unit"]])

    return shown_figure(verdict, comparable)


def counts(judged: Iterable[Verdict]) -> list[Row]:
    """Return how many counted targets have each answer, those with none left out: verdict and count."""
    answered = [one.answer for one in judged if one.counts]
    return [{"verdict": name, "count": answered.count(name)} for name in VERDICTS if name in answered]


def controls(catalog: Catalog, region: str, judged: Sequence[Verdict], lang: str) -> list[Row]:
    """Return the targets on the control indicators: what is asked, the best evidence, where it leans, who knows.

    The plan that is over stands for an indicator; the one ahead where that has none. That on CO2 intensity ahead is
    answered by the outlook.

    Returns:
        verdict (see `Verdict`), id, name, goal, binding, known (text), answer, range (probability), holder; texts;
        told, whether the outlook answered.
    """
    found, gap = [], own_gaps(catalog, region)
    for indicators in CONTROLS.values():
        own = [one for one in judged if one.counts and one.target["indicator"] in indicators]
        for one in sorted(own, key=lambda verdict: verdict.target["target_year"])[:1]:
            row = _control(catalog, one, lang)
            outlook = {row["account"]: row for row in gap if row["target"] == one.target["id"]}
            told = _ahead(catalog, region, one, outlook, lang) if outlook else {}
            found.append(row | told | {"told": bool(told)})
    return found


def running(catalog: Catalog, judged: Sequence[Verdict], lang: str) -> str:
    """Return what the plan that runs asks on the control indicators, or that nothing is known; and the nation beside.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> running(open_catalog(), [], "zh")[:22]
        '“十五五”控制指标：数据表中没有本地区的目标'
    """
    plan, wanted = current(catalog), [name for names in CONTROLS.values() for name in names]
    own = [one.target for one in judged if one.counts and one.target["plan"] == plan]
    rows = catalog.read("targets")
    nation = rows[(rows["region"] == NATIONAL) & (rows["plan"] == plan) & (rows["variant"] == "firm")].to_dict(
        "records"
    )
    told = [
        pick(("；", "; "), lang).join(
            f"{sentences.target_name(one, lang)}{pick(('', ', '), lang)}{sentences.target_value(catalog, one, lang)}"
            for one in some
            if one["indicator"] in wanted
        )
        for some in (own, nation)
    ]
    none = pick(("数据表中没有本地区的目标", "the tables hold no target of the region"), lang)
    head = pick(
        (f"{short(catalog, plan, lang)}控制指标：", f"Control indicators of the {short(catalog, plan, lang)}: "), lang
    )
    last = (
        pick((f"；全国目标（只作参照）：{told[1]}", f"; national, for comparison only: {told[1]}"), lang)
        if told[1]
        else ""
    )
    return f"{head}{told[0] or none}{last}{pick(('。', '.'), lang)}"


def _ahead(catalog: Catalog, region: str, verdict: Verdict, gap: dict[str, Row], lang: str) -> Row:
    """Return what the outlook says of a target on CO2 intensity: how far it came, its probability by account."""
    fall = {way.account: (way, text.percent(way.reached(way.last))) for way in ahead.ways(catalog, region)}
    (direct, fallen), (_, with_imports) = (fall[account] for account in ACCOUNTS)
    chance = [text.probability(gap[account]["p_without"]) for account in ACCOUNTS]
    holder = next(
        (
            row["holder_" + lang]
            for row in request_workbook.asked(catalog, region).to_dict("records")
            if row["target_id"] == verdict.target["id"]
        ),
        "",
    )
    if lang == "zh":
        known = f"推算{direct.base}—{direct.last}年直接排放口径下降{fallen}，计入外调电下降{with_imports}"
        return {"known": known, "answer": LIVE, "range": f"直接{chance[0]}，含外调电{chance[1]}", "holder": holder}
    span = f"estimated for {direct.base}–{direct.last}"
    known = f"{span}: down {fallen} on direct emissions, {with_imports} with imported power"
    return {"known": known, "answer": LIVE, "range": f"direct {chance[0]}, with imports {chance[1]}", "holder": holder}


def _control(catalog: Catalog, verdict: Verdict, lang: str) -> Row:
    target, row = verdict.target, best(catalog, verdict)
    said = ""
    if verdict.judged is not None and not verdict.overtaken:
        said = sentences.fill_reason(catalog, verdict, verdict.judged[f"reason_{lang}"], lang)
        mark = pick(("；", "; "), lang)
        said = mark.join(said.split(mark)[:CLAUSES])
    elif row is not None:
        said = f"{text.period(row['period'], lang)}{pick(('', ': '), lang)}{text.figure(catalog, row, lang)}"
    return {
        "verdict": verdict,
        "id": target["id"],
        "name": sentences.target_name(target, lang),
        "goal": sentences.target_value(catalog, target, lang),
        "binding": text.word(catalog, "binding_binding", lang) if target["binding"] == "binding" else "",
        "known": said,
        "answer": verdict.answer,
        "range": sentences.probability_range(verdict, lang),
        "holder": sentences.guidance(verdict, "holder", lang),
        "indicator": row["indicator"] if row else target["indicator"],
    }


def things(catalog: Catalog, region: str, k: KeyFigures, judged: Sequence[Verdict], lang: str) -> list[Row]:
    """Return what got worse, what got better and what to do, as far as there is something to say of each.

    Worse is the latest published change against the direction of a target; better the latest unit on the grid or, if
    that is newer, the latest figure that meets a target; to do are the figures of the body that decides most.

    Returns:
        kind (`worse`, `better`, `todo`), said, body, date; texts.
    """
    counted = [one for one in judged if one.counts]
    found = [_worse(catalog, counted, lang), _better(catalog, region, k, counted, lang), todo(catalog, region, lang)]
    return [one for one in found if one]


def _worse(catalog: Catalog, counted: Sequence[Verdict], lang: str) -> Row:
    kinds = text.labels_kind(catalog)
    rows = [
        (periods.parse(row["period"]).end, one, row)
        for one in counted
        for row in one.evidence
        if one.target["direction"] in FALLING and kinds[row["indicator"]] == CHANGE and row["published"] > 0
    ]
    if not rows:
        return {}
    end, verdict, row = max(rows, key=lambda one: one[0])
    goal, when = sentences.target_value(catalog, verdict.target, lang), text.period(row["period"], lang)
    label = catalog.label("indicators", row["indicator"], lang)
    if lang == "zh":
        said = f"{label.replace('变化率', '')}{when}{text.figure(catalog, row, lang)}，目标为{goal}。"
    else:
        subject, size = label.removeprefix("Change of "), text.percent(row["published"])
        said = f"{subject[0].upper()}{subject[1:]} rose by {size} in {when}; the target is {goal}."
    return {"kind": "worse", "said": said, **_who(catalog, verdict, int(end), lang)}


def _who(catalog: Catalog, verdict: Verdict, year: int, lang: str) -> Row:
    """Return who has the result, and when to look again: at the next year, or the last one over up to the target."""
    asked = min(int(verdict.target["target_year"]), catalog.as_of_year - 1)
    holder = sentences.guidance(verdict, "holder", lang).partition("（")[0].partition(" (")[0]
    due = max(year + 1, asked)
    said = f"查验：{due}年数公布时" if lang == "zh" else f"Check: when {due} is published"
    return {"body": holder, "date": said}


def _better(catalog: Catalog, region: str, k: KeyFigures, counted: Sequence[Verdict], lang: str) -> Row:
    """Return the latest unit on the grid with what committed units take off, or the latest target met."""
    rows = catalog.read("nuclear_units")
    rows = rows[(rows["region"] == region) & (rows["part_of"] == "") & (rows["first_grid"] != "")]
    with_row = [(one, best(catalog, one)) for one in counted if one.verdict == "met"]
    met = [(periods.parse(row["period"]).end, one) for one, row in with_row if row]
    newest = max(met, key=lambda one: one[0]) if met else None
    if len(rows) and committed_in(k) and len(committed.plants(catalog, region)):
        unit = rows.sort_values("first_grid").iloc[-1]
        if newest is None or float(unit["first_grid"][:4]) > newest[0]:
            return _unit(catalog, region, k, unit, lang)
    if newest is None:
        return {}
    reason = sentences.reason(catalog, newest[1], lang)
    return {"kind": "better", "said": reason, **_who(catalog, newest[1], int(newest[0]), lang)}


def _unit(catalog: Catalog, region: str, k: KeyFigures, unit: pd.Series, lang: str) -> Row:
    day = unit["first_grid"].split("-")
    without, due = k[f"co2_{BY}_{WITHOUT_COMMITTED}"], k[f"co2_{BY}"]
    later = coming(catalog, region)
    names = pick(("、", ", "), lang).join(later[lang])
    years = sorted(set(later["first_year"] - 1)) if len(later) else []
    span = pick(("—", "-"), lang).join(str(year) for year in sorted({years[0], years[-1]})) if years else ""
    if lang == "zh":
        on = f"{day[0]}年{int(day[1])}月" + (f"{int(day[2])}日" if len(day) > 2 else "")
        said = f"{unit['zh']}核电机组{on}并网；在建核电机组计入后，{BY}年预测排放由{without}降为{due}。"
        date = f"查验：{names}{span}年投产" if names else ""
    else:
        built = f"with the nuclear units under construction emissions in {BY} are {due} instead of {without}"
        said = f"{unit['en']} came on the grid on {unit['first_grid']}; {built}."
        date = f"Check: {names} on the grid in {span}" if names else ""
    return {"kind": "better", "said": said, "body": _owner(catalog, unit["measure_id"], lang), "date": date}


def coming(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the committed units that are not on the grid yet (see `tanfeng.outlook.committed.plants`).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> coming(open_catalog(), "330000")["id"].tolist()
        ['sanao_2', 'sanmen_3', 'sanmen_4']
    """
    waiting = catalog.read("nuclear_units").query("first_grid == ''")["id"]
    rows = committed.plants(catalog, region)
    return rows[rows["id"].isin(waiting)]


def _owner(catalog: Catalog, measure: str, lang: str) -> str:
    """Return the bodies that a document names for a measure."""
    rows = catalog.read("responsibilities")
    named = [name for name in dict.fromkeys(rows.loc[rows["measure_id"] == measure, f"body_{lang}"]) if name]
    return pick(("、", ", "), lang).join(named) or text.word(catalog, "body_role_not_named", lang)


def todo(catalog: Catalog, region: str, lang: str) -> Row:
    """Return which body to ask for figures that decide most targets: said, body, date; empty if none is asked for.

    The body is empty where it has to be found out first.
    """
    rows = requests.requests(catalog, region)
    if rows.empty:
        return {}
    helping = [{target for role in RUNNING for target in roles.get(role, ())} for roles in rows["roles"]]
    rows = rows.assign(targets=helping)[[bool(some) for some in helping]]
    if rows.empty:
        return {}
    held = {body: set().union(*some["targets"]) for body, some in rows.groupby(f"holder_{lang}", sort=False)}
    body = max(held, key=lambda name: len(held[name]))
    own = rows[rows[f"holder_{lang}"] == body]
    names = [catalog.label("indicators", one, lang) for one in dict.fromkeys(own["indicator"])]
    shown, more = names[:4], len(names) > 4
    settled, body = len(held[body]), "" if body in UNNAMED else body
    if lang == "zh":
        listed = "、".join(shown) + ("等" if more else "")
        ask = f"向{body}索取{len(own)}项数据（{listed}）" if body else f"明确{len(own)}项数据（{listed}）由谁掌握并索取"
        said = f"{ask}，填齐后可判定{settled}项目标。"
        date = f"建议时限：{catalog.as_of_year}年12月31日"
    else:
        listed = "; ".join(shown) + (" and others" if more else "")
        ask = f"Ask {body} for {len(own)} figures" if body else f"Find out who holds {len(own)} figures"
        said = f"{ask} ({listed}): they settle {settled} targets."
        date = f"Proposed deadline: 31 December {catalog.as_of_year}"
    return {"kind": "todo", "said": said, "body": body, "date": date}


def fields(catalog: Catalog, region: str, judged: Sequence[Verdict], lang: str) -> list[Row]:
    """Return a row for the total and for each field: emissions, peak, and one mark a counted target.

    Returns:
        field, name, latest and told (amount in `text.TONNES` and year; none without emissions), chance (text), value
        (percent), rows (year, co2_mt and status, for a sparkline), marks (verdict, word, name; by verdict).
    """
    emitting = {"total", *emissions.emitting_fields(catalog)}
    every, told = outlook_frame(paths.fields(catalog, region)), projection.last_told(catalog, region, "total")
    found = []
    for name in catalog.read("fields").sort_values("sort")["id"]:
        row: Row = {"field": name, "name": catalog.label("fields", name, lang), "latest": None, "told": None}
        if name in emitting:
            row |= _emitted(catalog, region, every[every["field"] == name].sort_values("year"), told, lang)
        own = [one for one in judged if one.counts and one.target["field"] == name]
        own.sort(key=lambda one: (VERDICTS.index(one.answer), one.target["id"]))
        row["marks"] = [
            {
                "verdict": one.answer,
                "word": text.word(catalog, f"verdict_{one.answer}", lang),
                "name": sentences.target_name(one.target, lang),
            }
            for one in own
        ]
        if row["latest"] or own:
            found.append(row)
    return found


def _emitted(catalog: Catalog, region: str, rows: pd.DataFrame, told: int, lang: str) -> Row:
    name = str(rows["field"].iloc[0])
    known = rows[rows["status"] != "forecast"]
    last = known.iloc[-1]
    chance = float(paths.peak(catalog, region, name).set_index("year")["p_peaked_by"][BY])
    ahead = rows[rows["year"] == told] if told > last["year"] else rows[:0]
    return {
        "latest": _amount(last, lang),
        "told": _amount(ahead.iloc[0], lang) if len(ahead) else None,
        "chance": text.probability(chance),
        "value": 100 * chance,
        "rows": rows[rows["year"] <= max(told, int(last["year"]))],
    }


def _amount(row: pd.Series, lang: str) -> Row:
    return {"year": int(row["year"]), "amount": text.tonnes(row["co2_mt"], lang), "status": row["status"]}
