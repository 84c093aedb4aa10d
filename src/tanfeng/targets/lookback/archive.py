"""Frozen outlooks: what is frozen, and how frozen figures and probabilities compare with what came.

`tanfeng freeze` writes the rows made here to `data/vintages/`, where `index.csv` (table `archive`) names each frozen
outlook with the SHA-256 of its file; a file is never changed after it was written, and all have the columns of the
table `frozen`. Every build scores all frozen outlooks of a region against figures published since (reported or
adjusted); an estimate scores nothing. What cannot be scored yet is named with the reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tanfeng.data import catalog as tanfeng_catalog
from tanfeng.data import links
from tanfeng.data.catalog import Catalog, read_text_table, typed
from tanfeng.data.check import check_file
from tanfeng.data.problem import Problem
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions, indicators, plans
from tanfeng.forecast.peaks import peaked
from tanfeng.forecast.r1 import Values
from tanfeng.outlook import paths
from tanfeng.outlook.paths import LEVELS, Paths
from tanfeng.targets import ahead, requirement, rules, verdict
from tanfeng.targets.lookback import hindcasts
from tanfeng.targets.rules import ANSWERING

OUTLOOK, HINDCAST = "outlook", "hindcast"
SOURCE = "own_archive"
SCORED, ESTIMATED, NOT_PUBLISHED, AHEAD, WITHDRAWN = STATES = (
    "scored", "estimated", "not_published", "ahead", "withdrawn",
)  # fmt: skip
PEAKED_BY, NO_HIGHER = "peaked_by", "no_higher"
DIRECT, OFFICIAL, NATIONAL = "direct", "official", "100000"
FIGURES = ["co2_mt", "lo80", "hi80", "lo95", "hi95"]
DIGITS = 4
SCORES = [
    "id", "kind", "last_year", "field", "year", *FIGURES, "published_mt", "status", "state", "error_mt", "error_pct",
    "inside80", "inside95", "score_mt", "carried_mt",
]  # fmt: skip
STATEMENTS = ["id", "kind", "statement", "item", "account", "year", "said", "came", "state"]
REGISTER, FORM = "archive", "frozen"
FOLDER = Path("data", "vintages")
EMISSIONS, TARGET, INTENSITY = "emissions", "target", "intensity"
RISING = ("lo95", "lo80", "hi80", "hi95")


def outlook_rows(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the current outlook of a region as rows to freeze: fields and total to 2035, its targets, CO2 intensity.

    Intensity is frozen on both accounts, against the region's own target by 2030 and the national one as a benchmark;
    not where the region has no such target.

    Returns:
        Columns of the table `frozen` (see `read_frozen`).

    Raises:
        ProjectError: if the region has no inventory, a series is too short, or CO2 intensity has a target but no GDP.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = outlook_rows(open_catalog(), "330000")
        >>> rows["statement"].unique().tolist(), int(rows.query("item == 'total'")["year"].max())
        (['emissions', 'target', 'intensity'], 2035)
    """
    rows = _emissions(catalog, region, paths.paths(catalog, region))
    parts = [rows, _targets(catalog, region), _intensity(catalog, region)]
    return pd.concat([part for part in parts if len(part)], ignore_index=True)[_columns(catalog)]


def hindcast_rows(catalog: Catalog, region: str, last_year: int) -> pd.DataFrame:
    """Return what the same engine gives on the figures up to a year, as rows to freeze; it has no targets.

    The targets on CO2 intensity judged now were set later, and GDP is known as revised since, not as of that year.

    Raises:
        ProjectError: if a field has no published figure in that year, or the year is not in the past.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> len(hindcast_rows(open_catalog(), "330000", 2019))
        119
    """
    if last_year >= catalog.as_of_year:
        raise ProjectError(f"a hindcast to {last_year}: expected a year before {catalog.as_of_year}")
    return _emissions(catalog, region, hindcasts.paths(catalog, region, last_year))[_columns(catalog)]


def _columns(catalog: Catalog) -> list[str]:
    return catalog.tables[FORM].columns


