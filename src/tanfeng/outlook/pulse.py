"""A year from its first months: CO2 of the year by thermal generation and cement, and a monthly series by itself.

Growth of a province's CO2 on the year before, in logarithms, with weights b of `data/pulse.csv` by the months known:

    g = b0 R1 + b1 thermal of the nation + b2 [thermal - thermal of the nation] + b3 [cement - cement of the nation]

Thermal generation and cement are those from January to the last month known against the same months of the year before.
The weights and their errors were measured on months of 30 provinces that are not part of the tables; they lie on a
line between the numbers of months that were measured.

The rest of a monthly series is the geometric mean of last year's rest, last year's rest times the growth so far, and
exponential smoothing with a season. January and February count as one, as they are published.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tanfeng.data import periods
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions, observations
from tanfeng.forecast import panel, r1
from tanfeng.outlook import nowcast, paths, projection

MONTHS = range(2, 13)
WIDER = 1.1  # of the errors, as for years told by drivers
NORMAL_80 = 1.2816  # standard errors on either side of the middle of a normal distribution that hold 80 %
DRIVEN = {"thermal": "energy", "cement": "industry"}
DRIVERS = ("national_thermal", "relative_thermal", "relative_cement")
ESTIMATED = ["year", "months", "growth_pct", "lo80_pct", "hi80_pct", "r1_pct", *(f"{name}_pct" for name in DRIVERS)]
LEVELS = ["before_mt", "co2_mt", "lo80_mt", "hi80_mt"]
CAME = ["came_mt", "came_pct", "error_pct", "r1_error_pct", "inside80", "right_side"]
SEASON, SEASONS_NEEDED = len(MONTHS), 2
TESTED = (2, 3, 6, 9, 11)
WAYS = ("as_last_year", "growth_so_far", "smoothed", "joined")


@dataclass(frozen=True)
class Series:
    """A series that the estimate needs: what it tells, its indicator, its region and its figures (see `cumulative`)."""

    name: str
    indicator: str
    region: str
    table: pd.DataFrame


@cached
def cumulative(catalog: Catalog, indicator: str, region: str) -> pd.DataFrame:
    """Return what is known of a flow from January on: years (rows), to the end of months 2 to 12 (columns).

    The figure of a year is that of its twelve months. NaN where none is known.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> cumulative(open_catalog(), "cement_output", "330000").loc[2020, [2, 12]].tolist()
        [815.09, 13236.14]
    """
    rows = observations.observations(catalog, indicator, region)
    parsed = [periods.parse(text) for text in rows["period"]]
    months = [12 if one.kind == "year" else round(12 * (one.end - one.start)) for one in parsed]
    whole = [one.kind == "year" or (one.kind == "months" and one.start == one.year - 1) for one in parsed]
    found = rows.assign(year=[one.year for one in parsed], months=months)[np.array(whole, dtype=bool)]
    table = found.drop_duplicates(["year", "months"], keep="last").pivot_table("value", "year", "months")
    return table.reindex(columns=MONTHS).rename_axis(columns=None, index=None)


def growth(table: pd.DataFrame, year: int, months: int) -> float:
    """Return the log growth of the first months of a year on the same months of the year before; NaN if not known.

    Args:
        table: result of `cumulative`.
        year: the year.
        months: how many months, from January.

    Example:
        >>> round(growth(pd.DataFrame({6: {2023: 100.0, 2024: 110.0}}), 2024, 6), 4)
        0.0953
    """
    if year not in table.index or year - 1 not in table.index:
        return float("nan")
    return float(np.log(table.at[year, months] / table.at[year - 1, months]))


def known_until(table: pd.DataFrame) -> tuple[int, int] | None:
    """Return the last year with months before December and how many of them are known; None without any.

    Args:
        table: result of `cumulative`.

    Example:
        >>> known_until(pd.DataFrame({2: [1.0, 2.0], 3: [3.0, float("nan")], 12: [9.0, 9.0]}, index=[2023, 2024]))
        (2024, 2)
    """
    months = table.loc[:, table.columns < MONTHS[-1]].dropna(how="all")
    return None if months.empty else (int(months.index[-1]), int(months.columns[months.iloc[-1].notna()][-1]))


def weights(catalog: Catalog, months: int) -> pd.Series:
    """Return the weights and the error (percent) with some months known, on a line between those measured.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> weights(open_catalog(), 4).round(3).to_dict()["relative_cement"]
        0.087
    """
    rows = catalog.read("pulse").sort_values("months")
    columns = ["r1", *DRIVERS, "rmse_pct"]
    return pd.Series({name: float(np.interp(months, rows["months"], rows[name])) for name in columns})


def needed(catalog: Catalog, region: str) -> list[Series]:
    """Return the series that the estimate needs: thermal generation and cement of the nation and of the region.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> [(one.name, one.region) for one in needed(open_catalog(), "330000")][:2]
        [('thermal', '100000'), ('thermal', '330000')]
    """
    indicator = {name: dict(nowcast.drivers(catalog, field))[name] for name, field in DRIVEN.items()}
    places = [(name, place) for name in DRIVEN for place in (nowcast.NATION, region)]
    return [Series(name, indicator[name], place, cumulative(catalog, indicator[name], place)) for name, place in places]


def series_sources(catalog: Catalog, indicator: str, region: str) -> list[str]:
    """Return the sources of the months of a series.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> series_sources(open_catalog(), "generation_thermal_above_scale", "100000")
        ['nbs_monthly_copy_2024']
    """
    rows = observations.observations(catalog, indicator, region)
    return list(dict.fromkeys(rows.loc[rows["period_kind"] == "months", "source_id"]))


def sources(catalog: Catalog, region: str) -> list[str]:
    """Return the sources of the weights and of the series that the estimate needs, those of months.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sources(open_catalog(), "330000")[0]
        'own_pulse'
    """
    series = [
        source for one in needed(catalog, region) for source in series_sources(catalog, one.indicator, one.region)
    ]
    return list(dict.fromkeys([*catalog.read("pulse")["source_id"], *series]))


def _driven(series: list[Series], year: int, months: int) -> dict[str, float]:
    national_thermal, thermal, national_cement, cement = (growth(one.table, year, months) for one in series)
    return dict(zip(DRIVERS, (national_thermal, thermal - national_thermal, cement - national_cement), strict=True))


@cached
def _history(catalog: Catalog, region: str) -> tuple[pd.Series, int]:
    """Return total emissions by year, inventory and then the years that drivers tell, and the last inventory year."""
    known = emissions.series(catalog, region, "total").set_index("year")["co2_mt"].astype("float64")
    known = known[known.index >= projection.first_year(catalog, region, "total")]
    last = int(known.index[-1])
    rows = paths.fields(catalog, region).query("field == 'total' and year > @last").set_index("year")["co2_mt"]
    told = rows[rows.index < catalog.as_of_year]
    return pd.concat([known, told]).astype("float64"), last


def estimate(catalog: Catalog, region: str, year: int, months: int) -> dict[str, float] | None:
    """Return what some months of a year tell of its CO2; None if a figure that is needed is not known.

    Only figures up to that year take part. The year before is that of the inventory or, after its end, as drivers tell
    it.

    Args:
        catalog: the tables.
        region: a province with an inventory.
        year: the year.
        months: how many months are known, 2 to 12.

    Returns:
        `ESTIMATED` (log growth on the year before, in percent, with its 80 % interval, and what it is made of) and
        `LEVELS` (Mt CO2), NaN where the year before has no inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = estimate(open_catalog(), "330000", 2021, 6)
        >>> found["lo80_pct"] < found["growth_pct"] < found["hi80_pct"], found["before_mt"] > 0
        (True, True)
    """
    driven = _driven(needed(catalog, region), year, months)
    history, last = _history(catalog, region)
    before = history.loc[: year - 1].dropna()
    if any(np.isnan(value) for value in driven.values()) or len(before) < r1.SHORTEST or before.index[-1] != year - 1:
        return None
    weight, base = weights(catalog, months), float(before.iloc[-1])
    expected = float(np.log(panel.points(before.to_numpy()[None, :], 1)[0, 0] / base))
    grown = float(weight["r1"] * expected + sum(weight[name] * driven[name] for name in DRIVERS))
    error = NORMAL_80 * WIDER * float(weight["rmse_pct"]) / 100
    level = base if year - 1 <= last else float("nan")
    ends = {"growth_pct": grown, "lo80_pct": grown - error, "hi80_pct": grown + error, "r1_pct": expected}
    mt = {
        f"{name.removesuffix('_pct').replace('growth', 'co2')}_mt": level * np.exp(ends[name])
        for name in list(ends)[:3]
    }
    shares = {name: 100 * float(np.expm1(value)) for name, value in ends.items()}
    moved = {f"{name}_pct": 100 * float(np.expm1(value)) for name, value in driven.items()}
    return {"year": year, "months": months, **shares, **moved, "before_mt": level, **mt}


@cached
def replay(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the estimate of every year with months, by the number of months known, beside what came.

    Returns:
        Columns `ESTIMATED` and `LEVELS` (see `estimate`); `CAME`: the inventory of the year, its growth, estimate less
        that growth and R1 less that growth (points), whether it lies in the interval, and whether the estimate is on
        the side of the year before where it came, NaN where no inventory has come; and told_pct, the growth that the
        drivers of whole years tell where none has.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = replay(open_catalog(), "330000")
        >>> found[["year", "months"]].iloc[0].tolist()
        [2019, 2]
    """
    years = sorted({year for one in needed(catalog, region) for year in one.table.index})
    found = [one for year in years for months in MONTHS if (one := estimate(catalog, region, year, months))]
    rows = pd.DataFrame(found, columns=[*ESTIMATED, *LEVELS]).astype({"year": "int64", "months": "int64"})
    rows = rows[rows.groupby("year")["months"].transform("min") < MONTHS[-1]].reset_index(drop=True)
    history, last = _history(catalog, region)
    moved = 100 * (history / history.shift() - 1)
    growth_pct, known = rows["year"].map(moved.loc[:last]), rows["year"] <= last
    inside = growth_pct.between(rows["lo80_pct"], rows["hi80_pct"])
    side = (rows["growth_pct"] > 0) == (growth_pct > 0)
    return rows.assign(
        came_mt=rows["year"].map(history.loc[:last]),
        came_pct=growth_pct,
        error_pct=rows["growth_pct"] - growth_pct,
        r1_error_pct=rows["r1_pct"] - growth_pct,
        inside80=inside.where(known),
        right_side=side.where(known),
        told_pct=rows["year"].map(moved.loc[last + 1 :]),
    )


