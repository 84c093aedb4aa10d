"""What drove the change of emissions: decompositions of a region's CO2 by plan period, and its decoupling.

Direct account. Effects are those of `tanfeng.facts.lmdi` (LMDI-I), chained over every year that is known inside the
period, so that the effects of its parts add up. A plan period runs from the end of its base year. Where a figure of
the base or the last year is not known, the last known year before it takes its place: `start` and `end` say which.
The status is the weakest of the figures used; the effects themselves are computed, never published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions, indicators, lmdi, observations, uncertainty
from tanfeng.facts.tapio import tapio

COLUMNS = [
    "period", "start", "end", "item", "factor", "effect_mt", "effect_ratio", "first_mt", "last_mt", "lo95_mt",
    "hi95_mt", "status", "sources",
]  # fmt: skip
STATES = [
    "period", "start", "end", "quantity", "change_pct", "lo95_pct", "hi95_pct", "gdp_change_pct",
    "elasticity", "state", "status", "sources",
]  # fmt: skip
POWER = "power_heat"
NOT_SIGNIFICANT, NOT_CERTAIN = "not_significant", "not_certain"
Chain = dict[str, tuple[str, str]]
KAYA: Chain = {
    "population": ("population", ""),
    "gdp_per_head": ("gdp", "population"),
    "energy_per_gdp": ("energy", "gdp"),
    "co2_per_energy": ("co2", "energy"),
}
KAYA_WITHOUT_ENERGY: Chain = {
    "population": ("population", ""),
    "gdp_per_head": ("gdp", "population"),
    "co2_per_gdp": ("co2", "gdp"),
}
FIELD: Chain = {"gdp": ("gdp", ""), "co2_per_gdp": ("co2", "gdp")}
GENERATION: Chain = {
    "electricity_use": ("use", ""),
    "own_generation": ("generation", "use"),
    "thermal_share": ("thermal", "generation"),
    "co2_per_thermal_kwh": ("co2", "thermal"),
}


@dataclass(frozen=True, eq=False)
class Facts:
    """Quantities of the years in which all of them are known.

    Attributes:
        levels: one row a year, one column a quantity; `co2` in Mt.
        status: weakest status by year.
        sources: source by year and quantity; several are separated by spaces.
    """

    levels: pd.DataFrame
    status: pd.Series
    sources: pd.DataFrame

    def cited(self, start: int, end: int) -> str:
        """Return the sources of a period, separated by spaces, each once."""
        texts = self.sources.loc[start:end].to_numpy().ravel()
        return " ".join(dict.fromkeys(source for text in texts for source in text.split()))


@cached
def kaya(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return what drove total CO2 by plan period: population, GDP per head, energy per GDP and CO2 per energy.

    GDP at constant prices. A period whose energy consumption is not published has three factors: `co2_per_gdp` stands
    for the last two.

    Returns:
        Columns period (id of the plan), start, end, item (`total`), factor, effect_mt (Mt CO2), effect_ratio,
        first_mt, last_mt (Mt CO2 in the first and the last year), lo95_mt, hi95_mt (95 % limits of the change between
        them; missing where the error is not known), status, sources (separated by spaces).

    Raises:
        ProjectError: if no plan period has two years in which every factor is known.

    Source: Kaya identity; LMDI-I of Ang (2005).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = kaya(open_catalog(), "330000").query("period == '11FYP'").set_index("factor")
        >>> rows["effect_mt"].round(1).to_dict()
        {'population': 28.2, 'gdp_per_head': 148.8, 'energy_per_gdp': -71.5, 'co2_per_energy': -0.2}
    """
    parts = {
        "population": _observed(catalog, "population_resident", region),
        "gdp": _gdp(catalog, region),
        "co2": _emitted(catalog, region, "total"),
    }
    energy = {**parts, "energy": _observed(catalog, "energy_consumption", region)}
    full = _attributed(catalog, _facts(energy), KAYA, "total")
    short = _attributed(catalog, _facts(parts), KAYA_WITHOUT_ENERGY, "total")
    found = pd.concat([full, short[~short["period"].isin(full["period"])]], ignore_index=True)
    return _with_limits(catalog, region, _not_empty(found, region, "population, GDP and CO2"))


