"""What a what-if says: the answer as a sentence, beside the reference as a table, as text, and as a figure.

The figure is written as SVG directly, in a few milliseconds, because it is drawn anew at every move of a control.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from tanfeng.data import links, units
from tanfeng.data.catalog import Catalog
from tanfeng.pages import text
from tanfeng.pages.page import Page
from tanfeng.pages.table import Heading, Table
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
Row = dict[str, Any]


def _pick(zh: str, en: str, lang: str) -> str:
    return zh if lang == "zh" else en


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
        return _pick("同前一年份", "as the year before", lang)
    course = _pick("现有走势", "course of things", lang)
    if not lever.default:
        return course
    return course + _pick("（{}）", " ({})", lang).format(lever_value(catalog, lever, lever.default, lang))


def supposed(catalog: Catalog, setting: Setting, lang: str) -> str:
    """Return what a setting supposes, in words.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> supposed(catalog, levers.setting(catalog, "330000", {"gdp_growth": 5.5}, ["ME12"]), "zh")
        '地区生产总值年均实际增速5.5%；计入措施ME12'
    """
    known = levers.levers(catalog, setting.region)
    parts = [f"{getattr(known[name], lang)}{_pick('', ': ', lang)}" for name, _ in setting.given]
    values = [lever_value(catalog, known[name], value, lang) for name, value in setting.given]
    said = [name + value for name, value in zip(parts, values, strict=True)]
    if setting.measures:
        said.append(_pick("计入措施", "measures on: ", lang) + _pick("、", ", ", lang).join(setting.measures))
    return _pick("；", "; ", lang).join(said) or _pick("未作设定", "nothing is set", lang)


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
    now, between = (
        text.amount(catalog, row["co2_mt"], "Mt CO2", lang, 1),
        _between_tonnes(row["lo80"], row["hi80"], lang),
    )
    before = reference.emissions(PEAK_YEAR)
    nothing = not (found.setting.given or found.setting.measures)
    moved = (_points(_percents(*chances), lang), _moved(catalog, _tons(before, float(row["co2_mt"]), lang), lang))
    beside = ("", "") if nothing else moved
    if lang == "zh":
        start = "按现有走势" if nothing else "按所设条件"
        chance = f"{start}，{PEAK_YEAR}年前达峰的概率为{text.probability(chances[1])}{beside[0]}"
        return f"{chance}；{PEAK_YEAR}年二氧化碳排放{now}（80%区间{between}）{beside[1]}。"
    start = "As the series runs" if nothing else "With this setting"
    chance = f"{start}, the probability of a peak by {PEAK_YEAR} is {text.probability(chances[1])}{beside[0]}"
    return f"{chance}; emissions in {PEAK_YEAR} are {now} (80% interval {between}){beside[1]}."


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
        return _pick("，与现有走势相当", ", as in the reference", lang)
    if lang == "zh":
        return f"，比现有走势{'高' if change > 0 else '低'}{size}个百分点"
    return f", {size} point{'s' if size > 1 else ''} {'more' if change > 0 else 'less'} than in the reference"


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
    zh = "排放强度目标的概率按本项目口径计算，不改变正式判定；全国目标只作参照。"
    en = "Probabilities of targets on CO2 intensity are of this project's accounts and change no verdict; "
    en += "the national target is a benchmark."
    return [*said, _pick(zh, en, lang), _unchanged(catalog, found.setting.region, lang)]


def _counting(found: Answer, lang: str) -> list[str]:
    """Return which of a lever and the measures of the same kind counts, a sentence a kind."""
    said = []
    for effect in dict.fromkeys(one.effect for one in found.counting):
        own = [one for one in found.counting if one.effect == effect]
        if lang == "zh":
            lines = "，".join(f"{one.year}年起按{'所设条件' if one.lever else '措施'}计" for one in own)
            said.append(f"{KINDS[effect][0]}：所设条件与同类措施逐年取较大者，不相加；{lines}。")
        else:
            lines = ", ".join(f"from {one.year} the {'lever' if one.lever else 'measures'}" for one in own)
            said.append(
                f"{KINDS[effect][1]}: the larger of the lever and the measures counts each year, no sum: {lines}."
            )
    return said


def _held(catalog: Catalog, setting: Setting, lang: str) -> list[str]:
    """Return the nuclear capacities that are set below an earlier one, which holds."""
    found = [
        (low.year, high.year, lever_value(catalog, high, top, lang)) for low, high, top in levers.held(catalog, setting)
    ]
    zh = "核电装机不计关停：{}年所设低于{}年，仍按{}计。"
    en = "No nuclear capacity is shut down: {} is set below {}; {} holds."
    return [_pick(zh, en, lang).format(*one) for one in found]


def _growth(catalog: Catalog, setting: Setting, lang: str) -> list[str]:
    """Return what a rate of growth does to targets on intensity, against what it does to the peak."""
    known = levers.levers(catalog, setting.region)
    set_here = any(known[name].effect == "growth" for name, _ in setting.given)
    en = "The higher the growth, the easier the targets on intensity and the harder the peak."
    return [_pick("经济增速越高，强度目标越容易、达峰越难。", en, lang)] if set_here else []


def _unchanged(catalog: Catalog, region: str, lang: str) -> str:
    """Return how the targets of 2030 and of the 15th plan stand, which no setting changes."""
    rows = whatif.untouched(catalog, region)
    counts = rows["verdict"].value_counts()
    words = [(text.word(catalog, f"verdict_{name}", lang), count) for name, count in counts.items()]
    if lang == "zh":
        told = "、".join(f"{word}{count}项" for word, count in words)
        return f"2030年和“十五五”的{len(rows)}项目标，判定不随所设条件变化：{told}。"
    told = ", ".join(f"{count} {word}" for word, count in words)
    return f"The verdicts on the {len(rows)} targets of 2030 and of the 15th plan do not depend on it: {told}."


def chosen(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `tanfeng.roadmap.whatif.compared` that a reader is shown: the years of targets."""
    keep = [row["year"] in SHOWN_YEARS.get(row["item"], (row["year"],)) for row in rows.to_dict("records")]
    return rows[pd.Series(keep, index=rows.index) & (rows["item"] != REDUCTION)]


