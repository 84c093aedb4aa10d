"""What if: the outlook under a setting, beside the reference; nothing is forecast here.

A setting (`tanfeng.roadmap.levers`) becomes a scenario, which moves the centre of the joint paths of
`tanfeng.outlook.paths`; its measures are then taken off those paths as `tanfeng.roadmap.wedges` does, so that no ton
counts twice. Peak probabilities are shares of these paths, reductions of CO2 intensity those of
`tanfeng.targets.intensity`. What no setting changes is kept, so that an answer takes a fraction of a second after the
first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.forecast import conformal
from tanfeng.forecast.peaks import peaked
from tanfeng.forecast.r1 import Values
from tanfeng.outlook import paths, scenarios
from tanfeng.outlook.paths import Paths
from tanfeng.outlook.projection import history
from tanfeng.outlook.scenarios import Counted, Scenario
from tanfeng.roadmap import gaps, levers, wedges
from tanfeng.roadmap.levers import Setting
from tanfeng.roadmap.wedges import Reference, Wedges
from tanfeng.targets import ahead, intensity, rules

PEAK_YEAR = 2030  # the year of the national commitment
QUANTILES = {"median": 0.5} | {
    f"{end}{level}": 0.5 + sign * level / 200 for level in paths.LEVELS for end, sign in (("lo", -1), ("hi", 1))
}
EMISSIONS, PEAKED, NO_PEAK, REDUCTION, REACHED = "co2_mt", "p_peaked_by", "p_no_peak", "reduction_pct", "p_reached"
ITEM = ["item", "target", "account", "year", "unit"]
FIGURES = ["value", "lo80", "hi80", "verdict"]
TARGETS = [
    "target", "asked_of", "base", "year", "asked_pct", "account", "reduction_pct", "lo80", "hi80", "probability",
    "verdict",
]  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What a setting gives for a region.

    Attributes:
        setting: what is set.
        counting: whether a lever or the measures of the same kind count, from which year
        (`tanfeng.roadmap.levers.counting`).
        fan: year, co2_mt (centre), median, lo80, hi80, lo95, hi95 (total, direct account, Mt CO2).
        peak: year, p_peaked_by (0 to 1; the first year is the last one of the history: already peaked).
        p_no_peak: probability of no maximum before the last year.
        targets: target, asked_of (region it is set for), account, base, year, asked_pct, reduction_pct (median), lo80,
            hi80, probability, verdict (`likely_met`, `open`, `likely_missed`: in the accounts of this project).
        measures: measure, and what it takes off in each year (centre; columns years, Mt CO2).
    """

    setting: Setting
    counting: tuple[Counted, ...]
    fan: pd.DataFrame
    peak: pd.DataFrame
    p_no_peak: float
    targets: pd.DataFrame
    measures: pd.DataFrame

    def emissions(self, year: int) -> float:
        """Return the centre of the fan in a year, Mt CO2."""
        return float(self.fan.set_index("year").at[year, "co2_mt"])

    def peaked_by(self, year: int) -> float:
        """Return the probability that the peak comes by a year."""
        return float(self.peak.set_index("year").at[year, "p_peaked_by"])


@cached(size=64)
def answer(catalog: Catalog, setting: Setting) -> Answer:
    """Return what a setting gives.

    Args:
        catalog: the tables.
        setting: result of `tanfeng.roadmap.levers.setting`.

    Raises:
        ProjectError: if the region has no levers, inventory or targets on CO2 intensity.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> more = answer(catalog, levers.setting(catalog, "330000", {"gdp_growth": 6.0}))
        >>> more.emissions(2030) > answer(catalog, Setting("330000")).emissions(2030)
        True
    """
    scenario, counted = levers.scenario(catalog, setting), setting.measures
    found = paths.paths(catalog, setting.region, scenario=scenario)
    taken = {account: _taken(catalog, setting.region, found, scenario, account, counted) for account in wedges.ACCOUNTS}
    middle = _taken(catalog, setting.region, found, scenario, "direct", counted, centre=True)
    drawn = taken["direct"].remaining if counted else found.of("total")
    centre = middle.remaining[0] if counted else found.middle[-1]
    peak = _peak(catalog, setting.region, found.years, drawn)
    return Answer(
        setting,
        levers.counting(catalog, setting),
        _fan(found.years, centre, drawn),
        peak,
        float(1 - peak["p_peaked_by"].iloc[-1]),
        _targets(catalog, setting.region, scenario, {name: _saved(one) for name, one in taken.items()}),
        pd.DataFrame(middle.saved[:, 0], columns=list(found.years)).assign(measure=list(counted)),
    )


