"""Numbers, periods and sentences in Chinese and English.

Chinese as a provincial statistical office writes it: figures with unit and base, verdict first, half-width digits, no
space between digit and unit. Names and units come from the tables (`words`, `units`, `indicators`); sentences of
verdicts stand in `tanfeng.pages.sentences`.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup, escape

from tanfeng.data import periods
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog, labels
from tanfeng.data.units import factor
from tanfeng.facts.observations import INTERNAL

LANGS = ("zh", "en")
MINUS = "−"
COLON, COMMA, LIST, STOP = ("：", ": "), ("，", ", "), ("、", ", "), ("。", ".")  # in Chinese and English
# how a key figure is written: one digit after the point by default
INTENSITY, PRECISE_INTENSITY, PRECISE, GIVEN, CHANCE = "intensity", "precise_intensity", "precise", "given", "chance"
FORMS = ("", INTENSITY, PRECISE_INTENSITY, PRECISE, GIVEN, CHANCE)
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


@cached
def _units(catalog: Catalog) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in catalog.read("units").to_dict("records")}


BARE = {"items", "firms"}  # units that English leaves out: their quantities are named by what is counted


def amount(catalog: Catalog, value: float, unit: str, lang: str, digits: int | None = None) -> str:
    """Return a value with its unit, as it is written in a language.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> amount(catalog, 439.5, "Mt CO2", "zh", 2), amount(catalog, 439.5, "Mt CO2", "en", 1)
        ('4.40亿吨', '439.5 Mt CO2')
        >>> amount(catalog, 5947, "10^4 kW", "zh"), amount(catalog, 5947, "10^4 kW", "en")
        ('5947万千瓦', '59.47 GW')
        >>> amount(catalog, 100, "10^4 vehicles", "en"), amount(catalog, 90, "10^4 vehicles", "en")
        ('1 million vehicles', '900 thousand vehicles')
        >>> amount(catalog, 100, "items", "zh"), amount(catalog, 100, "items", "en")
        ('100个', '100')
    """
    if unit in MEGATONNES and lang == "zh":
        large = abs(value) >= LARGE_MT
        return (f"{number(value / 100, 2)}亿吨" if large else f"{number(value * 100, 0)}万吨") + MEGATONNES[unit]
    row = _units(catalog)[unit]
    shown = value if lang == "zh" else value * row["en_factor"]
    name = "" if lang == "en" and unit in BARE else row[lang]
    if lang == "en" and digits is None and name.startswith(THOUSAND) and abs(round(shown, 6)) >= LARGE:
        shown, name = shown / LARGE, name.replace(THOUSAND, "million", 1)
    gap = "" if lang == "zh" or name in {"%", ""} else " "
    return f"{number(round(shown, 6), digits, lang)}{gap}{name}"


def unit(catalog: Catalog, name: str, lang: str) -> tuple[str, float]:
    """Return how a unit is written in a language, and the factor on values that goes with it.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> unit(open_catalog(), "10^4 kW", "en")
        ('GW', 0.01)
    """
    row = _units(catalog)[name]
    return row[lang], 1.0 if lang == "zh" else float(row["en_factor"])


def tonnes(value: float, lang: str, digits: int = 1) -> str:
    """Return megatonnes as they stand under a heading with `TONNES`: whole 万吨 in Chinese, Mt in English.

    Example:
        >>> tonnes(439.52, "zh"), tonnes(439.52, "en"), tonnes(-0.22, "zh")
        ('43952', '439.5', '−22')
    """
    return number(100 * value, 0) if lang == "zh" else number(value, digits)


def megatonnes(value: float, lang: str, large: bool = True, named: bool = True) -> str:
    """Return megatonnes of CO2, by default with their unit: two digits of 亿吨, or whole 万吨, in Chinese.

    Example:
        >>> megatonnes(439.52, "zh"), megatonnes(12.3, "zh", large=False), megatonnes(439.52, "en")
        ('4.40亿吨', '1230万吨', '439.5 Mt')
    """
    if lang == "en":
        return number(value, 1) + (f" {TONNES[lang]}" if named else "")
    shown, unit = (number(value / 100, 2), "亿吨") if large else (number(100 * value, 0), "万吨")
    return shown + (unit if named else "")


def percent(value: float, digits: int = 1) -> str:
    """Return a percentage as text.

    Example:
        >>> percent(14.5), percent(-8.264, 2)
        ('14.5%', '−8.26%')
    """
    return f"{number(value, digits)}%"


def bracketed(said: str, lang: str) -> str:
    """Return a remark in brackets, to stand behind what it is about; nothing for none.

    Example:
        >>> bracketed("约", "zh"), bracketed("about", "en"), bracketed("", "en")
        ('（约）', ' (about)', '')
    """
    return (f"（{said}）" if lang == "zh" else f" ({said})") if said else ""


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


INTERNAL_MARK = {"zh": "（内部）", "en": " (internal)"}


TOTALS, TOTAL_DIGITS = "10^8 t", 2  # a total told in this unit has two decimals


def figure(catalog: Catalog, evidence: dict[str, Any], lang: str, unit: str = "") -> str:
    """Return a figure as text, with "more than" or "about" where its source says so, and marked if it is internal.

    The unit is that of the source, or `unit` where that measures the same thing.
    """
    value, own = evidence["published"], evidence["published_unit"]
    if unit and _units(catalog)[unit]["dimension"] == _units(catalog)[own]["dimension"]:
        value = value * factor(catalog, own, unit)
        value, own = round(value, TOTAL_DIGITS if unit == TOTALS and own != unit else 6), unit
    bound = BOUNDS[lang].get(evidence["bound"], "{}")
    if labels_kind(catalog)[evidence["indicator"]] == "change":
        way = ("上升", "下降") if lang == "zh" else ("up ", "down ")
        shown = way[bool(value <= 0)] + bound.format(amount(catalog, abs(value), own, lang))
    else:
        shown = bound.format(amount(catalog, value, own, lang))
    return shown + (INTERNAL_MARK[lang] if evidence.get("status") == INTERNAL else "")


def quantity_name(catalog: Catalog, indicator: str, lang: str) -> str:
    """Return the name of an indicator; of a change in Chinese, the name of what changes (能耗变化率 -> 能耗)."""
    name = catalog.label("indicators", indicator, lang)
    if lang == "zh" and labels_kind(catalog)[indicator] == "change":
        return name.replace("变化率", "")
    return name


@cached
def labels_kind(catalog: Catalog) -> dict[str, str]:
    """Return the kind of every indicator by id."""
    rows = catalog.read("indicators")
    return dict(zip(rows["id"], rows["kind"], strict=True))


def years(catalog: Catalog, rows: pd.DataFrame, lang: str) -> dict[str, str]:
    """Return the years of a yearly table as words by status (`{"estimate": "2020年、2021年"}`); a dash where none is."""
    found = {
        name: rows.loc[rows["status"] == name, "year"].astype(int) for name in ("reported", "adjusted", "estimate")
    }
    words = {name: [f"{year}年" if lang == "zh" else str(year) for year in sorted(of)] for name, of in found.items()}
    mark = "、" if lang == "zh" else ", "
    return {name: mark.join(listed) or "—" for name, listed in words.items()}


def _literal(value: Any) -> Markup:
    """Return a value as text that Markdown leaves alone."""
    return Markup(str(escape(value)).translate(MARKS))  # noqa: S704


def fill(template: str, values: dict[str, Any], catalog: Catalog, lang: str, markdown: bool = False) -> str:
    """Fill the placeholders `{{ ... }}` of a text cell with values, escaped; an unknown name is an error.

    Filters: `amount("unit")`, `number(digits)`, `percent(digits)`. With `markdown` a value is text in Markdown as well:
    it makes no link, no emphasis and no formula.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> fill("比上年增长{{ rate | percent }}", {"rate": 5.5}, open_catalog(), "zh")
        '比上年增长5.5%'
    """
    finish = _literal if markdown else None
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=True, finalize=finish)
    environment.filters["percent"] = percent
    environment.filters["number"] = lambda value, digits=None: number(value, digits, lang)
    environment.filters["amount"] = lambda value, unit, digits=None: amount(catalog, value, unit, lang, digits)
    return environment.from_string(template).render(values)
