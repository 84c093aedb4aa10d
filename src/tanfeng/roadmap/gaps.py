"""The gap between the outlook and what a target allows: what wedges close of it, and what stays open.

A target on CO2 intensity allows emissions that grow with GDP. Reference and limit share one course of growth, the
median of `tanfeng.forecast.growth`; beside it each limit is given at the low and the high end of the growth the
province aims at (`gdp_growth_2026` of `data/scenario_drivers.csv`). Limits in account `direct` or `assessment` are
those of this project; the official figures of the province are not published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tanfeng.data import links, units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import Absent, ProjectError
from tanfeng.facts import accounts, indicators
from tanfeng.forecast.r1 import Values
from tanfeng.outlook import paths, scenarios
from tanfeng.roadmap import effects, registers, wedges
from tanfeng.roadmap.wedges import Wedges
from tanfeng.targets import ahead, intensity
from tanfeng.targets.intensity import Intensity

GROWTH = "gdp_growth_2026"
NATIONAL = "100000"
LEVELS = ("low", "central", "high")
COURSE = "course"
COVERED, OPEN = "covered", "open"


@dataclass(frozen=True)
class Limit:
    """What a target on CO2 intensity allows.

    Attributes:
        target: row of `data/targets.csv`.
        way: the way to it (`tanfeng.targets.intensity.intensity`).
        growth_pct: growth of GDP supposed, percent a year after its last published year.
        path: Mt CO2 by year on the compound path from the base year to the target year.
    """

    target: dict[str, Any]
    way: Intensity
    growth_pct: float
    path: pd.Series

    @property
    def limit_mt(self) -> float:
        """What the target year allows, Mt CO2."""
        return float(self.path.iloc[-1])


def growth(catalog: Catalog, region: str) -> dict[str, float]:
    """Return the growth target of the region, percent a year: low, central and high.

    Raises:
        ProjectError: if no growth target of the region is in `data/scenario_drivers.csv`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> growth(open_catalog(), "330000")
        {'low': 5.0, 'central': 5.25, 'high': 5.5}
    """
    rows = catalog.read("scenario_drivers").set_index("id")
    if GROWTH not in rows.index or rows.at[GROWTH, "region"] != region:
        raise ProjectError(f"data/scenario_drivers.csv has no {GROWTH} of region {region}; expected its growth target")
    return {level: float(rows.at[GROWTH, level]) for level in LEVELS}


def ends(catalog: Catalog, region: str) -> dict[str, float]:
    """Return the low and the high end of the growth target, percent a year (see `growth`)."""
    rates = growth(catalog, region)
    return {level: rates[level] for level in LEVELS if level != "central"}


def course(catalog: Catalog, region: str, year: int) -> float:
    """Return the growth of GDP that reference and limits share, percent a year: the median course to a year.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> course(open_catalog(), "330000", 2030) == scenarios.course_growth(open_catalog(), "330000", 2030)
        True
    """
    published = indicators.yearly(catalog, "gdp_real_growth", region)["year"]
    if year <= published.max():
        return 0.0  # no year is left to grow
    return scenarios.course_growth(catalog, region, year)


def targets(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the targets on CO2 intensity that bear on a region: its own and, as benchmarks, the national ones.

    A target of a single year is no limit of a plan and is left out.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> targets(open_catalog(), "330000")["id"].tolist()
        ['N02', 'N03', 'P05']
    """
    rows = catalog.read("targets")
    own = (rows["indicator"] == ahead.INTENSITY) & rows["region"].isin([region, NATIONAL])
    whole = rows["target_year"] - rows["base_year"].fillna(0) > 1
    return rows[own & whole & (rows["variant"] == "firm")].sort_values(["target_year", "id"]).reset_index(drop=True)


def limit(catalog: Catalog, region: str, target: dict[str, Any], growth_pct: float, account: str = "direct") -> Limit:
    """Return what a target allows a region at a growth of GDP.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> row = targets(open_catalog(), "330000").iloc[2].to_dict()
        >>> round(limit(open_catalog(), "330000", row, 5.25).limit_mt, 1)
        545.3
    """
    asked = int(target["base_year"]), int(target["target_year"]), float(target["target_value"])
    way = intensity.intensity(catalog, region, *asked, account)
    return Limit(target, way, growth_pct, _path(way, growth_pct))