def _saved(taken: Wedges) -> Values | None:
    return taken.saved.sum(axis=0) if taken.measures else None


def _fan(years: tuple[int, ...], centre: Values, drawn: Values) -> pd.DataFrame:
    ends = np.quantile(drawn, list(QUANTILES.values()), axis=0)
    rows = pd.DataFrame({"year": years, "co2_mt": centre, **dict(zip(QUANTILES, ends, strict=True))})
    return rows[["year", "co2_mt", "median", "lo80", "hi80", "lo95", "hi95"]]


def _peak(catalog: Catalog, region: str, years: tuple[int, ...], drawn: Values) -> pd.DataFrame:
    share = peaked(drawn[None], np.array([_maximum(catalog, region, years[0])]))[0]
    return pd.DataFrame({"year": [years[0] - 1, *years[:-1]], "p_peaked_by": share})


@cached
def _maximum(catalog: Catalog, region: str, before: int) -> float:
    return float(history(catalog, region, "total").loc[: before - 1].max())


def _taken(
    catalog: Catalog,
    region: str,
    found: Paths,
    scenario: Scenario,
    account: str,
    measures: tuple[str, ...],
    centre: bool = False,
) -> Wedges:
    """Return what measures take off the paths of a scenario."""
    base = _reference(catalog, region, found, scenario, account, centre)
    sizes, runs = _sizes(catalog, region, measures, found.years, centre)
    return wedges.taken_off(catalog, account, found.years, measures, base, sizes, runs)


def _reference(
    catalog: Catalog, region: str, found: Paths, scenario: Scenario, account: str, centre: bool
) -> Reference:
    """Return the paths of a scenario (or the centre of the direct account) as power and everything else."""
    place = found.fields.index("energy")
    energy = found.middle[place][None] if centre else found.drawn[place]
    total = found.middle[-1][None] if centre else found.of("total")
    if account == "assessment":
        years = list(found.years)
        total = (
            total
            + intensity.imports(catalog, region, years, scenario.committed)
            + scenarios.brought(catalog, region, scenario, years)
        )
    power = _power_share(catalog, region) * energy
    return Reference(power, total - power)


@cached
def _power_share(catalog: Catalog, region: str) -> float:
    return wedges.power_share(catalog, region)


@cached
def _sizes(
    catalog: Catalog, region: str, measures: tuple[str, ...], years: tuple[int, ...], centre: bool
) -> tuple[list[wedges.Size], list[Any]]:
    rows = wedges.candidates(catalog, region).set_index("id", drop=False).loc[list(measures)]
    sizes = [_size(catalog, region, name, centre) for name in measures]
    return sizes, [np.array(years) >= int(first) for first in rows["first_year"]]


@cached
def _size(catalog: Catalog, region: str, measure: str, centre: bool) -> wedges.Size:
    row = wedges.candidates(catalog, region).set_index("id", drop=False).loc[measure].to_dict()
    return wedges.size(catalog, row, _parameters(catalog, centre))


@cached
def _parameters(catalog: Catalog, centre: bool) -> dict[str, Values]:
    return wedges.central(catalog) if centre else wedges.draws(catalog, conformal.PATHS)


def _targets(catalog: Catalog, region: str, scenario: Scenario, saved: dict[str, Values | None]) -> pd.DataFrame:
    rows = [
        {**target, "account": account, **_reached(catalog, region, target, account, scenario, saved[account])}
        for target in asked(catalog, region)
        for account in wedges.ACCOUNTS
    ]
    return pd.DataFrame(rows, columns=TARGETS)


@cached
def asked(catalog: Catalog, region: str) -> tuple[dict[str, Any], ...]:
    """Return the targets on CO2 intensity that are not over, of the region and of the country as a benchmark.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [(one["target"], one["base"], one["year"], one["asked_pct"]) for one in asked(open_catalog(), "330000")]
        [('N03', 2025, 2030, 17.0), ('P05', 2005, 2030, 65.0)]
    """
    rows = gaps.targets(catalog, region)
    rows = rows[rows["target_year"] >= catalog.as_of_year]
    names = {"id": "target", "region": "asked_of", "base_year": "base", "target_year": "year"}
    named = rows.rename(columns={**names, "target_value": "asked_pct"}).astype({"base": int, "year": int})
    return tuple(named[["target", "asked_of", "base", "year", "asked_pct"]].to_dict("records"))


