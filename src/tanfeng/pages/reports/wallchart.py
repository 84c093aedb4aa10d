"""The wall chart (挂图作战): every target a tile by what became of it, the dates ahead, and who has the missing figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from tanfeng.checks.importing import request_workbook
from tanfeng.data import units
from tanfeng.data.catalog import Catalog
from tanfeng.facts.plans import ahead, closed, full, short
from tanfeng.outlook import committed
from tanfeng.outlook.peak import BY
from tanfeng.pages import cards, headline, sentences, text
from tanfeng.pages.figures import chances, counted_verdicts, emitted, figure, frame
from tanfeng.pages.headline import Row
from tanfeng.pages.page import KeyFigures
from tanfeng.pages.table import pick
from tanfeng.targets.verdict import Verdict

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "tiles": ("挂图全部目标", "All targets of the wall chart"),
}
SILENT = "not_assessable"
GROUPS = {  # in the order of the sheet: answers of the plan that is over, then what is still ahead
    "missed": (("missed",), "red"),
    "likely_missed": (("likely_missed",), "yellow"),
    "ahead": ((), "yellow"),
    "open": (("open",), "yellow"),
    "met": (("met", "likely_met"), "green"),
}
AHEAD = "ahead"
FULL = 100.0
ROOM = 1.25  # the longer of a figure and its target takes the rest of a bar


@dataclass(frozen=True)
class Wall:
    """A wall chart ready to be shown.

    Attributes:
        title: heading of the sheet.
        scope: which targets it shows, and the state of the tables.
        heads: key figures on top: value and label.
        groups: tiles by answer: id, light, title, note, tiles (id, name, value, when, goal, body, verdict, word, mark,
            bar and tick in percent, href).
        dates: what is due when: when and said.
        silent: targets without evidence by the body that has the figure: body and targets.
        links: pages that say more: text and href.
        sources: ids of the sources cited.
        answer: the key figures on top as a sentence.
    """

    title: str
    scope: str
    heads: list[Row]
    groups: list[Row]
    dates: list[Row]
    silent: list[Row]
    links: list[Row]
    sources: list[str]
    answer: str


def key_figures(catalog: Catalog, region: str, judged: list[Verdict], every: list[Verdict]) -> pd.DataFrame:
    """Return the key figures of the wall chart: emissions, peak, counts of verdicts, targets on the sheet."""
    rows = [*emitted(catalog, region, "total"), *chances(catalog, region, "total"), *counted_verdicts(judged)]
    return frame([*rows, figure("on_wall", sum(one.counts for one in every), "targets", "", "reported")])


def wall(catalog: Catalog, region: str, judged: Sequence[Verdict], k: KeyFigures, lang: str) -> Wall:
    """Return the wall chart of a region.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        judged: the verdicts of the plans that pages are about; only counted targets are shown.
        k: key figures (`key_figures`).
        lang: `zh` or `en`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.pages.page import open_page
        >>> from tanfeng.targets.verdict import judge
        >>> page = open_page("wallchart", "330000", "zh", "", TEXTS)
        >>> every = judge(page.catalog, "330000")
        >>> k = page.figures(key_figures(page.catalog, "330000", judge(page.catalog, "330000", "14FYP"), every))
        >>> [group["id"] for group in wall(page.catalog, "330000", every, k, "zh").groups]
        ['missed', 'likely_missed', 'ahead', 'open', 'met']
    """
    counted = [one for one in judged if one.counts]
    held, controls = holders(catalog, region, lang), headline.controls(catalog, region, judged, lang)
    shown = answered(counted, controls)
    groups = [_group(catalog, name, shown, held, lang) for name in GROUPS]
    for made in (made for group in groups for made in group["tiles"] if not made["value"]):
        made["when"] = next((one["known"] for one in controls if one["id"] == made["id"] and one["told"]), "")
    name, heads = catalog.label("regions", region, lang), _heads(k, short(catalog, closed(catalog), lang), lang)
    return Wall(
        pick((f"{name}碳达峰挂图作战总图", f"{name}: carbon peak wall chart"), lang),
        _scope(catalog, counted, lang),
        heads,
        [group for group in groups if group["tiles"]],
        dates(catalog, region, counted, lang),
        silent(catalog, shown, held, lang),
        [{"text": pick(words, lang), "href": f"{page}.{lang}.html"} for page, words in LINKS.items()],
        list(dict.fromkeys(source for one in counted for source in one.target["source_id"].split())),
        pick(("；", "; "), lang).join(head["label"] + pick(("：", ": "), lang) + head["value"] for head in heads),
    )


LINKS = {
    "targets": ("目标核查：逐项依据", "Target check: the evidence of each"),
    "registers": ("三张清单：措施和责任", "Registers: measures and bodies"),
    "roadmap": ("路线图：减排量和缺口", "Roadmap: tonnes and gaps"),
}


def _scope(catalog: Catalog, counted: Sequence[Verdict], lang: str) -> str:
    """Say how many targets of which plan are shown, and the state of the tables."""
    plans = [one.target["plan"] for one in counted]
    names = {plan: full(catalog, plan, lang) for plan in plans}
    if lang == "zh":
        parts = "，".join(f"{name}{plans.count(plan)}项" for plan, name in names.items())
        return f"目标{len(counted)}项：{parts}。数据版本{catalog.vintage}。"
    parts = ", ".join(f"{name} {plans.count(plan)}" for plan, name in names.items())
    return f"{len(counted)} targets: {parts}. Data {catalog.vintage}."


def _heads(k: KeyFigures, plan: str, lang: str) -> list[Row]:
    ahead, latest = k[f"co2_{BY}"], k.co2_latest
    split = f"{k.verdict_met} / {k.verdict_missed} / {k.unjudged}"
    words = (
        (k[f"p_by_{BY}"], f"{BY}年前达峰的概率", f"probability of a peak by {BY}"),
        (ahead, f"{BY}年预测，{latest.year}{latest}", f"in {BY}, {latest} in {latest.year}"),
        (split, f"{plan}完成 / 未完成 / 未判定", f"{plan}: met / missed / not judged"),
    )
    return [{"value": str(value), "label": pick((zh, en), lang)} for value, zh, en in words]


def answered(counted: Sequence[Verdict], controls: Sequence[Row]) -> list[tuple[Verdict, str]]:
    """Return each target with its answer: that of the outlook where it tells a control indicator that no figure does."""
    told = {one["id"]: one["answer"] for one in controls if one["told"]}
    return [(one, told.get(one.target["id"], one.answer)) for one in counted]


def holders(catalog: Catalog, region: str, lang: str) -> dict[str, str]:
    """Return by target the body that has the figure asked for or, where none is named, the body in charge."""
    asked = request_workbook.asked(catalog, region).to_dict("records")
    found = {target: str(row[f"holder_{lang}"]) for row in reversed(asked) for target in row["target_id"].split()}
    named = {target: who for target, who in found.items() if who not in request_workbook.UNNAMED}
    charged = catalog.read("responsibilities").sort_values("sort", ascending=False)
    charged = charged[charged["target_id"].notna() & charged[f"body_{lang}"].notna()]
    return dict(zip(charged["target_id"], charged[f"body_{lang}"], strict=True)) | named


def body(verdict: Verdict, held: dict[str, str], lang: str) -> str:
    """Return the body that has the figure of a target; empty where none is known."""
    if verdict.judged is not None:
        return str(verdict.judged[f"holder_{lang}"])
    return held.get(verdict.target["id"], "")


def _group(catalog: Catalog, name: str, shown: list[tuple[Verdict, str]], held: dict[str, str], lang: str) -> Row:
    (answers, light), coming = GROUPS[name], ahead(catalog)
    own = [
        (one, answer)
        for one, answer in shown
        if (name == AHEAD and one.target["plan"] in coming and answer != SILENT)
        or (one.target["plan"] not in coming and answer in answers)
    ]
    own.sort(
        key=lambda pair: (answers.index(pair[1]) if answers else pair[0].target["target_year"], pair[0].target["id"])
    )
    counts = [(answer, sum(found == answer for _, found in own)) for answer in answers]
    words = [text.word(catalog, f"verdict_{answer}", lang) for answer in answers]
    parts = [
        pick((f"{word}{count}项", f"{word} {count}"), lang)
        for word, (_, count) in zip(words, counts, strict=True)
        if count
    ]
    title = pick(("，", ", "), lang).join(parts) or pick(("在途目标", "Targets ahead"), lang)
    return {
        "id": name,
        "light": light,
        "title": title[0].upper() + title[1:],
        "note": pick(NOTES.get(name, ("", "")), lang).format(plan=short(catalog, closed(catalog), lang)),
        "tiles": [tile(catalog, one, answer, held, lang) for one, answer in own],
    }


NOTES = {
    "likely_missed": (
        "旁证倾向，以主管部门核定结果为准；竖线为目标位置，“不超过”类以短为好",
        "a direction only, the competent body's result prevails; the stroke is the target, “at most” is better short",
    ),
    "ahead": ("尚未到期，不计入{plan}", "not due yet, not counted with the {plan}"),
    "open": ("旁证两可，待补数据", "evidence either way, figures are asked for"),
    "met": ("空心标记为旁证倾向完成，不计入判定", "arrows are leans and are not counted as met"),
}


def tile(catalog: Catalog, verdict: Verdict, answer: str, held: dict[str, str], lang: str) -> Row:
    """Return what one tile shows, as texts, and how long its bar is.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.targets.verdict import judge_target
        >>> made = tile(open_catalog(), judge_target(open_catalog(), "E05"), "missed", {}, "zh")
        >>> made["value"], made["when"], made["bar"] < made["tick"]
        ('916万千瓦', '2025年', True)
    """
    target, row = verdict.target, headline.best(catalog, verdict)
    exact = {**row, "bound": "exact"} if row is not None and row["role"] == "bound" else row
    bar, tick = _bar(catalog, verdict, row)
    return {
        "id": target["id"],
        "name": sentences.target_name(target, lang),
        "value": text.figure(catalog, exact, lang, target["unit"]) if exact is not None else "",
        "when": _when_of(row, lang),
        "goal": sentences.target_value(catalog, target, lang),
        "body": body(verdict, held, lang),
        "verdict": answer,
        "word": text.word(catalog, f"verdict_{answer}", lang),
        "bar": bar,
        "tick": tick,
        "light": "" if verdict.light == "not_rated" else cards.light_class(verdict.light),
        "light_word": text.word(catalog, f"light_{verdict.light}", lang) + cards.light_year(verdict, lang),
        "href": f"targets.{lang}.html#target-{target['id']}" if target["plan"] == closed(catalog) else "",
    }


def _when_of(row: Row | None, lang: str) -> str:
    """Return when a figure was, marked where it is a later goal instead."""
    goal = (
        pick(("（调整后目标）", " (goal, revised)"), lang)
        if row is not None and row["indicator"].endswith("_goal")
        else ""
    )
    return text.period(row["period"], lang) + goal if row is not None else ""


def _bar(catalog: Catalog, verdict: Verdict, row: Row | None) -> tuple[float | None, float | None]:
    """Return how long the bar of a figure is and where its target stands, in percent; nothing where they differ in kind."""
    target = verdict.target
    if (
        row is None
        or row["published"] <= 0
        or target["kind"] == "reduction_pct"
        or row["role"] in {"part", "statement"}
    ):
        return None, None
    known = catalog.read("units").set_index("id")["dimension"]
    goal = float(target["target_value"])
    if known[row["published_unit"]] != known[target["unit"]] or goal <= 0 or target["direction"] == "increase_by":
        return None, None
    value = float(row["published"]) * units.factor(catalog, row["published_unit"], target["unit"])
    scale = ROOM * max(goal, min(value, 2 * goal))
    return round(min(FULL, FULL * value / scale), 1), round(FULL * goal / scale, 1)


def silent(catalog: Catalog, shown: list[tuple[Verdict, str]], held: dict[str, str], lang: str) -> list[Row]:
    """Return the targets without evidence by the body that has the figure: body, targets, their names; most first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one, answer in shown:
        if answer == SILENT:
            who = body(one, held, lang) or text.word(catalog, "body_role_not_named", lang)
            goal = text.amount(catalog, one.target["target_value"], one.target["unit"], lang)
            year = one.target["target_year"]
            due = "" if one.target["plan"] == closed(catalog) else pick((f"（{year}年）", f" ({year})"), lang)
            found.setdefault(who, []).append((sentences.target_name(one.target, lang), f" {goal}{due}"))
    ordered = sorted(found.items(), key=lambda pair: -len(pair[1]))
    return [
        {"body": who, "targets": ["".join(one) for one in own], "names": [name for name, _ in own]}
        for who, own in ordered
    ]


