"""What a what-if says: the answer as a sentence, beside the reference as a table, as text, and as a figure.

The figure is written as SVG directly, in a few milliseconds, because it is drawn anew at every move of a control.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tanfeng.data import links, units
from tanfeng.data.catalog import Catalog
from tanfeng.facts import plans
from tanfeng.pages import text
from tanfeng.pages.layout import NONE, PROBABILITY, TEXT, Column, Layout, Row, Whole
from tanfeng.pages.page import Page
from tanfeng.pages.table import Table, pick, used
from tanfeng.roadmap import levers, whatif
from tanfeng.roadmap.levers import Lever, Setting
from tanfeng.roadmap.whatif import EMISSIONS, NO_PEAK, PEAK_YEAR, PEAKED, REACHED, REDUCTION, Answer

TEXTS = {
    "name": ("情景名称", "name of the scenario"),
    "history": ("历史、现有走势与所设条件", "History, reference and setting"),
    "measures": ("计入的措施（不计时为现有走势）", "Measures on (none of them is the reference)"),
    "back": ("恢复现有走势", "Back to the reference"),
    "save": ("保存为情景", "Save as a scenario"),
    "saved": ("已保存：", "saved: "),
    "saved_scenarios": ("保存的情景", "Saved scenarios"),
}
SHOWN_YEARS = {EMISSIONS: (2030, 2035), PEAKED: (2030,), NO_PEAK: (2035,)}
SHOWN_UNITS = {"GW": "10^4 kW", "TWh": "10^8 kWh"}  # as statistics write them; English converts back
PROBABILITIES = (PEAKED, NO_PEAK, REACHED)
NATIONAL = "100000"
KINDS = {"nuclear": ("核电", "Nuclear power"), "imports": ("外来电", "Imports")}


def lever_value(catalog: Catalog, lever: Lever, value: float, lang: str) -> str:
    """Return the value of a lever with its unit.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> own = levers.levers(catalog, "330000")["nuclear_gw_2027"]
        >>> lever_value(catalog, own, 12.0, "zh"), lever_value(catalog, own, 12.0, "en")
        ('1200万千瓦', '12 GW')
    """
    shown = SHOWN_UNITS.get(lever.unit, lever.unit)
    return text.amount(catalog, value * units.factor(catalog, lever.unit, shown), shown, lang)


def untouched_word(catalog: Catalog, lever: Lever, lang: str) -> str:
    """Return what a lever is when it is left alone: its default, or the course of things.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> untouched_word(catalog, levers.levers(catalog, "330000")["gdp_growth"], "zh")
        '现有走势'
    """
    if lever.effect == "nuclear" and lever.default is None:
        return pick(("同前一年份", "as the year before"), lang)
    course = pick(("现有走势", "course of things"), lang)
    return course + text.bracketed(lever_value(catalog, lever, lever.default, lang) if lever.default else "", lang)


def supposed(catalog: Catalog, setting: Setting, lang: str) -> str:
    """Return what a setting supposes, in words.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> supposed(catalog, levers.setting(catalog, "330000", {"gdp_growth": 5.5}, ["ME12"]), "zh")
        '地区生产总值年均实际增速5.5%；计入措施ME12'
    """
    known = levers.levers(catalog, setting.region)
    given = [(known[name], value) for name, value in setting.given]
    mark = pick(("", ": "), lang)
    said = [f"{getattr(one, lang)}{mark}{lever_value(catalog, one, value, lang)}" for one, value in given]
    if setting.measures:
        said.append(pick(("计入措施", "measures on: "), lang) + pick(("、", ", "), lang).join(setting.measures))
    return pick(("；", "; "), lang).join(said) or pick(("未作设定", "nothing is set"), lang)


def sentence(catalog: Catalog, reference: Answer, found: Answer, lang: str) -> str:
    """Return the answer: probability of a peak, emissions, and what changed against the reference.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> same = whatif.answer(catalog, Setting("330000"))
        >>> sentence(catalog, same, same, "zh")[:18]
        '按现有走势，2030年前达峰的概率为'
    """
    chances = [one.peaked_by(PEAK_YEAR) for one in (reference, found)]
    row = found.fan.set_index("year").loc[PEAK_YEAR]
    now, between = text.amount(catalog, row["co2_mt"], "Mt CO2", lang, 1), _between(row["lo80"], row["hi80"], lang)
    chance, start, more, moved = text.probability(chances[1]), ("按现有走势", "As the series runs"), "", ""
    if found.setting.given or found.setting.measures:
        start = ("按所设条件", "With this setting")
        more = _points(_percents(*chances), lang)
        moved = _moved(catalog, _tons(reference.emissions(PEAK_YEAR), float(row["co2_mt"]), lang), lang)
    said = (
        f"，{PEAK_YEAR}年前达峰的概率为{chance}{more}；{PEAK_YEAR}年二氧化碳排放{now}（80%区间{between}）{moved}。",
        f", the probability of a peak by {PEAK_YEAR} is {chance}{more}; "
        f"emissions in {PEAK_YEAR} are {now} (80% interval {between}){moved}.",
    )
    return pick(start, lang) + pick(said, lang)


def _percents(before: float, after: float) -> int:
    """Return the difference of two probabilities as they are shown, in percentage points."""
    return int(f"{100 * after:.0f}") - int(f"{100 * before:.0f}")


def _tons(before: float, after: float, lang: str) -> float:
    """Return the difference of emissions: in English of the figures shown, in Chinese in 10^4 t, finer than these."""
    return after - before if lang == "zh" else round(round(after, 1) - round(before, 1), 1)


def _points(change: int, lang: str) -> str:
    """Return a change of a probability in words."""
    size = abs(change)
    if not size:
        return pick(("，与现有走势相当", ", as in the reference"), lang)
    zh = f"，比现有走势{'高' if change > 0 else '低'}{size}个百分点"
    en = f", {size} point{'s' if size > 1 else ''} {'more' if change > 0 else 'less'} than in the reference"
    return pick((zh, en), lang)


def _moved(catalog: Catalog, change: float, lang: str) -> str:
    size = text.amount(catalog, abs(change), "Mt CO2", lang, 1)
    if lang == "zh":
        return f"，比现有走势{'多' if change > 0 else '少'}{size}" if abs(change) >= 0.01 else "，与现有走势相同"
    return f", {size} {'more' if change > 0 else 'less'} than in the reference" if abs(change) >= 0.05 else ", as there"


def notes(catalog: Catalog, found: Answer, lang: str) -> list[str]:
    """Return what a reader of an answer must know: whether a lever or measures count, and what the verdicts are.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> both = levers.setting(catalog, "330000", {"import_twh_2028": 72}, ["ME12"])
        >>> notes(catalog, whatif.answer(catalog, both), "zh")[0]
        '外来电：所设条件与同类措施逐年取较大者，不相加；2028年起按所设条件计。'
    """
    said = [*_counting(found, lang), *_held(catalog, found.setting, lang), *_growth(catalog, found.setting, lang)]
    own_accounts = (
        "排放强度目标的概率按本项目口径计算，不改变正式判定；全国目标只作参照。",
        "Probabilities of targets on CO2 intensity are of this project's accounts and change no verdict; "
        "the national target is a benchmark.",
    )
    return [*said, pick(own_accounts, lang), _unchanged(catalog, found.setting.region, lang)]


def _counting(found: Answer, lang: str) -> list[str]:
    """Return which of a lever and the measures of the same kind counts, a sentence a kind."""
    said = []
    for effect in dict.fromkeys(one.effect for one in found.counting):
        own, name = [one for one in found.counting if one.effect == effect], pick(KINDS[effect], lang)
        if lang == "zh":
            years = "，".join(f"{one.year}年起按{'所设条件' if one.lever else '措施'}计" for one in own)
            said.append(f"{name}：所设条件与同类措施逐年取较大者，不相加；{years}。")
        else:
            years = ", ".join(f"from {one.year} the {'lever' if one.lever else 'measures'}" for one in own)
            said.append(f"{name}: the larger of the lever and the measures counts each year, no sum: {years}.")
    return said


def _held(catalog: Catalog, setting: Setting, lang: str) -> list[str]:
    """Return the nuclear capacities that are set below an earlier one, which holds."""
    zh = "核电装机不计关停：{}年所设低于{}年，仍按{}计。"
    en = "No nuclear capacity is shut down: {} is set below {}; {} holds."
    return [
        pick((zh, en), lang).format(low.year, high.year, lever_value(catalog, high, top, lang))
        for low, high, top in levers.held(catalog, setting)
    ]


def _growth(catalog: Catalog, setting: Setting, lang: str) -> list[str]:
    """Return what a rate of growth does to targets on intensity, against what it does to the peak."""
    known = levers.levers(catalog, setting.region)
    set_here = any(known[name].effect == "growth" for name, _ in setting.given)
    en = "The higher the growth, the easier the targets on intensity and the harder the peak."
    return [pick(("经济增速越高，强度目标越容易、达峰越难。", en), lang)] if set_here else []


def _unchanged(catalog: Catalog, region: str, lang: str) -> str:
    """Return how the targets of 2030 and of the 15th plan stand, which no setting changes."""
    rows = whatif.untouched(catalog, region)
    words = [(text.word(catalog, f"verdict_{name}", lang), one) for name, one in rows["verdict"].value_counts().items()]
    plan = plans.short(catalog, plans.current(catalog), lang)
    if lang == "zh":
        told = "、".join(f"{word}{count}项" for word, count in words)
        return f"2030年和{plan}的{len(rows)}项目标，判定不随所设条件变化：{told}。"
    told = ", ".join(f"{count} {word}" for word, count in words)
    return f"The verdicts on the {len(rows)} targets of 2030 and of the {plan} do not depend on it: {told}."


def beside(catalog: Catalog, reference: Answer, found: Answer) -> pd.DataFrame:
    """Return the rows of `tanfeng.roadmap.whatif.compared` that a reader is shown: the years of targets, with sources."""
    rows = whatif.compared(reference, found)
    keep = [year in SHOWN_YEARS.get(name, (year,)) for name, year in zip(rows["item"], rows["year"], strict=True)]
    rows = rows[pd.Series(keep, index=rows.index) & (rows["item"] != REDUCTION)]
    return rows.assign(source_id=rows["target"].map(links.targets_by_id(catalog)["source_id"]))


def item(catalog: Catalog, row: Row, lang: str) -> str:
    """Return what a row of `tanfeng.roadmap.whatif.compared` is about.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> item(open_catalog(), {"item": "p_peaked_by", "year": 2030, "target": ""}, "zh")
        '2030年前达峰的概率'
    """
    year = int(row["year"])
    if row["target"]:
        return _target(catalog, row, year, lang)
    names = {
        EMISSIONS: (f"{year}年二氧化碳排放（80%区间）", f"CO2 emissions in {year} (80% interval)"),
        PEAKED: (f"{year}年前达峰的概率", f"Probability of a peak by {year}"),
        NO_PEAK: (f"至{year}年未见峰值的概率", f"Probability of no peak until {year}"),
    }
    return pick(names[row["item"]], lang)


def _target(catalog: Catalog, row: Row, year: int, lang: str) -> str:
    target = links.targets_by_id(catalog).loc[row["target"]]
    account = text.word(catalog, f"account_{row['account']}", lang)
    asked, base = text.percent(float(target["target_value"]), 0), int(target["base_year"])
    said = (
        f"{row['target']}：{year}年碳排放强度比{base}年下降{asked}的概率，{account}",
        f"{row['target']}: probability of a fall of CO2 intensity by {asked} from {base} to {year}, {account}",
    )
    whose = ("全国目标作参照", "national target, a benchmark") if target["region"] == NATIONAL else ("", "")
    return pick(said, lang) + text.bracketed(pick(whose, lang), lang)


def _figure(side: str) -> Whole:
    def cell(catalog: Catalog, row: Row, lang: str) -> str:
        if row["item"] not in PROBABILITIES:
            return _emissions(catalog, row[side], row[f"{side}_lo80"], row[f"{side}_hi80"], lang)
        verdict = row[f"{side}_verdict"]
        about = text.word(catalog, f"verdict_{verdict}", lang) if verdict else ""
        return text.probability(row[side] / 100) + text.bracketed(about, lang)

    return cell


def _emissions(catalog: Catalog, value: float, low: float, high: float, lang: str) -> str:
    return text.amount(catalog, value, "Mt CO2", lang, 1) + text.bracketed(_between(low, high, lang), lang)


def _between(low: float, high: float, lang: str) -> str:
    """Return an interval of emissions; its unit is that of the figure beside it."""
    if lang == "zh":
        return f"{text.number(low / 100, 2)}—{text.number(high / 100, 2)}亿吨"
    return f"{text.number(low, 1)} to {text.number(high, 1)}"


def _difference(catalog: Catalog, row: Row, lang: str) -> str:
    if not round(row["difference"], 6):
        return NONE
    if row["item"] in PROBABILITIES:
        change = float(_percents(row["reference"] / 100, row["setting"] / 100))
        shown = text.number(change, 0) + pick(("个百分点", " points"), lang)
    else:
        change = _tons(row["reference"], row["setting"], lang)
        shown = text.amount(catalog, round(change, 6), "Mt CO2", lang, 1)
    return ("+" if change > 0 else "") + shown


# rows of `beside`: a setting beside the reference
COMPARED = Layout(
    (
        Column("item", ("项目", "Item"), item),
        Column("reference", ("现有走势", "Reference"), _figure("reference"), kind="number"),
        Column("setting", ("所设条件", "Setting"), _figure("setting"), kind="number"),
        Column("difference", ("相差", "Difference"), _difference, kind="number"),
    ),
    sources="source_id",
)


def lines(catalog: Catalog, reference: Answer, found: Answer, lang: str) -> str:
    """Return an answer as lines of text: what is set, the answer, and the reference, setting and difference by item."""
    table = COMPARED.table(catalog, beside(catalog, reference, found), lang, "")
    first, *figures = table.columns
    head = "\t".join([*(one.label.lower() for one in figures), ""])
    told = ["\t".join(row[one.key]["text"] for one in (*figures, first)) for row in table.rows]
    said = [supposed(catalog, found.setting, lang), sentence(catalog, reference, found, lang)]
    return "\n".join([*said, head, *told, *notes(catalog, found, lang)]) + "\n"


def lever_lines(catalog: Catalog, region: str, lang: str) -> str:
    """Return the levers and the measures of a region as lines of text: name, range, default, what it is."""
    known = levers.levers(catalog, region).values()
    rows = [
        f"{one.id}\t{one.low:g}…{one.high:g} {one.unit}\t{untouched_word(catalog, one, lang)}\t{getattr(one, lang)}"
        for one in known
    ]
    names = catalog.read("measures").set_index("id")[lang]
    on = [f"{one}\t{names[one]}" for one in levers.measures_of(catalog, region)]
    return "\n".join([*rows, *on]) + "\n"


def saved(catalog: Catalog, answers: Sequence[Answer], reference: Answer, lang: str, caption: str) -> Table:
    """Return the saved settings (`tanfeng.roadmap.whatif.saved`) side by side, after the reference, nothing set."""
    own = reference.targets[reference.targets["asked_of"] == reference.setting.region].to_dict("records")
    made = Layout((
        Column("name", ("情景", "Scenario"), TEXT),
        Column("supposed", ("假设", "Supposed"), TEXT),
        Column("co2", (f"{PEAK_YEAR}年排放（80%区间）", f"Emissions {PEAK_YEAR} (80% interval)"), TEXT, kind="number"),
        Column("by", (f"{PEAK_YEAR}年前达峰", f"By {PEAK_YEAR}"), PROBABILITY),
        Column("never", ("至2035年未见峰值", "None by 2035"), PROBABILITY),
        *(Column(_key(one), _chance_of(catalog, one, lang), PROBABILITY) for one in own),
    ))  # fmt: skip
    rows = [_saved(catalog, one, lang) for one in (reference, *answers)]
    known = levers.levers(catalog, reference.setting.region)
    cited = used(known[name].source_id for one in answers for name, _ in one.setting.given)
    return made.table(catalog, rows, lang, caption, notes(catalog, reference, lang)[0], sources=cited)


def _key(row: Row) -> str:
    return f"{row['target']}_{row['account']}"


def _chance_of(catalog: Catalog, row: Row, lang: str) -> str:
    account = text.word(catalog, f"account_{row['account']}", lang)
    return pick((f"{row['target']}概率：{account}", f"Probability of {row['target']}: {account}"), lang)


def _saved(catalog: Catalog, found: Answer, lang: str) -> Row:
    row = found.fan.set_index("year").loc[PEAK_YEAR]
    return {
        "name": found.setting.name or pick(("现有走势", "As the series runs"), lang),
        "supposed": supposed(catalog, found.setting, lang) if found.setting.name else NONE,
        "co2": _emissions(catalog, row["co2_mt"], row["lo80"], row["hi80"], lang),
        "by": found.peaked_by(PEAK_YEAR),
        "never": found.p_no_peak,
        **{_key(one): one["probability"] for one in found.targets.to_dict("records")},
    }


def saved_frame(answers: Sequence[Answer], reference: Answer) -> pd.DataFrame:
    """Return the saved settings beside the reference: rows of `tanfeng.roadmap.whatif.compared`, the name in front."""
    parts = [whatif.compared(reference, one).assign(scenario=one.setting.name) for one in answers]
    rows = pd.concat(parts, ignore_index=True)
    return rows[["scenario", *[name for name in rows.columns if name != "scenario"]]]


def offered(page: Page) -> list[Table]:
    """Return the saved settings of the region of a page as a table, and offer their figures; nothing if there is none.

    Args:
        page: of a report that has a text `saved_scenarios`.

    Example:
        >>> from tanfeng.pages.page import open_page
        >>> offered(open_page("peak", "110000", "zh"))
        []
    """
    answers = whatif.saved(page.catalog, page.region)
    if not answers:
        return []
    reference = whatif.answer(page.catalog, Setting(page.region))
    page.data("saved_scenarios", saved_frame(answers, reference))
    return [saved(page.catalog, answers, reference, page.lang, page.say("saved_scenarios"))]