def fields(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return which field drove total CO2 by plan period: growth of GDP, and emissions of each field per unit of GDP.

    The effects of a field add up to the change of its emissions, those of all fields to the change of the total.

    Returns:
        Columns as `kaya`; item is the field, factor `gdp` or `co2_per_gdp`; effect_ratio, first_mt and last_mt are
        those of the field.

    Raises:
        ProjectError: if no plan period has two years in which GDP and every field are known.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = fields(open_catalog(), "330000").query("period == '11FYP' and item == 'transport'")
        >>> rows[["factor", "effect_mt"]].round(1).to_numpy().tolist()
        [['gdp', 10.6], ['co2_per_gdp', -2.8]]
    """
    names = emissions.emissions(catalog, region)["field"].unique()
    known = emissions.series(catalog, region, "total")["year"]
    gdp = _gdp(catalog, region)
    rows = [
        _attributed(catalog, _facts({"gdp": gdp, "co2": _emitted(catalog, region, name).reindex(known)}), FIELD, name)
        for name in names
    ]
    return _with_limits(catalog, region, _not_empty(pd.concat(rows, ignore_index=True), region, "GDP and every field"))


def power(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return what drove the CO2 of power and heat by plan period.

    Factors: electricity use; generation in the province over use; thermal over all generation; CO2 of power and heat
    over thermal generation. Heat is part of the emissions and not of the generation: more heat raises the last factor.

    Returns:
        Columns as `kaya`; item is the subsector `power_heat`.

    Raises:
        ProjectError: if no plan period has two years in which every factor is known.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = power(open_catalog(), "330000").query("period == '12FYP'").set_index("factor")
        >>> rows["effect_mt"].round(1).to_dict()
        {'electricity_use': 53.5, 'own_generation': -17.0, 'thermal_share': -20.5, 'co2_per_thermal_kwh': -15.9}
    """
    parts = {
        "use": _observed(catalog, "electricity_consumption", region),
        "generation": _observed(catalog, "generation_total", region),
        "thermal": _observed(catalog, "generation_thermal", region),
        "co2": _emitted(catalog, region, POWER),
    }
    found = _attributed(catalog, _facts(parts), GENERATION, POWER)
    return _not_empty(found, region, "electricity use, generation and the CO2 of power")


def decoupling(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the decoupling state of CO2 and of energy consumption against GDP, by plan period.

    Returns:
        Columns period, start, end, quantity (`co2_total`, `energy_consumption`), change_pct, lo95_pct, hi95_pct (95 %
        limits of the change; missing for energy consumption, whose error is not known), gdp_change_pct (percent, GDP at
        constant prices), elasticity, state (see `tanfeng.facts.tapio.tapio`; where the limits of the change lie in
        different states `not_significant` if zero is between them, else `not_certain`), status, sources.

    Raises:
        ProjectError: if no plan period has two years in which GDP and one of the quantities are known.

    Source: Tapio (2005).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = decoupling(open_catalog(), "330000").query("quantity == 'co2_total'").set_index("period")
        >>> rows["state"].head(2).to_dict(), round(float(rows.at["11FYP", "elasticity"]), 2)
        ({'11FYP': 'weak', '12FYP': 'weak'}, 0.55)
    """
    gdp = _gdp(catalog, region)
    quantities = {
        "co2_total": _emitted(catalog, region, "total"),
        "energy_consumption": _observed(catalog, "energy_consumption", region),
    }
    rows = [
        _state(_facts({"gdp": gdp, "quantity": rows}), name, *span)
        for name, rows in quantities.items()
        for span in _spans(catalog, _facts({"gdp": gdp, "quantity": rows}).levels.index)
    ]
    found = pd.DataFrame(rows, columns=[name for name in STATES if name not in {"lo95_pct", "hi95_pct"}])
    return _judged(catalog, region, _not_empty(found, region, "GDP and CO2 or energy"))


def _judged(catalog: Catalog, region: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return decoupling with the limits of the change of CO2, and no state where the limits give different ones."""
    nothing = (float("nan"), float("nan"))
    limits = [
        uncertainty.change(catalog, region, "total", row.start, row.end)[1:] if row.quantity == "co2_total" else nothing
        for row in rows.itertuples()
    ]
    rows = rows.assign(lo95_pct=[low for low, _ in limits], hi95_pct=[high for _, high in limits])
    same = [
        {_tapio_state(row.lo95_pct, row.gdp_change_pct), _tapio_state(row.hi95_pct, row.gdp_change_pct)} <= {row.state}
        for row in rows.fillna({"lo95_pct": rows["change_pct"], "hi95_pct": rows["change_pct"]}).itertuples()
    ]
    none = (rows["lo95_pct"] * rows["hi95_pct"] <= 0).map({True: NOT_SIGNIFICANT, False: NOT_CERTAIN})
    return rows.assign(state=rows["state"].where(same, none))[STATES]


def _tapio_state(change_pct: float, gdp_change_pct: float) -> str:
    return tapio((100.0, 100 + change_pct), (100.0, 100 + gdp_change_pct)).state


def _with_limits(catalog: Catalog, region: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return effects with the 95 % limits (Mt) of the change of their item between the two years."""
    spans = {
        (item, start, end): uncertainty.change(catalog, region, item, start, end)[1:]
        for item, start, end in rows[["item", "start", "end"]].drop_duplicates().itertuples(index=False, name=None)
    }
    limits = [spans[row.item, row.start, row.end] for row in rows.itertuples()]
    low, high = ([pair[end] for pair in limits] for end in (0, 1))
    return rows.assign(lo95_mt=rows["first_mt"] * low / 100, hi95_mt=rows["first_mt"] * high / 100)


def _state(facts: Facts, name: str, period: str, start: int, end: int) -> dict[str, object]:
    first, last = facts.levels.loc[start], facts.levels.loc[end]
    found = tapio((first["quantity"], last["quantity"]), (first["gdp"], last["gdp"]))
    return {
        "period": period, "start": start, "end": end, "quantity": name, "change_pct": 100 * found.quantity,
        "gdp_change_pct": 100 * found.gdp, "elasticity": found.elasticity, "state": found.state,
        "status": observations.weakest(facts.status.loc[start:end]), "sources": facts.cited(start, end),
    }  # fmt: skip


def _observed(catalog: Catalog, indicator: str, region: str) -> pd.DataFrame:
    """Return value, status and source of an indicator by year."""
    rows = observations.yearly(catalog, indicator, region).set_index("year")
    return rows.rename(columns={"source_id": "source"})[["value", "status", "source"]]


def _gdp(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return GDP at constant prices (an index); a year has the status and source of its growth rate."""
    rates = _observed(catalog, "gdp_real_growth", region)
    if rates.empty:
        raise ProjectError(f"no yearly growth of GDP (gdp_real_growth) is known of region {region}")
    index = indicators.gdp_index(catalog, region, base=int(rates.index[-1]))
    rows = rates.reindex(index.index).bfill()  # the year before the first rate is known by that rate
    return rows.assign(value=index)


def _emitted(catalog: Catalog, region: str, item: str) -> pd.DataFrame:
    """Return value, status and sources of the CO2 of the total, a field or the power subsector by year."""
    if item == POWER:
        rows = emissions.emissions(catalog, region, by="subsector").query("subsector == @item")
    else:
        rows = emissions.series(catalog, region, item)
    rows = rows.set_index(rows["year"].astype("int64")).rename(columns={"co2_mt": "value"})
    source = _inventory_sources(catalog, region, "energy" if item == POWER else item, rows["status"])
    return rows.assign(source=source)[["value", "status", "source"]]


def _inventory_sources(catalog: Catalog, region: str, field: str, status: pd.Series) -> pd.Series:
    """Return the sources by year: those of the rows of the inventory, and of what was done to them if not reported."""
    rows = catalog.read("inventory")
    rows = rows[(rows["region"] == region) & (rows["field"].eq(field) | (field == "total"))]
    published = rows.groupby("year")["source_id"].agg(lambda found: " ".join(found.unique()))
    done = [source for source in emissions.sources(catalog, region, field) if source not in set(rows["source_id"])]
    added = status.map(lambda found: "" if found == "reported" else " ".join(["", *done]))
    return published.reindex(status.index).fillna("") + added


def _facts(parts: Mapping[str, pd.DataFrame]) -> Facts:
    """Put quantities side by side, for the years in which all are known."""
    wide = pd.concat(parts, axis=1, join="inner").dropna().sort_index()
    picked = {name: wide.xs(name, axis=1, level=1) for name in ("value", "status", "source")}
    status = picked["status"].apply(observations.weakest, axis=1) if len(wide) else pd.Series(dtype=str)
    return Facts(picked["value"].astype("float64"), status, picked["source"])


def _spans(catalog: Catalog, years: pd.Index) -> list[tuple[str, int, int]]:
    """Return the plan periods the years cover: id, first and last year (see the head of the module)."""
    plans = catalog.read("plans").dropna(subset=["first_year"]).sort_values("base_year")
    found = []
    for plan in plans.itertuples():
        before = years[(years <= plan.base_year) & (years > 2 * plan.base_year - plan.last_year)]
        within = years[(years > plan.base_year) & (years <= plan.last_year)]
        if len(before) and len(within):
            found.append((str(plan.id), int(before[-1]), int(within[-1])))
    return found


def _attributed(catalog: Catalog, facts: Facts, chain: Chain, item: str) -> pd.DataFrame:
    """Return the effects of a chain of factors (each a ratio of two quantities) by plan period."""
    spans = _spans(catalog, facts.levels.index)
    if not spans:
        return pd.DataFrame(columns=COLUMNS)
    factors = {name: _factor(facts.levels, *ratio) for name, ratio in chain.items()}
    steps = lmdi.lmdi_years(pd.DataFrame(factors).rename_axis("year").reset_index(), list(chain))
    return pd.concat([_one_period(facts, steps, item, *span) for span in spans], ignore_index=True)


def _factor(values: pd.DataFrame, over: str, under: str) -> pd.Series:
    return values[over] / values[under] if under else values[over]


def _one_period(facts: Facts, steps: pd.DataFrame, item: str, period: str, start: int, end: int) -> pd.DataFrame:
    rows = lmdi.over(steps, start, end).rename(columns={"effect": "effect_mt", "ratio": "effect_ratio"})
    co2 = facts.levels["co2"]
    rows = rows.assign(period=period, item=item, first_mt=co2[start], last_mt=co2[end])
    status = observations.weakest(facts.status.loc[start:end])
    return rows.assign(status=status, sources=facts.cited(start, end)).reindex(columns=COLUMNS)


def _not_empty(rows: pd.DataFrame, region: str, needed: str) -> pd.DataFrame:
    if rows.empty:
        raise ProjectError(
            f"region {region}: no plan period of data/plans.csv has a year at its start and one inside it in which "
            f"{needed} are known; add the observations or the inventory"
        )
    return rows