def filled(table: pd.DataFrame) -> pd.DataFrame:
    """Return cumulative figures with those missing between two that are known, by the shares of the year before.

    Args:
        table: result of `cumulative`.

    Example:
        >>> table = pd.DataFrame({2: [1.0, 2.0], 3: [2.0, float("nan")], 4: [4.0, 8.0]}, index=[2023, 2024])
        >>> float(filled(table).loc[2024, 3])
        4.0
    """
    found = table.copy()
    for year in found.index[1:]:
        known = [month for month in table.columns if not np.isnan(table.at[year, month])]
        for first, last in zip([0, *known], known, strict=False):
            for month in range(max(first + 1, table.columns[0]), last):
                if year - 1 in found.index:
                    before = {at: found.at[year - 1, at] if at else 0.0 for at in (first, month, last)}
                    share = (before[month] - before[first]) / (before[last] - before[first])
                    start = table.at[year, first] if first else 0.0
                    found.at[year, month] = start + share * (table.at[year, last] - start)
    return found


def whole_year(table: pd.DataFrame, year: int, months: int) -> dict[str, float] | None:
    """Return what the first months of a flow tell of its year; None without two whole years before it.

    Args:
        table: result of `cumulative`.
        year: the year.
        months: how many months are known, 2 to 11.

    Returns:
        The year as the rest of last year has it, by the growth so far, by exponential smoothing of the logarithms (no
        trend, additive season), and by the geometric mean of the three rests, in the unit of the table.

    Example:
        >>> steady = pd.DataFrame({month: [10.0 * month] * 3 for month in MONTHS}, index=[2021, 2022, 2023])
        >>> round(whole_year(steady, 2023, 6)["joined"], 6)
        120.0
    """
    complete = filled(table.loc[: year - 1])
    whole = [one for one in complete.index if not complete.loc[one].isna().any()]
    run = [one for one in whole if all(later in whole for later in range(one, year))]
    if len(run) < SEASONS_NEEDED or year not in table.index or np.isnan(table.at[year, months]):
        return None
    so_far = table.loc[[year], :months].reindex(columns=table.columns)
    now = filled(pd.concat([complete.loc[run], so_far])).loc[year]
    if now.loc[:months].isna().any():
        return None
    before, known = complete.loc[year - 1], float(now[months])
    rest = float(before[12] - before[months])
    past = np.concatenate([_steps(complete.loc[one]) for one in run] + [_steps(now.loc[:months])])
    rests = [rest, rest * known / float(before[months]), float(_smoothed(past, 12 - months).sum())]
    rests.append(float(np.exp(np.mean(np.log(rests)))))
    return {name: known + one for name, one in zip(WAYS, rests, strict=True)}


