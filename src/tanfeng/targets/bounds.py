"""What a quantity is at least or at most, by arithmetic on published figures and dated plants: strict answers.

A bound is a row a term of `data/bounds.csv`: figures of `data/observations.csv`, all published, or the units of
`data/nuclear_units.csv` on the grid (or still to come) at a date. A lower bound shows that a floor is met or a cap
exceeded, an upper bound the opposite, an exact one both; none of them needs a figure of the target year itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tanfeng.data import periods, units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import indicators, observations

BOUND_OF = {"lower": "at_least", "upper": "at_most", "exact": "exact"}
PLANTS, CAPACITY = "nuclear_units", "10^4 kW"
ON_GRID = "on_grid"
TERM = "term"


@dataclass(frozen=True)
class Term:
    """One term of a bound: sign, name in two languages, value in the unit of the bound, sources, grade, its row."""

    sign: int
    zh: str
    en: str
    value: float
    source_id: str
    grade: str
    row: dict[str, Any] | None = None


@dataclass(frozen=True)
class EitherOr:
    """Targets of the parts of a whole of which one at least is met: the whole reaches what all of them ask together.

    Attributes:
        targets: numbers of the targets, that of the asking one first.
        asked: what they ask together, in the unit of the whole.
        whole: the published figure of the whole (a row of `tanfeng.facts.indicators.observations`).
    """

    targets: tuple[str, ...]
    asked: float
    whole: dict[str, Any]


@cached
def bounds(catalog: Catalog, indicator: str, region: str) -> pd.DataFrame:
    """Return the bounds on an indicator as figures: columns of `tanfeng.facts.indicators.observations`, rule and terms.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = bounds(open_catalog(), "nuclear_capacity", "330000")
        >>> rows["period"].iloc[-1], float(rows["value"].iloc[-1]), rows["bound"].iloc[-1]
        ('2025', 916.0, 'at_most')
    """
    rows = _by_indicator(catalog).get((indicator, region))
    if rows is None:
        return pd.DataFrame()
    unit = str(catalog.row("indicators", indicator)["unit"])
    found = [_bound(catalog, group, unit) for _, group in rows.groupby("id", sort=False)]
    made = pd.DataFrame([one for one in found if one is not None])
    return made.sort_values("end", kind="stable").reset_index(drop=True) if len(made) else made


@cached
def _by_indicator(catalog: Catalog) -> dict[tuple[str, str], pd.DataFrame]:
    """Return the rows of `data/bounds.csv` by indicator and region; none in an earlier state of the tables."""
    if "bounds" not in catalog.tables:
        return {}
    rows = catalog.read("bounds").sort_values("sort", kind="stable")
    return {(str(indicator), str(region)): own for (indicator, region), own in rows.groupby(["indicator", "region"])}


def _bound(catalog: Catalog, rows: pd.DataFrame, unit: str) -> dict[str, Any] | None:
    """Return a bound as a figure; None if a term is not published, or an identity gives what the quantity cannot be."""
    first = rows.iloc[0]
    terms = [term for row in rows.to_dict("records") for term in _terms(catalog, row, unit)]
    if not terms or any(pd.isna(term.value) for term in terms):
        return None
    moment = periods.parse(first["period"])
    value = round(sum(term.sign * term.value for term in terms), 6)
    zh, en = (_arithmetic(catalog, terms, value, unit, lang) for lang in ("zh", "en"))
    known = catalog.row("indicators", first["indicator"])
    if first["side"] == "exact" and (value < known["least"] or value > known["most"]):
        return None  # a slip in a term, not a figure
    return {
        **{name: first[name] for name in ("indicator", "region", "period", "rule")},
        **{"value": value, "unit": unit, "published": value, "published_unit": unit},
        **{"bound": BOUND_OF[first["side"]], "status": "estimate"},
        **{"start": moment.start, "end": moment.end, "period_kind": moment.kind},
        "source_id": observations.joined(pd.Series([term.source_id for term in terms])),
        "grade": max(term.grade for term in terms),
        "note_zh": zh,
        "note_en": en,
        "terms": tuple(terms),
    }


def _terms(catalog: Catalog, row: dict[str, Any], unit: str) -> list[Term]:
    if row["table"] == PLANTS:
        return _plants(catalog, row, unit)
    rows = indicators.observations(catalog, row["term"], row["region"])
    found = rows[(rows["period"] == row["term_period"]) & rows["status"].isin(observations.STATUS_ORDER[:2])]
    if found.empty:
        return [Term(int(row["sign"]), "", "", float("nan"), "", "")]
    figure = found.iloc[-1].to_dict()
    value = figure["value"] * units.factor(catalog, figure["unit"], unit)
    zh, en = (catalog.label("indicators", row["term"], lang) for lang in ("zh", "en"))
    sign, period = int(row["sign"]), row["term_period"]
    figure["sign"] = sign
    return [Term(sign, f"{zh}（{period}）", f"{en} ({period})", value, figure["source_id"], figure["grade"], figure)]


def _plants(catalog: Catalog, row: dict[str, Any], unit: str) -> list[Term]:
    """Return the units on the grid at a date by site, or those still to come; one in operation counts as on it."""
    plants = catalog.read(PLANTS)
    plants = plants[(plants["region"] == row["region"]) & (plants["part_of"] == "")]
    on_grid = _on_grid(plants, row["term_period"])
    chosen = plants[on_grid == (row["term"] == ON_GRID)]
    grades = catalog.read("sources").set_index("id")["grade"]
    factor = units.factor(catalog, CAPACITY, unit)
    found = []
    for _, site in chosen.groupby(chosen["zh"].map(_site), sort=False):
        zh, en = _together(list(site["zh"]), "、", "号"), _together(list(site["en"]), ", ", "")
        value = float(site["capacity_10_4_kw"].sum(skipna=False)) * factor
        cited = observations.joined(site["source_id"])
        found.append(Term(int(row["sign"]), zh, en, value, cited, site["source_id"].map(grades).max()))
    return found


def _on_grid(plants: pd.DataFrame, date: str) -> pd.Series:
    """Return which units ran by the end of a date: by their first day on the grid, without one by their state."""
    moment = periods.parse(date).end
    dated = plants["first_grid"].where(plants["first_grid"] != "", plants["commercial"])
    known = [periods.parse(text[:7]).end <= moment if text else None for text in dated]
    states = zip(plants["state"], known, strict=True)
    return pd.Series(
        [state == "operating" if ran is None else ran for state, ran in states], plants.index, dtype="bool"
    )


def _site(name: str) -> str:
    return NUMBERED.sub("", name)


def _together(names: list[str], mark: str, after: str) -> str:
    """Return the units of one site as one name: `三门1—2号`, `Sanmen 1–2`; a unit without a number as it is."""
    numbers = [int(found.group(1)) for name in names if (found := NUMBERED.search(name))]
    if len(numbers) < len(names):
        return mark.join(names)
    in_row = numbers == list(range(numbers[0], numbers[0] + len(numbers))) and len(numbers) > 1
    shown = f"{numbers[0]}—{numbers[-1]}" if in_row else mark.join(map(str, numbers))
    return _site(names[0]) + (shown if after else shown.replace("—", "–")) + after


NUMBERED = re.compile(r"([0-9]+)号?$")


def next_unit(catalog: Catalog, region: str, date: str) -> dict[str, Any] | None:
    """Return the unit that was the first on the grid after a date, None if there is none.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> next_unit(open_catalog(), "330000", "2025")["first_grid"]
        '2026-03-12'
    """
    plants = catalog.read(PLANTS).query("region == @region and first_grid != ''")
    later = plants[~_on_grid(plants, date)].sort_values("first_grid")
    return None if later.empty else dict(later.iloc[0].to_dict())


def _arithmetic(catalog: Catalog, terms: list[Term], value: float, unit: str, lang: str) -> str:
    """Return the sum as it is written: each term with its name, then the result with its unit."""
    row = catalog.row("units", unit)
    scale = 1.0 if lang == "zh" else float(row["en_factor"])
    gap = "" if lang == "zh" else " "
    parts = []
    for place, term in enumerate(terms):
        mark = f"−{gap}" if term.sign < 0 else f"+{gap}" if place else ""
        parts.append(f"{mark}{term.zh if lang == 'zh' else term.en}{gap}{round(term.value * scale, 6):.10g}")
    return f"{gap.join(parts)}{gap}={gap}{round(value * scale, 6):.10g}{gap}{row[lang]}"


@cached
def _sums(catalog: Catalog) -> pd.DataFrame:
    """Return the sums of indicators of `data/identities.csv`: id, whole and part."""
    rows = catalog.read("identities")
    return rows.loc[(rows["table"] == "observations") & (rows["kind"] == "sum"), ["id", "whole", "part"]]


@cached
def _parts(catalog: Catalog) -> frozenset[str]:
    return frozenset(_sums(catalog)["part"])


def either(catalog: Catalog, target: dict[str, Any]) -> EitherOr | None:
    """Return the targets of which one at least is met because the whole reaches what they ask together; else None.

    The parts of a whole are those of a sum in `data/identities.csv`; each must have a firm target of the same year.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.data.links import targets_by_id
        >>> found = either(open_catalog(), targets_by_id(open_catalog()).loc["E27"].to_dict())
        >>> found.targets, found.asked, float(found.whole["value"])
        (('E27', 'E28'), 400.0, 476.0)
    """
    if target["indicator"] not in _parts(catalog):
        return None
    relations = _sums(catalog)
    targets = catalog.read("targets")
    firm = targets[
        (targets["region"] == target["region"])
        & (targets["target_year"] == target["target_year"])
        & (targets["variant"] == "firm")
        & (targets["direction"] == "at_least")
    ].drop_duplicates("indicator")
    for name in relations.loc[relations["part"] == target["indicator"], "id"]:
        parts = relations[relations["id"] == name]
        own = firm[firm["indicator"].isin(parts["part"])]
        whole = str(parts["whole"].iloc[0])
        rows = indicators.observations(catalog, whole, target["region"])
        rows = rows[rows["status"].isin(observations.STATUS_ORDER[:2]) & (rows["end"] <= int(target["target_year"]))]
        rows = rows[(rows["bound"] != "at_most") & rows["period_kind"].isin(["year", "month"])]
        stock = catalog.row("indicators", whole)["kind"] == "stock"
        if len(own) < len(parts) or rows.empty or not stock or target["direction"] != "at_least":
            continue
        unit = str(rows["unit"].iloc[-1])
        asked = sum(row.target_value * units.factor(catalog, row.unit, unit) for row in own.itertuples())
        if rows["value"].iloc[-1] >= asked:
            others = [one for one in own["id"] if one != target["id"]]
            return EitherOr((target["id"], *others), float(asked), rows.iloc[-1].to_dict())
    return None