def _emissions(catalog: Catalog, region: str, found: Paths) -> pd.DataFrame:
    parts = [_field(catalog, region, field, found) for field in found.fields]
    rows = pd.concat(parts, ignore_index=True).round(DIGITS)
    return rows.assign(statement=EMISSIONS, account=DIRECT, p_target=np.nan)


def _field(catalog: Catalog, region: str, field: str, found: Paths) -> pd.DataFrame:
    """Return the rows of one field: its last known year without an interval, then the years ahead."""
    past, drawn = hindcasts.history(catalog, region, field, found.years[0] - 1), found.of(field)
    middle = [float(past.iloc[-1]), *found.middle[found.fields.index(field)]]
    rows = pd.DataFrame({"item": field, "year": [found.years[0] - 1, *found.years], "co2_mt": middle})
    for level in LEVELS:
        ends = np.quantile(drawn, [0.5 - level / 200, 0.5 + level / 200], axis=0)
        rows[f"lo{level}"], rows[f"hi{level}"] = (np.append(np.nan, end) for end in ends)
    rows["p_peaked_by"] = np.append(peaked(drawn[None], np.array([past.max()]))[0], np.nan)
    rows["p_no_higher"] = np.append(np.nan, _no_higher(drawn, float(past.max())))
    return rows


def _no_higher(drawn: Values, maximum: float) -> Values:
    """Return by year the share of paths that have not exceeded the past maximum up to it."""
    return np.asarray((np.maximum.accumulate(drawn, axis=1) <= maximum).mean(axis=0))


def _targets(catalog: Catalog, region: str) -> pd.DataFrame:
    known = catalog.read("targets")
    judged = verdict.judge(catalog, region) if (known["region"] == region).any() else []
    rows = [
        (TARGET, one.target["id"], OFFICIAL, int(one.target["target_year"]), one.probability)
        for one in judged
        if one.probability is not None
    ]
    return _told(catalog, rows)