def _reached(
    catalog: Catalog, region: str, target: dict[str, Any], account: str, scenario: Scenario, saved: Values | None
) -> dict[str, Any]:
    drawn = intensity.reductions(catalog, region, target["base"], target["year"], account, scenario, saved)
    probability = float((drawn >= target["asked_pct"]).mean())
    low, middle, high = np.quantile(drawn, [QUANTILES["lo80"], 0.5, QUANTILES["hi80"]])
    verdict = rules.from_probability(probability)
    return {"reduction_pct": middle, "lo80": low, "hi80": high, "probability": probability, "verdict": verdict}


@cached
def untouched(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the targets of plans that are not over whose verdict no setting changes.

    Such a verdict rests on published figures, or on a quantity that is not emissions; that of a target on CO2 intensity
    rests on the official account, which is not published, and stays as it is too.

    Returns:
        Columns target, plan, verdict, probability, in the order of the table.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> untouched(open_catalog(), "330000").set_index("target").at["E23", "verdict"]
        'met'
    """
    judged = [one.verdict for one in ahead.ahead(catalog, region)]
    rows = [
        {"target": one.target["id"], "plan": one.target["plan"], "verdict": one.answer, "probability": one.probability}
        for one in judged
    ]
    return pd.DataFrame(rows, columns=["target", "plan", "verdict", "probability"])


def results(found: Answer) -> pd.DataFrame:
    """Return an answer in long form.

    Returns:
        Columns item (`co2_mt`, `p_peaked_by`, `p_no_peak`, `reduction_pct`, `p_reached`), target, account, year, unit
        (`Mt CO2`, `%`), value, lo80, hi80, verdict (empty where there is none). Probabilities are in percent.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = results(answer(open_catalog(), Setting("330000")))
        >>> rows["item"].unique().tolist()
        ['co2_mt', 'p_peaked_by', 'p_no_peak', 'reduction_pct', 'p_reached']
    """
    last = int(found.fan["year"].iloc[-1])
    fan = found.fan.assign(item=EMISSIONS, unit="Mt CO2", value=found.fan["co2_mt"])
    peak = found.peak.assign(item=PEAKED, unit="%", value=100 * found.peak["p_peaked_by"])
    never = pd.DataFrame([{"item": NO_PEAK, "year": last, "unit": "%", "value": 100 * found.p_no_peak}])
    fall = found.targets.drop(columns="verdict").assign(item=REDUCTION, unit="%", value=found.targets["reduction_pct"])
    chance = found.targets.drop(columns=["lo80", "hi80"])
    chance = chance.assign(item=REACHED, unit="%", value=100 * found.targets["probability"])
    rows = pd.concat([fan.assign(account="direct"), peak.assign(account="direct"), never.assign(account="direct")])
    rows = pd.concat([rows, fall, chance], ignore_index=True).reindex(columns=[*ITEM, *FIGURES])
    return rows.fillna({"target": "", "verdict": ""})


def compared(reference: Answer, found: Answer) -> pd.DataFrame:
    """Return an answer beside the reference.

    Returns:
        Columns item, target, account, year, unit (see `results`), reference, reference_lo80, reference_hi80,
        reference_verdict, setting, setting_lo80, setting_hi80, setting_verdict, difference (setting less reference, in
        the unit; of percent in percentage points).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> same = answer(open_catalog(), Setting("330000"))
        >>> float(compared(same, same)["difference"].abs().max())
        0.0
    """
    parts = [
        results(one).rename(columns={"value": name, **{key: f"{name}_{key}" for key in FIGURES[1:]}})
        for name, one in (("reference", reference), ("setting", found))
    ]
    rows = parts[0].merge(parts[1], on=ITEM, validate="one_to_one")
    return rows.assign(difference=rows["setting"] - rows["reference"])


def saved(catalog: Catalog, region: str) -> list[Answer]:
    """Return the answers to the settings saved in `data/scenarios/` for a region, by name.

    Raises:
        ProjectError: as `tanfeng.roadmap.levers.saved` and `answer`.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [one.setting.name for one in saved(open_catalog(), "110000")]
        []
    """
    return [answer(catalog, one) for one in levers.saved(catalog, region)]
