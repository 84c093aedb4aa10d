"""Numbers, periods and sentences in Chinese and English (floor 4).

Chinese as a provincial statistical office writes it: figures with unit and base, verdict first, half-width digits, no
space between digit and unit. Names and units come from the tables (`words`, `units`, `indicators`); sentences of
verdicts stand in `tanfeng.reasons`.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup, escape

from tanfeng import periods
from tanfeng.answering import COMPUTED
from tanfeng.catalog import Catalog, labels
from tanfeng.reasons import SENTENCES
from tanfeng.units import factor
from tanfeng.verdicts import Verdict

LANGS = ("zh", "en")
MINUS = "−"
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
LARGE_MT = 100.0
THOUSAND, LARGE = "thousand", 1000.0
MEGATONNES = {"Mt CO2": "", "Mtce": "标准煤"}
TONNES = {"zh": "万吨", "en": "Mt"}
MARKS = str.maketrans({mark: f"&#{ord(mark)};" for mark in "\\`*_[]$|~:"})  # what Markdown makes something of


def word(catalog: Catalog, name: str, lang: str) -> str:
    """Return a word of the report vocabulary (`data/words.csv`) in a language."""
    return labels(catalog, "words", lang)[name]


def number(value: float, digits: int | None = None, lang: str = "zh") -> str:
    """Return a number as text; `digits` after the point, or as many as it has. English groups thousands from 10,000.

    Example:
        >>> number(5947.0), number(131.977, 2), number(12345.6, 1, "en"), number(-0.5)
        ('5947', '131.98', '12,345.6', '−0.5')
    """
    plain = _rounded(abs(value), digits) if digits is not None else f"{abs(round(value, 9)):.10g}"
    if lang == "en" and abs(value) >= 10000 and "e" not in plain:
        whole, _, rest = plain.partition(".")
        plain = f"{int(whole):,}" + (f".{rest}" if rest else "")
    return (MINUS if value < 0 and float(plain.replace(",", "")) else "") + plain


def _rounded(value: float, digits: int) -> str:
    """Round half up, as statistics do, on the decimal number that is shown (4.395 is 4.40)."""
    return str(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


@lru_cache(maxsize=8)
def _units(catalog: Catalog) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in catalog.read("units").to_dict("records")}


def amount(catalog: Catalog, value: float, unit: str, lang: str, digits: int | None = None) -> str:
    """Return a value with its unit, as it is written in a language.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> amount(catalog, 439.5, "Mt CO2", "zh", 2), amount(catalog, 439.5, "Mt CO2", "en", 1)
        ('4.40亿吨', '439.5 Mt CO2')
        >>> amount(catalog, 5947, "10^4 kW", "zh"), amount(catalog, 5947, "10^4 kW", "en")
        ('5947万千瓦', '59.47 GW')
        >>> amount(catalog, 100, "10^4 vehicles", "en"), amount(catalog, 90, "10^4 vehicles", "en")
        ('1 million vehicles', '900 thousand vehicles')
    """
    if unit in MEGATONNES and lang == "zh":
        large = abs(value) >= LARGE_MT
        return (f"{number(value / 100, 2)}亿吨" if large else f"{number(value * 100, 0)}万吨") + MEGATONNES[unit]
    row = _units(catalog)[unit]
    shown = value if lang == "zh" else value * row["en_factor"]
    name = row[lang]
    if lang == "en" and digits is None and name.startswith(THOUSAND) and abs(round(shown, 6)) >= LARGE:
        shown, name = shown / LARGE, name.replace(THOUSAND, "million", 1)
    gap = "" if lang == "zh" or name in {"%", ""} else " "
    return f"{number(round(shown, 6), digits, lang)}{gap}{name}"


def tonnes(value: float, lang: str, digits: int = 1) -> str:
    """Return megatonnes as they stand under a heading with `TONNES`: whole 万吨 in Chinese, Mt in English.

    Example:
        >>> tonnes(439.52, "zh"), tonnes(439.52, "en"), tonnes(-0.22, "zh")
        ('43952', '439.5', '−22')
    """
    return number(100 * value, 0) if lang == "zh" else number(value, digits)


def percent(value: float, digits: int = 1) -> str:
    """Return a percentage as text.

    Example:
        >>> percent(14.5), percent(-8.264, 2)
        ('14.5%', '−8.26%')
    """
    return f"{number(value, digits)}%"


def probability(value: float) -> str:
    """Return a probability in whole percent, never 0 % or 100 %.

    Example:
        >>> probability(0.834), probability(0.999), probability(0.0001)
        ('83%', '>99%', '<1%')
    """
    if value > 0.99:
        return ">99%"
    return "<1%" if value < 0.01 else f"{100 * value:.0f}%"


def period(text: str, lang: str) -> str:
    """Return a period of the tables as words; a change over several years is named in Chinese by the years it covers.

    Example:
        >>> period("2025-06", "zh"), period("2019/2020", "zh"), period("2025-06", "en")
        ('2025年6月', '2020年', 'June 2025')
        >>> period("2015/2020", "zh"), period("2015/2020", "en"), period("2024-01/2024-10", "zh")
        ('2016—2020年', '2015–2020', '2024年1—10月')
    """
    parsed = periods.parse(text)
    if parsed.kind == periods.UNDATED:
        return "日期不详" if lang == "zh" else "undated"
    first, _, last = text.partition("/")
    if parsed.kind == "months":
        return _months(first, last, lang)
    if parsed.kind == "change" and parsed.end - parsed.start > 1:
        return f"{int(first) + 1}—{last}年" if lang == "zh" else f"{first}–{last}"
    return _moment(last or first, lang)


def _moment(text: str, lang: str) -> str:
    year, _, month = text.partition("-")
    if lang == "zh":
        return f"{year}年{int(month)}月" if month else f"{year}年"
    return f"{MONTHS[int(month) - 1]} {year}" if month else year


def _months(first: str, last: str, lang: str) -> str:
    (year, start), (_, end) = first.split("-"), last.split("-")
    if lang == "zh":
        return f"{year}年{int(start)}—{int(end)}月"
    return f"{MONTHS[int(start) - 1]}–{MONTHS[int(end) - 1]} {year}"


BOUNDS = {
    "zh": {"at_least": "{}以上", "at_most": "不超过{}", "about": "约{}"},
    "en": {"at_least": "more than {}", "at_most": "at most {}", "about": "about {}"},
}


def figure(catalog: Catalog, evidence: dict[str, Any], lang: str, unit: str = "") -> str:
    """Return a published figure as text, with "more than" or "about" where its source says so.

    The unit is that of the source, or `unit` where that measures the same thing.
    """
    value, own = evidence["published"], evidence["published_unit"]
    if unit and _units(catalog)[unit]["dimension"] == _units(catalog)[own]["dimension"]:
        value, own = round(value * factor(catalog, own, unit), 6), unit
    shown = amount(catalog, value, own, lang)
    if labels_kind(catalog)[evidence["indicator"]] == "change" and lang == "zh":
        shown = ("上升" if value > 0 else "下降") + amount(catalog, abs(value), own, lang)
    return BOUNDS[lang].get(evidence["bound"], "{}").format(shown)


def quantity_name(catalog: Catalog, indicator: str, lang: str) -> str:
    """Return the name of an indicator; of a change in Chinese, the name of what changes (能耗变化率 -> 能耗)."""
    name = catalog.label("indicators", indicator, lang)
    if lang == "zh" and labels_kind(catalog)[indicator] == "change":
        return name.removesuffix("变化率")
    return name


@lru_cache(maxsize=8)
def labels_kind(catalog: Catalog) -> dict[str, str]:
    """Return the kind of every indicator by id."""
    rows = catalog.read("indicators")
    return dict(zip(rows["id"], rows["kind"], strict=True))


def target_value(catalog: Catalog, target: dict[str, Any], lang: str) -> str:
    """Return what a target asks for as a phrase, such as `2025年不超过1.24亿吨` or `at least 27.62 GW by 2025`."""
    shown = amount(catalog, target["target_value"], target["unit"], lang)
    year, base = int(target["target_year"]), target["base_year"]
    direction = target["direction"]
    if direction == "at_least" and labels_kind(catalog)[target["indicator"]] == "change":
        zh, en = f"{int(base)}—{year}年年均{shown}以上", f"{shown} a year or more in {int(base)}–{year}"
    elif direction in {"at_least", "at_most"}:
        zh = f"{year}年{'达到' if direction == 'at_least' else '不超过'}{shown}"
        en = f"{'at least' if direction == 'at_least' else 'at most'} {shown} {'by' if direction == 'at_least' else 'in'} {year}"
    elif direction == "decrease_by" and target["unit"] != "%":
        zh = f"{year}年累计减少{shown}"
        en = f"a cumulative reduction of {shown} by {year}"
    elif pd.isna(base):
        zh = f"到{year}年{'新增' if direction == 'increase_by' else '减少'}{shown}"
        en = f"{'an increase' if direction == 'increase_by' else 'a reduction'} of {shown} by {year}"
    elif direction == "increase_by" and labels_kind(catalog)[target["indicator"]] == "flow":
        zh, en = f"{year}年当年新增{shown}", f"{shown} added in {year}"
    elif direction == "increase_by":
        zh = f"{int(base) + 1}—{year}年新增{shown}"
        en = f"an increase of {shown} from {int(base)} to {year}"
    else:
        zh = f"{year}年比{int(base)}年下降{shown}"
        en = f"a reduction of {shown} from {int(base)} to {year}"
    return zh if lang == "zh" else en


def target_name(target: dict[str, Any], lang: str) -> str:
    """Return the name of a target."""
    return str(target[lang])


def reason(catalog: Catalog, verdict: Verdict, lang: str) -> str:
    """Return the reason of a verdict as one natural sentence.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> from tanfeng.verdicts import judge_target
        >>> catalog = open_catalog()
        >>> reason(catalog, judge_target(catalog, "E02"), "zh")
        '光伏发电装机容量：2025年6月为5947万千瓦，已超过2025年2762万千瓦的目标，判定为已完成。'
    """
    parts = _parts(catalog, verdict, lang)
    sentence = SENTENCES[lang][verdict.reason].format(**parts)
    return sentence if lang == "zh" else sentence[0].upper() + sentence[1:]


SHOWN = {"decides", "latest", "other_scope", "part"}


def _parts(catalog: Catalog, verdict: Verdict, lang: str) -> dict[str, str]:
    target = verdict.target
    parts = {
        "name": target_name(target, lang),
        "goal": target_value(catalog, target, lang),
        "brief": target_value(catalog, target, lang).replace("年达到", "年"),
        "year": str(int(target["target_year"])),
        "verdict": word(catalog, f"verdict_{verdict.verdict}", lang),
        "variant": word(catalog, f"variant_{target['variant']}", lang),
        "probability": probability(verdict.probability) if verdict.probability is not None else "",
    }
    told = SHOWN if verdict.reason != "probability" else {"same_scope"}
    rows = [row for row in verdict.evidence if row["role"] in told]
    shown = rows[0 if told is SHOWN else -1] if rows else None
    disputed = [row for row in verdict.evidence if row["role"] == "disputes"]
    rivals = [figure(catalog, row, lang, target["unit"]) for row in disputed]
    parts |= {"rival": ("、" if lang == "zh" else ", ").join(rivals), "last": _last(catalog, verdict, lang)}
    return {**parts, **_evidence_parts(catalog, verdict, shown, lang)}


def _evidence_parts(catalog: Catalog, verdict: Verdict, row: dict[str, Any] | None, lang: str) -> dict[str, str]:
    if row is None:
        return dict.fromkeys(("part", "when", "is_", "shown", "gain", "beyond", "standing", "differs"), "")
    change = labels_kind(catalog)[row["indicator"]] == "change"
    when = period(row["period"], lang)
    return {
        "part": quantity_name(catalog, row["indicator"], lang),
        "when": when if lang == "zh" else _preposition(row["period"]) + when,
        "is_": "" if change or row["bound"] in {"at_most", "about"} else "为",
        "shown": figure(catalog, row, lang, verdict.target["unit"]) + _computed(row, lang),
        "gain": _gain(catalog, verdict, row, lang),
        "beyond": "符合"
        if verdict.target["direction"] == "at_most"
        else "已超过"
        if row["bound"] in {"exact", "about"} and _margin(catalog, verdict, row) > 0
        else "已达到",
        "standing": _standing(catalog, verdict, row, lang),
        "differs": _differs(verdict, row, lang),
    }


def _computed(row: dict[str, Any], lang: str) -> str:
    """Return the note of a figure that is chained from published ones, in brackets."""
    note = row[f"note_{lang}"]
    if note not in COMPUTED:
        return ""
    return f"（{note}）" if lang == "zh" else f" ({note})"


def _differs(verdict: Verdict, row: dict[str, Any], lang: str) -> str:
    """Return what keeps a figure from answering the target: its scope, and its period if that is not the target year."""
    same_year = periods.parse(row["period"]).end == verdict.target["target_year"]
    return {"zh": ("口径", "口径和时期"), "en": ("scope", "scope and period")}[lang][0 if same_year else 1]


def _margin(catalog: Catalog, verdict: Verdict, row: dict[str, Any]) -> float:
    """Return how far a figure is beyond the target value, in the unit of the target (of another kind of unit: 0)."""
    target = verdict.target
    if _units(catalog)[row["published_unit"]]["dimension"] != _units(catalog)[target["unit"]]["dimension"]:
        return 0.0
    found = row["published"] * factor(catalog, row["published_unit"], target["unit"])
    return float(found - target["target_value"]) * (-1 if target["direction"] == "at_most" else 1)


def _standing(catalog: Catalog, verdict: Verdict, row: dict[str, Any], lang: str) -> str:
    if verdict.target["direction"] not in {"at_least", "at_most"} or _margin(catalog, verdict, row) < 0:
        return ""
    return "，现值符合目标" if lang == "zh" else ", which would meet it today"


def _gain(catalog: Catalog, verdict: Verdict, row: dict[str, Any], lang: str) -> str:
    """Return the increase since the base year, for a target that asks for one and a figure whose base is published."""
    target = verdict.target
    if target["direction"] != "increase_by" or labels_kind(catalog)[row["indicator"]] != "stock":
        return ""
    base = str(int(target["base_year"]))
    known = [other for other in verdict.evidence if other["indicator"] == row["indicator"] and other["period"] == base]
    if verdict.base is not None and row["indicator"] == target["indicator"]:
        known = [{"value": verdict.base[1]}]
    if not known:
        return ""
    gain = amount(
        catalog, (row["value"] - known[0]["value"]) * row["published"] / row["value"], row["published_unit"], lang
    )
    return f"，比{base}年增加{gain}" if lang == "zh" else f", {gain} more than in {base}"


def _last(catalog: Catalog, verdict: Verdict, lang: str) -> str:
    rows = [row for row in verdict.evidence if row["role"] == "same_scope"]
    if not rows:
        return ""
    shown, when = figure(catalog, rows[-1], lang, verdict.target["unit"]), period(rows[-1]["period"], lang)
    return f"{when}为{shown}" if lang == "zh" else f"{shown} in {when}"


def years(catalog: Catalog, rows: pd.DataFrame, lang: str) -> dict[str, str]:
    """Return the years of a yearly table as words by status (`{"estimate": "2020年、2021年"}`); a dash where none is."""
    found = {
        name: rows.loc[rows["status"] == name, "year"].astype(int) for name in ("reported", "adjusted", "estimate")
    }
    words = {name: [f"{year}年" if lang == "zh" else str(year) for year in sorted(of)] for name, of in found.items()}
    mark = "、" if lang == "zh" else ", "
    return {name: mark.join(listed) or "—" for name, listed in words.items()}


def _preposition(text: str) -> str:
    period = periods.parse(text)
    if period.kind == periods.UNDATED:
        return ""
    return "over " if period.kind == "change" and period.end - period.start > 1 else "in "


def _literal(value: Any) -> Markup:
    """Return a value as text that Markdown leaves alone."""
    return Markup(str(escape(value)).translate(MARKS))  # noqa: S704


def fill(template: str, values: dict[str, Any], catalog: Catalog, lang: str, markdown: bool = False) -> str:
    """Fill the placeholders `{{ ... }}` of a text cell with values, escaped; an unknown name is an error.

    Filters: `amount("unit")`, `number(digits)`, `percent(digits)`. With `markdown` a value is text in Markdown as well:
    it makes no link, no emphasis and no formula.

    Example:
        >>> from tanfeng.catalog import open_catalog
        >>> fill("比上年增长{{ rate | percent }}", {"rate": 5.5}, open_catalog(), "zh")
        '比上年增长5.5%'
    """
    finish = _literal if markdown else None
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=True, finalize=finish)
    environment.filters["percent"] = percent
    environment.filters["number"] = lambda value, digits=None: number(value, digits, lang)
    environment.filters["amount"] = lambda value, unit, digits=None: amount(catalog, value, unit, lang, digits)
    return environment.from_string(template).render(values)