def _intensity(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the probabilities that the report on the 15th plan gives for CO2 intensity, an account each."""
    asked = catalog.read("targets").query("variant == 'firm'")
    asked = asked[asked["plan"].isin(plans.ahead(catalog))]
    own = ((asked["region"] == region) & (asked["indicator"] == ahead.INTENSITY)).any()
    rows = [
        (INTENSITY, ahead.intensity_target(catalog, asked_of)["id"], way.account, way.year, way.probability)
        for asked_of in (dict.fromkeys([region, NATIONAL]) if own else ())
        for way in ahead.ways(catalog, region, asked_of)
    ]
    return _told(catalog, rows)


def _told(catalog: Catalog, rows: list[tuple[str, str, str, int, float]]) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=["statement", "item", "account", "year", "p_target"]).round(DIGITS)
    return found.reindex(columns=_columns(catalog)).astype(dict.fromkeys([*FIGURES, "p_target"], "float64"))


def fingerprint(catalog: Catalog) -> dict[str, str]:
    """Return the SHA-256 of what an outlook is made from: tables (local ones too) and learnt calibration.

    Frozen outlooks and their register are no part of it.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sorted(fingerprint(open_catalog()))
        ['data_sha256', 'learnt_sha256']
    """
    tables = [table for name, table in catalog.tables.items() if name not in {REGISTER, FORM}]
    data = [(shown, file.read_bytes()) for table in tables for shown, file in tanfeng_catalog.files(catalog, table)]
    data.append(("data/corrections.yaml", (catalog.root / "data" / "corrections.yaml").read_bytes()))
    folder = resources.files("tanfeng.forecast") / "learnt"
    learnt = [(file.name, file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".csv")]
    return {"data_sha256": _digest(data), "learnt_sha256": _digest(learnt)}


def _digest(contents: list[tuple[str, bytes]]) -> str:
    total = hashlib.sha256()
    for name, content in sorted(contents):
        total.update(f"{name}\0{digest(content)}\n".encode())
    return total.hexdigest()


def bands(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the emissions of every frozen outlook of a region, hindcasts first, the oldest history first.

    Returns:
        Columns id, kind, last_year, field, year, co2_mt, lo80, hi80, lo95, hi95 (Mt CO2), p_peaked_by, p_no_higher.

    Raises:
        ProjectError: if nothing is frozen for the region.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> bands(open_catalog(), "330000")["id"].unique().tolist()[:3]
        ['hindcast_2010', 'hindcast_2015', 'hindcast_2019']
    """
    rows = _all(catalog, region)
    rows = rows[rows["statement"] == EMISSIONS].rename(columns={"item": "field"})
    return rows[["id", "kind", "last_year", "field", "year", *FIGURES, "p_peaked_by", "p_no_higher"]]


def _all(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the rows of every frozen outlook of a region, with id, kind and last_year of each."""
    register = frozen_register(catalog)
    register = register[register["region"] == region].sort_values(["kind", "last_year", "date", "id"])
    if register.empty:
        raise ProjectError(f"no outlook of region {region} is frozen; `tanfeng freeze --region {region}` freezes one")
    parts = [
        read_frozen(catalog, row.id).assign(id=row.id, kind=row.kind, last_year=int(row.last_year))
        for row in register.itertuples()
    ]
    return pd.concat(parts, ignore_index=True)


def scores(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return every frozen figure beside what has been published since.

    Only published figures (reported or adjusted) of years after the frozen history score. `state` says why others do
    not: `estimated` (the tables have an estimate), `not_published` (the year is over), `ahead` (it is not).

    Returns:
        Columns id, kind, last_year, field, year, co2_mt, lo80, hi80, lo95, hi95, published_mt (Mt CO2), status, state,
        error_mt, error_pct (frozen less published), inside80, inside95 (0 or 1), score_mt (weighted interval score,
        Mt CO2), carried_mt (error of carrying on the last figure of the frozen history, Mt CO2); missing if not scored.

    Raises:
        ProjectError: if nothing is frozen for the region.

    Source: weighted interval score: Bracher, Ray, Gneiting and Reich 2021, PLOS Computational Biology 17:e1008618.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = scores(open_catalog(), "330000").query("id == 'hindcast_2015' and field == 'total'")
        >>> rows.query("state == 'scored'")["year"].tolist()
        [2016, 2017, 2018, 2019, 2020, 2021, 2022]
    """
    rows = bands(catalog, region)
    base = rows[rows["year"] == rows["last_year"]].set_index(["id", "field"])["co2_mt"]
    ahead = rows[rows["year"] > rows["last_year"]].merge(_since(catalog, region), on=["field", "year"], how="left")
    carried = pd.Series(base.loc[list(zip(ahead["id"], ahead["field"], strict=True))].to_numpy(), ahead.index)
    known = ahead["status"].isin(ANSWERING)
    ahead["published_mt"] = ahead["published_mt"].where(known)
    ahead["state"] = [
        _state(status, int(year), catalog.as_of_year)
        for status, year in zip(ahead["status"], ahead["year"], strict=True)
    ]
    return _measured(ahead, carried)[SCORES].reset_index(drop=True)


def _since(catalog: Catalog, region: str) -> pd.DataFrame:
    names = [*emissions.emitting_fields(catalog), "total"]
    parts = [emissions.series(catalog, region, name).assign(field=name) for name in names]
    rows = pd.concat(parts, ignore_index=True).rename(columns={"co2_mt": "published_mt"})
    return rows[["field", "year", "published_mt", "status"]]


def _state(status: object, year: int, today: int) -> str:
    if status in ANSWERING:
        return SCORED
    if year >= today:
        return AHEAD
    return ESTIMATED if status == "estimate" else NOT_PUBLISHED


def _measured(rows: pd.DataFrame, carried: pd.Series) -> pd.DataFrame:
    actual = rows["published_mt"]
    error = rows["co2_mt"] - actual
    inside = {
        f"inside{level}": actual.between(rows[f"lo{level}"], rows[f"hi{level}"]).astype("float64").where(actual.notna())
        for level in LEVELS
    }
    found = rows.assign(error_mt=error, error_pct=100 * error / actual, carried_mt=(carried - actual).abs(), **inside)
    return found.assign(score_mt=interval_score(rows, actual))


def interval_score(rows: pd.DataFrame, actual: pd.Series) -> pd.Series:
    """Return the weighted interval score of a point and its 80 and 95 % intervals; a point alone has its error.

    Args:
        rows: columns co2_mt, lo80, hi80, lo95, hi95.
        actual: what came, in the same unit; the score is in it too, and smaller is better.

    Example:
        >>> rows = pd.DataFrame({"co2_mt": [10.0], "lo80": 8.0, "hi80": 12.0, "lo95": 6.0, "hi95": 14.0})
        >>> interval_score(rows, pd.Series([10.0])).round(4).tolist(), interval_score(rows, pd.Series([13.0])).tolist()
        ([0.24], [1.24])
    """
    total = 0.5 * (rows["co2_mt"] - actual).abs()
    for level in LEVELS:
        share, low, high = 1 - level / 100, rows[f"lo{level}"], rows[f"hi{level}"]
        beyond = (low - actual).clip(lower=0) + (actual - high).clip(lower=0)
        total += share / 2 * (high - low) + beyond
    return total / (len(LEVELS) + 0.5)


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Return how each frozen outlook did, by field.

    Args:
        rows: result of `scores`.

    Returns:
        Columns id, kind, last_year, field, cases (scored), waiting (not), error_pct (mean absolute error, percent),
        bias_pct (mean error), inside80, inside95 (number of cases), score_mt, carried_mt (means, Mt CO2); missing
        without a case.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = summary(scores(open_catalog(), "330000")).set_index(["id", "field"])
        >>> int(found.at[("hindcast_2010", "total"), "cases"])
        12
    """
    marked = rows.assign(scored=rows["state"] == SCORED, size=rows["error_pct"].abs())
    found = marked.groupby(["id", "kind", "last_year", "field"], sort=False).agg(
        cases=("scored", "sum"),
        years=("scored", "size"),
        error_pct=("size", "mean"),
        bias_pct=("error_pct", "mean"),
        inside80=("inside80", "sum"),
        inside95=("inside95", "sum"),
        score_mt=("score_mt", "mean"),
        carried_mt=("carried_mt", "mean"),
    )
    found["waiting"] = found.pop("years") - found["cases"]
    return found.reset_index()


def statements(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return every frozen probability beside what came.

    `no_higher`: no year up to this one exceeds the highest of the frozen history; due once all these years are
    published. `peaked_by`: the highest year up to the end of the outlook lies in this year or before; due only at that
    end, because until then it could be refuted and never confirmed. `target`: due once a published figure decides the
    target; `withdrawn` if the tables no longer have it. `intensity`: due once an official figure of the region decides
    it, whichever account it was said on; neither a figure of this project nor a national one does.

    Returns:
        Columns id, kind, statement, item (field or target), account, year, said (0 to 1), came (0 or 1; missing if not
        due), state (see `scores`).

    Raises:
        ProjectError: if nothing is frozen for the region.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = statements(open_catalog(), "330000").query("id == 'hindcast_2015' and item == 'total'")
        >>> rows.query("state == 'scored'")[["statement", "year", "came"]].values.tolist()[-1]
        ['no_higher', 2022, 0.0]
    """
    rows = bands(catalog, region)
    known = _since(catalog, region).set_index(["field", "year"])
    parts = [
        _peak_statements(catalog, region, part, known.loc[field])
        for (_, field), part in rows.groupby(["id", "field"], sort=False)
    ]
    return pd.concat([*parts, _target_statements(catalog, region)], ignore_index=True)[STATEMENTS]


def _peak_statements(catalog: Catalog, region: str, rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    field, last = str(rows["field"].iloc[0]), int(rows["last_year"].iloc[0])
    maximum = float(hindcasts.history(catalog, region, field, last).max())
    horizon = known.reindex(range(last + 1, int(rows["year"].max()) + 1))
    told = rows.set_index("year")
    end = int(horizon.index[-1])
    no_higher = [(NO_HIGHER, year, *_outcome(catalog, horizon, maximum, last, year)) for year in horizon.index]
    by = [(PEAKED_BY, year, *_outcome(catalog, horizon, maximum, year, end)) for year in range(last, end)]
    found = pd.DataFrame([*no_higher, *by], columns=["statement", "year", "came", "state"])
    said = [told.at[year, f"p_{name}"] for name, year in zip(found["statement"], found["year"], strict=True)]
    return found.assign(id=rows["id"].iloc[0], kind=rows["kind"].iloc[0], item=field, account=DIRECT, said=said)


def _outcome(catalog: Catalog, horizon: pd.DataFrame, maximum: float, split: int, due: int) -> tuple[float, str]:
    """Return whether no year after `split` and up to `due` exceeds all before, and the state; NaN until all is known.

    Args:
        catalog: the tables.
        horizon: columns published_mt, status by year, from the first year after the frozen history.
        maximum: highest figure of that history (Mt CO2).
        split: a year.
        due: a later year.
    """
    status = horizon.loc[:due, "status"]
    missing = status[~status.isin(ANSWERING)]
    if len(missing):
        states = {_state(one, int(str(year)), catalog.as_of_year) for year, one in missing.items()}
        return float("nan"), next(state for state in (AHEAD, NOT_PUBLISHED, ESTIMATED) if state in states)
    values = horizon.loc[:due, "published_mt"]
    early, late = [maximum, *values.loc[:split]], values.loc[split + 1 :]
    return float(late.max() <= max(early)), SCORED


def _target_statements(catalog: Catalog, region: str) -> pd.DataFrame:
    rows = _all(catalog, region)
    rows = rows[rows["statement"] != EMISSIONS].rename(columns={"p_target": "said"})
    answers = [_answer(catalog, region, *asked) for asked in zip(rows["item"], rows["year"], strict=True)]
    return rows.assign(came=[came for came, _ in answers], state=[state for _, state in answers])


def _answer(catalog: Catalog, region: str, name: str, year: int) -> tuple[float, str]:
    targets = links.targets_by_id(catalog, region)
    if name not in targets.index:
        return float("nan"), WITHDRAWN
    met = _met(catalog, region, targets.loc[name].to_dict())
    if met is not None:
        return float(met), SCORED
    return float("nan"), AHEAD if year >= catalog.as_of_year else NOT_PUBLISHED


def _met(catalog: Catalog, region: str, target: dict[str, Any]) -> bool | None:
    """Return whether published figures of a region reach a target, also another region's; None if none decides."""
    if target["region"] == region:
        return {"met": True, "missed": False}.get(verdict.judge_target(catalog, target["id"], region).verdict)
    indicator = catalog.read("indicators").set_index("id", drop=False).loc[target["indicator"]].to_dict()
    required = requirement.requirement(catalog, target, indicator)
    if required is None:
        return None
    rows = indicators.observations(catalog, target["indicator"], region)
    figures = requirement.figures(pd.concat([requirement.chained(rows, required), rows], ignore_index=True))
    found = rules.decided(figures, required)
    return None if found is None else found[1]


def frozen_register(catalog: Catalog) -> pd.DataFrame:
    """Return the register of frozen outlooks.

    Returns:
        Columns of the table `archive`: id, kind (`outlook`, `hindcast`), region, last_year (last year with figures),
        date (when it was frozen), version (of the program), data_sha256, learnt_sha256 (what it was made from),
        file_sha256, source_id, note_zh, note_en (what changed since the outlook before).

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> sorted(frozen_register(open_catalog())["kind"].unique())
        ['hindcast', 'outlook']
    """
    return catalog.read(REGISTER)


def frozen_file(catalog: Catalog, name: str) -> Path:
    """Return the file of a frozen outlook.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> frozen_file(open_catalog(), "hindcast_2010").name
        'hindcast_2010.csv'
    """
    return catalog.root / FOLDER / f"{name}.csv"


def read_frozen(catalog: Catalog, name: str) -> pd.DataFrame:
    """Return a frozen outlook.

    Returns:
        Columns of the table `frozen`. statement `emissions`: item is a field, co2_mt, lo80, hi80, lo95, hi95 (Mt CO2),
        p_peaked_by and p_no_higher (0 to 1); the first year of a field is its last one with a figure. statement
        `target`: item is the id of a target, p_target (0 to 1), held against its official figures (account
        `official`). statement `intensity`: the same of a reduction of CO2 intensity as a project account gives it;
        the target may be the national one, as a benchmark.

    Raises:
        ProjectError: if there is no such file or it has not these columns.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> int(read_frozen(open_catalog(), "hindcast_2015").query("item == 'total'")["year"].min())
        2015
    """
    file = frozen_file(catalog, name)
    if not file.is_file():
        raise ProjectError(f"{FOLDER.as_posix()}/{name}.csv: not found; `tanfeng freeze` writes it")
    return typed(read_text_table(file), catalog.tables[FORM], f"{FOLDER.as_posix()}/{name}.csv")


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file's content.

    Example:
        >>> digest(b"")[:8]
        'e3b0c442'
    """
    return hashlib.sha256(content).hexdigest()


def check_frozen(catalog: Catalog) -> list[Problem]:
    """Return what is wrong with the frozen outlooks: missing, changed or unknown files, and figures that cannot be.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> check_frozen(open_catalog())
        []
    """
    rows = frozen_register(catalog)
    return [
        *_unknown(catalog, set(rows["id"])),
        *(problem for row in rows.itertuples() for problem in _check_one(catalog, row)),
    ]


def _unknown(catalog: Catalog, known: set[str]) -> Iterator[Problem]:
    register_file = Path(catalog.tables[REGISTER].path).name
    for file in sorted((catalog.root / FOLDER).glob("*.csv")):
        if file.name != register_file and file.stem not in known:
            expected = f"a row of {FOLDER.as_posix()}/{register_file} with its hash, or no such file"
            yield Problem(f"{FOLDER.as_posix()}/{file.name}", 0, "", "a file that is not registered", expected)


def _check_one(catalog: Catalog, row: object) -> Iterator[Problem]:
    name, wanted = str(getattr(row, "id")), str(getattr(row, "file_sha256"))  # noqa: B009
    file, shown = frozen_file(catalog, name), f"{FOLDER.as_posix()}/{name}.csv"
    if not file.is_file():
        yield Problem(shown, 0, "", "no such file", "the file that was frozen; it stands in the register")
        return
    found = digest(file.read_bytes())
    if found != wanted:
        yield Problem(shown, 0, "", f"SHA-256 {found[:12]}...", f"{wanted[:12]}... : a frozen file is never changed")
    problems = list(check_file(file, catalog.tables[FORM], shown))
    yield from problems
    if not problems:
        yield from _figures(read_frozen(catalog, name), shown)


def _figures(rows: pd.DataFrame, shown: str) -> Iterator[Problem]:
    """Name quantiles that cross, and probabilities that move the wrong way from year to year."""
    ends = rows[list(RISING)].to_numpy(dtype="float64")
    crossed = (np.diff(ends, axis=1) < 0).any(axis=1)
    yield from _wrong(rows, crossed, shown, "lo95", "lo95 <= lo80 <= hi80 <= hi95")
    change = rows.groupby(["statement", "item"])[["p_peaked_by", "p_no_higher"]].diff()
    yield from _wrong(rows, (change["p_peaked_by"] < 0).to_numpy(), shown, "p_peaked_by", "a share that never falls")
    yield from _wrong(rows, (change["p_no_higher"] > 0).to_numpy(), shown, "p_no_higher", "a share that never rises")
    lost = (rows["statement"].isin([TARGET, INTENSITY]) & rows["p_target"].isna()).to_numpy()
    yield from _wrong(rows, lost, shown, "p_target", "a probability for a target")


def _wrong(rows: pd.DataFrame, wrong: np.ndarray, shown: str, column: str, expected: str) -> Iterator[Problem]:
    for place in np.flatnonzero(wrong):
        row = rows.iloc[place]
        yield Problem(shown, int(place) + 2, column, f"{row[column]} ({row['item']}, {row['year']})", expected)