def _path(way: Intensity, growth_pct: float) -> pd.Series:
    rows = way.rows.set_index("year")
    start = float(rows.at[way.base, "co2_mt"]) / float(rows.at[way.base, "gdp_index"])
    last = int(way.gdp.index[-1])
    years = range(way.base, way.year + 1)
    gdp = [way.gdp.get(year, float(way.gdp.iloc[-1]) * (1 + growth_pct / 100) ** (year - last)) for year in years]
    required = (1 - way.reduction_pct / 100) ** (np.arange(len(gdp)) / (way.year - way.base))
    return pd.Series(start * np.array(gdp) * required, index=list(years))


@cached
def gaps(catalog: Catalog, region: str, measures: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the gap of every target that is not over, in both accounts, before and after the wedges.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        measures: numbers of counted measures, as `tanfeng.roadmap.wedges.wedges`; all by default.

    Returns:
        Columns target, asked_of (region the target is set for), account, base, year, reduction_pct, limit_mt,
        limit_low_mt, limit_high_mt (at the ends of the growth target), reference_mt, reference_lo80, reference_hi80,
        saved_mt, saved_lo80, saved_hi80, remaining_mt, gap_mt (reference less limit;
        below zero: room), uncovered_mt (remaining less limit; below zero: room), uncovered_lo80, uncovered_hi80,
        p_without, p_with (probability without and with the measures, growth drawn, as
        `tanfeng.targets.intensity.intensity`), state (`covered`, `open`), source_id. Figures without ends are medians.

    Raises:
        Absent: if no target on CO2 intensity lies ahead.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = gaps(open_catalog(), "330000").set_index(["target", "account"])
        >>> bool((rows["p_with"] >= rows["p_without"]).all()), rows.at[("P05", "assessment"), "state"]
        (True, 'open')
    """
    rows = targets(catalog, region)
    coming = rows[rows["target_year"] >= catalog.as_of_year]
    if coming.empty:
        raise Absent(ahead.MISSING, "data/targets.csv", region)
    asked = [(row, account) for row in coming.to_dict("records") for account in intensity.ACCOUNTS]
    return pd.DataFrame([_gap(catalog, region, row, account, measures) for row, account in asked])


def _gap(
    catalog: Catalog, region: str, target: dict[str, Any], account: str, chosen: Sequence[str] | None
) -> dict[str, Any]:
    rates = {"central": course(catalog, region, int(target["target_year"])), **ends(catalog, region)}
    limits = {level: limit(catalog, region, target, rate, account) for level, rate in rates.items()}
    way, allowed = limits["central"].way, limits["central"].limit_mt
    middle, drawn = (wedges.wedges(catalog, region, account, chosen, centre) for centre in (True, False))
    place = middle.at(way.year)
    moved = scale(way, drawn)
    left = float(middle.remaining[0, place]) - _scaled(allowed, way, middle)
    open_paths = drawn.remaining[:, place] - allowed * moved
    saved_paths = drawn.saved.sum(axis=0)
    with_measures = intensity.reductions(catalog, region, way.base, way.year, account, saved=saved_paths)
    reference, saved = float(middle.reference[0, place]), float(middle.saved[:, 0, place].sum())
    return {
        "target": target["id"],
        "asked_of": target["region"],
        "account": account,
        "base": way.base,
        "year": way.year,
        "reduction_pct": way.reduction_pct,
        "limit_mt": _scaled(allowed, way, middle),
        "limit_low_mt": _scaled(limits["low"].limit_mt, way, middle),
        "limit_high_mt": _scaled(limits["high"].limit_mt, way, middle),
        "reference_mt": reference,
        **_ends("reference", drawn.reference[:, place]),
        "saved_mt": saved,
        **_ends("saved", drawn.saved[:, :, place].sum(axis=0)),
        "remaining_mt": float(middle.remaining[0, place]),
        "gap_mt": reference - _scaled(allowed, way, middle),
        "uncovered_mt": left,
        **_ends("uncovered", open_paths),
        "p_without": way.probability,
        "p_with": float((with_measures >= way.reduction_pct).mean()),
        "state": COVERED if left <= 0 else OPEN,
        "source_id": target["source_id"],
    }


def by_growth(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the gap of every target ahead with one growth of GDP for the reference and for what the target allows.

    Emissions inside the region follow GDP as `tanfeng.outlook.scenarios.growth_effect` has it; imports and measures
    stay.

    Returns:
        Columns target, asked_of, account, year, growth (`course`: that of the reference; `low`, `central`, `high` of
        the growth target), growth_pct (a year), reference_mt, limit_mt, gap_mt, uncovered_mt (as `gaps`), source_id.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = by_growth(open_catalog(), "330000").query("target == 'P05' and account == 'direct'")
        >>> rows["growth"].tolist(), bool(rows["reference_mt"].is_monotonic_increasing)
        (['course', 'low', 'central', 'high'], True)
    """
    found = gaps(catalog, region).to_dict("records")
    return pd.DataFrame([row for gap in found for row in _at_growths(catalog, region, gap)])


def _at_growths(catalog: Catalog, region: str, gap: dict[str, Any]) -> list[dict[str, Any]]:
    own = targets(catalog, region)
    row = own[(own["id"] == gap["target"]) & (own["region"] == gap["asked_of"])].iloc[0].to_dict()
    middle = wedges.wedges(catalog, region, gap["account"], [], centre=True)
    place = middle.at(gap["year"])
    inside = float(wedges.reference(catalog, region, "direct", centre=True).total[0, place])
    rates = {COURSE: course(catalog, region, gap["year"]), **growth(catalog, region)}
    kept = {key: gap[key] for key in ("target", "asked_of", "account", "year", "source_id")}
    rows = []
    for name, rate in rates.items():
        more = float(scenarios.growth_effect(catalog, region, rate, pd.Index([gap["year"]])).iloc[0]) - 1
        reached = gap["reference_mt"] + inside * (0 if name == COURSE else more)
        one = limit(catalog, region, row, rate, gap["account"])
        over = reached - _scaled(one.limit_mt, one.way, middle)
        rows.append({
            **kept, "growth": name, "growth_pct": rate, "reference_mt": reached, "limit_mt": reached - over,
            "gap_mt": over, "uncovered_mt": over - gap["saved_mt"],
        })  # fmt: skip
    return rows


def scale(way: Intensity, drawn: Wedges) -> Values:
    """Return base emissions of each path over their median, where the base year itself lies ahead; else one."""
    if way.base not in drawn.years:
        return np.ones(len(drawn.reference))
    base = drawn.reference[:, drawn.at(way.base)]
    return np.asarray(base / float(way.rows.set_index("year").at[way.base, "co2_mt"]))


def _scaled(allowed: float, way: Intensity, middle: Wedges) -> float:
    return allowed * float(scale(way, middle)[0])


def _ends(name: str, drawn: Values) -> dict[str, float]:
    low, high = paths.interval(drawn)
    return {f"{name}_lo80": low, f"{name}_hi80": high}


def imported(catalog: Catalog, region: str) -> pd.Series:
    """Return the net imported electricity of the reference, TWh by year: as known, then the median of the paths.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> imported(open_catalog(), "330000").loc[[2023, 2030]].round().tolist()
        [161.0, 253.0]
    """
    years = paths.paths(catalog, region).years
    known = accounts.imported(catalog, region)
    found = np.median(intensity.imports(catalog, region, list(years)), axis=0) / float(known["factor_kg_kwh"].iloc[-1])
    told = known.set_index("year")["import_twh"].reindex(years)
    return told.fillna(pd.Series(found, index=list(years)))


def brought(catalog: Catalog, region: str, year: int) -> float:
    """Return the electricity that counted measures bring from outside in a year on top of the reference, TWh (centre).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> round(brought(open_catalog(), "330000", 2030), 6)
        36.0
    """
    middle = wedges.wedges(catalog, region, centre=True)
    places = [middle.measures.index(name) for name in middle.measures if name not in at_home(catalog, region)]
    taken = -np.diff(middle.fossil[:, 0, middle.at(year)])
    return float(taken[places].sum())


def at_home(catalog: Catalog, region: str) -> list[str]:
    """Return the counted measures that bring no electricity from outside, in order.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> at_home(open_catalog(), "330000")
        ['MT03']
    """
    rows = wedges.candidates(catalog, region)
    return rows.loc[(rows["stage"] == wedges.COUNTED) & (rows["group"] != wedges.IMPORT), "id"].tolist()


def target_paths(catalog: Catalog, region: str, account: str = "direct") -> pd.DataFrame:
    """Return what each target allows by year: columns target, plan, asked_of, year, limit_mt.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = target_paths(open_catalog(), "330000")
        >>> rows.groupby("target", sort=False)["year"].agg(["min", "max"]).values.tolist()
        [[2020, 2025], [2025, 2030], [2005, 2030]]
    """
    rows = targets(catalog, region).to_dict("records")
    found = [limit(catalog, region, row, course(catalog, region, int(row["target_year"])), account) for row in rows]
    named = [
        pd.DataFrame({"year": one.path.index, "limit_mt": one.path.to_numpy()}).assign(
            target=one.target["id"], plan=one.target["plan"], asked_of=one.target["region"]
        )
        for one in found
    ]
    return pd.concat(named, ignore_index=True)[["target", "plan", "asked_of", "year", "limit_mt"]]


@cached
def outcomes(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return expected against measured, for measures with factors whose increase a published figure answers.

    Only the quantity is measured (capacity added); what it made or saved is not published measure by measure.

    Returns:
        Columns id, zh, en, unit, quantity (as asked), measured (added since the base year of its target), base_year,
        period, ratio, direct_mt (expected in full, Mt CO2; below zero is less), measured_mt (at the measured
        quantity), sources.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> outcomes(open_catalog(), "330000").set_index("id")["ratio"].round(1).to_dict()
        {'ME17': 3.6, 'ME18': 6.0}
    """
    effects_full = effects.gross(catalog, region)[["id", "direct_mt_central"]]
    gross = registers.measures(catalog, region).merge(effects_full, on="id")
    decided = catalog.read("evidence").query("table == 'targets' and role == 'decides'")
    goals = links.targets_by_id(catalog, region).query("direction == 'increase_by'")
    found: list[dict[str, Any] | None] = [
        _outcome(catalog, row, goals.loc[row["target_id"]], decided)
        for row in gross.to_dict("records")
        if row["target_id"] in goals.index
    ]
    return pd.DataFrame([one for one in found if one is not None])


def _outcome(catalog: Catalog, row: dict[str, Any], goal: pd.Series, decided: pd.DataFrame) -> dict[str, Any] | None:
    """Return a measure beside the figure that decides its target, or None if one of the two figures is missing."""
    observed = catalog.read("observations")
    known = decided[(decided["item"] == goal["id"]) & (decided["region"] == goal["region"])]
    if known.empty or pd.isna(goal["base_year"]):
        return None
    own = observed[(observed["indicator"] == known["indicator"].iloc[0]) & (observed["region"] == row["region"])]
    first = own[own["period"] == str(int(goal["base_year"]))]
    last = own[own["period"] == known["period"].iloc[0]]
    if first.empty or last.empty:
        return None
    ends = [
        float(one["value"].iloc[0] * units.factor(catalog, one["unit"].iloc[0], row["unit"])) for one in (first, last)
    ]
    ratio = (ends[1] - ends[0]) / row["quantity"]
    return {
        **{key: row[key] for key in ("id", "zh", "en", "unit", "quantity")},
        "measured": ends[1] - ends[0],
        "base_year": int(goal["base_year"]),
        "period": known["period"].iloc[0],
        "ratio": ratio,
        "direct_mt": row["direct_mt_central"],
        "measured_mt": row["direct_mt_central"] * ratio,
        "sources": " ".join(dict.fromkeys([row["source_id"], first["source_id"].iloc[0], last["source_id"].iloc[0]])),
    }


def readiness(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return what stands ready: each candidate with its stage, dates and what its chain through the registers lacks.

    Returns:
        Columns id, zh, en, group, stage, kind (plan, project ...), by_year, first_year, lacks (as
        `tanfeng.roadmap.registers.chain`), direct_mt_central, assessment_mt_central, sources.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> readiness(open_catalog(), "330000").set_index("id").at["ME12", "lacks"]
        'target body evidence'
    """
    lacks = registers.chain(catalog, region).set_index("measure_id")["lacks"]
    rows = wedges.candidates(catalog, region)
    columns = ["id", "zh", "en", "group", "stage", "kind", "by_year", "first_year"]
    columns += ["direct_mt_central", "assessment_mt_central", "sources"]
    return rows[columns].assign(lacks=rows["id"].map(lacks))