def dates(catalog: Catalog, region: str, counted: Sequence[Verdict], lang: str) -> list[Row]:
    """Return what is due when: the figures asked for, units that come on the grid, targets ahead; by date."""
    found: dict[str, list[str]] = {}
    todo = headline.todo(catalog, region, lang)
    if todo:
        found[todo["date"]] = [todo["said"]]
    plants = committed.plants(catalog, region)
    for first_year, units_on in plants[plants["first_year"] >= catalog.as_of_year].groupby("first_year"):
        units = pick(("、", ", "), lang).join(units_on[lang])
        said = pick((f"{units}核电机组首个完整年度", f"first whole year of {units}"), lang)
        found.setdefault(_year(int(first_year), lang), []).append(said)
    for year in sorted(
        {one.target["target_year"] for one in counted if one.target["target_year"] >= catalog.as_of_year}
    ):
        names = [sentences.target_name(one.target, lang) for one in counted if one.target["target_year"] == year]
        said = pick(("到期：" + "、".join(names), "due: " + ", ".join(names)), lang)
        found.setdefault(_year(int(year), lang), []).append(said)
    mark = pick(("；", "; "), lang)
    return [{"when": when, "said": mark.join(said)} for when, said in sorted(found.items(), key=_when)]


def _year(year: int, lang: str) -> str:
    return f"{year}年" if lang == "zh" else str(year)


def _when(pair: tuple[str, list[str]]) -> str:
    return next((word for word in pair[0].replace("年", " ").replace("：", " ").split() if word[:2] == "20"), pair[0])


def tiles_frame(made: Wall) -> pd.DataFrame:
    """Return the tiles of a wall chart, for download."""
    columns = ["id", "name", "value", "when", "goal", "body", "verdict"]
    return pd.DataFrame([one for group in made.groups for one in group["tiles"]], columns=columns)