def _steps(row: pd.Series) -> r1.Values:
    """Return what each month added; January and February as one."""
    return np.diff(row.to_numpy(dtype="float64"), prepend=0.0)


def _smoothed(past: r1.Values, ahead: int) -> r1.Values:
    # statsmodels loads for seconds; who asks for emissions alone does without
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fit that has not converged is tested as the others are: by what came
        model = ETSModel(np.log(past), error="add", trend=None, seasonal="add", seasonal_periods=SEASON)
        return np.exp(np.asarray(model.fit(disp=False).forecast(ahead)))


@cached
def series_replay(catalog: Catalog, indicator: str, region: str) -> pd.DataFrame:
    """Return what some numbers of months (`TESTED`) told of the years of a monthly series, beside what came.

    Of a year whose whole figure is not known, what the last month known tells stands beside.

    Returns:
        Columns year, months, those of `WAYS` and came (unit of the indicator; came empty while the year is not known).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = series_replay(open_catalog(), "generation_thermal_above_scale", "330000")
        >>> found[["year", "months"]].iloc[0].tolist()
        [2020, 2]
    """
    table = cumulative(catalog, indicator, region)
    rows = [
        {"year": year, "months": months, **told, "came": table.at[year, 12]}
        for year in table.index
        for months in _tried(table.loc[year])
        if (told := whole_year(table, year, months))
    ]
    return pd.DataFrame(rows, columns=["year", "months", *WAYS, "came"])


def _tried(row: pd.Series) -> list[int]:
    known = [months for months in MONTHS[:-1] if not np.isnan(row[months])]
    return [months for months in known if months in TESTED or (np.isnan(row[12]) and months == known[-1])]


def errors(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the mean absolute error of each way by months known, percent of what came, and the number of years.

    Args:
        rows: result of `series_replay`.

    Example:
        >>> told = {"as_last_year": 90.0, "growth_so_far": 110.0, "smoothed": 99.0, "joined": 101.0}
        >>> errors(pd.DataFrame([{"year": 2024, "months": 6, **told, "came": 100.0}])).loc[6].round(1).tolist()
        [10.0, 10.0, 1.0, 1.0, 1.0]
    """
    scored = rows.dropna(subset="came")
    off = scored[list(WAYS)].sub(scored["came"], axis=0).abs().div(scored["came"], axis=0) * 100
    by_months = off.groupby(scored["months"])
    return by_months.mean().assign(years=by_months.size())