def compared(catalog: Catalog, rows: pd.DataFrame, lang: str, caption: str) -> Table:
    """Return a setting beside the reference as a table.

    Args:
        catalog: the tables.
        rows: result of `tanfeng.roadmap.whatif.compared`.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    columns = [
        Heading("item", _pick("项目", "Item", lang), kind="text"),
        Heading("reference", _pick("现有走势", "Reference", lang), kind="number"),
        Heading("setting", _pick("所设条件", "Setting", lang), kind="number"),
        Heading("difference", _pick("相差", "Difference", lang), kind="number"),
    ]
    cells = [{name: {"text": one} for name, one in _cells(catalog, row, lang).items()} for row in _records(rows)]
    cited = links.targets_by_id(catalog)["source_id"]
    named = [one for one in rows["target"].unique() if one]
    return Table(caption, columns, cells, sources=list(dict.fromkeys(cited[named])))


def _records(rows: pd.DataFrame) -> list[Row]:
    return chosen(rows).to_dict("records")


def _cells(catalog: Catalog, row: Row, lang: str) -> dict[str, str]:
    shown = {name: _figure(catalog, row, name, lang) for name in ("reference", "setting")}
    return {"item": item(catalog, row, lang), **shown, "difference": _difference(catalog, row, lang)}


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
    return _pick(*names[row["item"]], lang)


def _target(catalog: Catalog, row: Row, year: int, lang: str) -> str:
    target = links.targets_by_id(catalog).loc[row["target"]]
    account = text.word(catalog, f"account_{row['account']}", lang)
    asked, base = text.percent(float(target["target_value"]), 0), int(target["base_year"])
    if lang == "zh":
        whose = "（全国目标作参照）" if target["region"] == NATIONAL else ""
        return f"{row['target']}：{year}年碳排放强度比{base}年下降{asked}的概率，{account}{whose}"
    whose = " (national target, a benchmark)" if target["region"] == NATIONAL else ""
    return f"{row['target']}: probability of a fall of CO2 intensity by {asked} from {base} to {year}, {account}{whose}"


def _figure(catalog: Catalog, row: Row, side: str, lang: str) -> str:
    value = row[side]
    if row["item"] in PROBABILITIES:
        verdict = row[f"{side}_verdict"]
        word = text.word(catalog, f"verdict_{verdict}", lang) if verdict else ""
        return text.probability(value / 100) + (_pick("（{}）", " ({})", lang).format(word) if word else "")
    between = _between_tonnes(row[f"{side}_lo80"], row[f"{side}_hi80"], lang)
    return text.amount(catalog, value, "Mt CO2", lang, 1) + _pick(f"（{between}）", f" ({between})", lang)


def _between_tonnes(low: float, high: float, lang: str) -> str:
    """Return an interval of emissions; its unit is that of the figure beside it."""
    if lang == "zh":
        return f"{text.number(low / 100, 2)}—{text.number(high / 100, 2)}亿吨"
    return f"{text.number(low, 1)} to {text.number(high, 1)}"


def _difference(catalog: Catalog, row: Row, lang: str) -> str:
    if row["item"] in PROBABILITIES:
        change = float(_percents(row["reference"] / 100, row["setting"] / 100))
        shown = f"{text.number(change, 0)}{_pick('个百分点', ' points', lang)}"
    else:
        change = _tons(row["reference"], row["setting"], lang)
        shown = text.amount(catalog, round(change, 6), "Mt CO2", lang, 1)
    return ("+" if change > 0 else "") + shown if round(row["difference"], 6) else "—"


def lines(catalog: Catalog, reference: Answer, found: Answer, lang: str) -> str:
    """Return an answer as lines of text: what is set, the answer, and the reference, setting and difference by item."""
    rows = [_cells(catalog, row, lang) for row in _records(whatif.compared(reference, found))]
    head = {
        "item": "",
        "reference": _pick("现有走势", "reference", lang),
        "setting": _pick("所设条件", "setting", lang),
    }
    head["difference"] = _pick("相差", "difference", lang)
    told = ["\t".join(one[name] for name in ("reference", "setting", "difference", "item")) for one in [head, *rows]]
    said = [supposed(catalog, found.setting, lang), sentence(catalog, reference, found, lang)]
    return "\n".join([*said, *told, *notes(catalog, found, lang)]) + "\n"


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
    """Return the saved settings side by side: what each supposes and what it gives; the reference first.

    Args:
        catalog: the tables.
        answers: result of `tanfeng.roadmap.whatif.saved`.
        reference: answer of a setting with nothing set.
        lang: `zh` or `en`.
        caption: what the table says.
    """
    columns = [
        Heading("name", _pick("情景", "Scenario", lang), kind="text"),
        Heading("supposed", _pick("假设", "Supposed", lang), kind="text"),
        Heading(
            "co2", _pick(f"{PEAK_YEAR}年排放（80%区间）", f"Emissions {PEAK_YEAR} (80% interval)", lang), kind="number"
        ),
        Heading("by", _pick(f"{PEAK_YEAR}年前达峰", f"By {PEAK_YEAR}", lang), kind="number"),
        Heading("never", _pick("至2035年未见峰值", "None by 2035", lang), kind="number"),
        *(
            Heading(f"{one['target']}_{one['account']}", _head(catalog, one, lang), kind="number")
            for one in _own(reference)
        ),
    ]
    cells = [_saved_cells(catalog, one, lang) for one in (reference, *answers)]
    known = levers.levers(catalog, reference.setting.region)
    cited = [known[name].source_id for one in answers for name, _ in one.setting.given]
    return Table(caption, columns, cells, notes(catalog, reference, lang)[0], list(dict.fromkeys(cited)))


def _own(found: Answer) -> list[Row]:
    """Return the targets of the region itself, an account each."""
    rows = found.targets
    return rows[rows["asked_of"] == found.setting.region].to_dict("records")


def _head(catalog: Catalog, row: Row, lang: str) -> str:
    account = text.word(catalog, f"account_{row['account']}", lang)
    return _pick(f"{row['target']}概率：{account}", f"Probability of {row['target']}: {account}", lang)


def _saved_cells(catalog: Catalog, found: Answer, lang: str) -> dict[str, Any]:
    row = found.fan.set_index("year").loc[PEAK_YEAR]
    now, between = (
        text.amount(catalog, row["co2_mt"], "Mt CO2", lang, 1),
        _between_tonnes(row["lo80"], row["hi80"], lang),
    )
    chances = {f"{one['target']}_{one['account']}": one["probability"] for one in _own(found)}
    chances |= {"by": found.peaked_by(PEAK_YEAR), "never": found.p_no_peak}
    return {
        "name": {"text": found.setting.name or _pick("现有走势", "As the series runs", lang)},
        "supposed": {"text": supposed(catalog, found.setting, lang) if found.setting.name else "—"},
        "co2": {"text": now + _pick(f"（{between}）", f" ({between})", lang)},
        **{key: {"text": text.probability(value)} for key, value in chances.items()},
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
