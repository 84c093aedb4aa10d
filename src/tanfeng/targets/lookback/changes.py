"""What changed: between two vintages of the tables, and since the last frozen outlook.

A vintage is the state of the tables at a date, a catalog of its own with its own data package: `compare` names rows,
tables and columns that differ, and the verdicts and indicators that this moves. Local rows count as in every other
answer. `movements` holds today's emissions, peak probability and targets against the last frozen outlook of a region.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import yaml

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError, TableSchema
from tanfeng.facts import emissions, indicators
from tanfeng.facts.corrections import as_written
from tanfeng.outlook import paths
from tanfeng.targets import verdict
from tanfeng.targets.lookback import archive
from tanfeng.targets.verdict import Verdict

COLUMNS = ["part", "table", "change", "key", "column", "old", "new", "change_pct"]
CORRECTIONS = "corrections"
TARGETS = "targets"
PROBABILITY_STEP = 0.0005
SAME = 1e-9
MOVED_EMISSIONS, MOVED_PEAK, MOVED_TARGET, MOVED_FIGURE = "emissions", "peak", "target", "figure"
PEAK_YEAR = 2030
LEAST_MT, LEAST_SHARE = 0.05, 0.005  # what is shown does not change by less
MOVED_COLUMNS = ["kind", "item", "year", "old", "new"]


@dataclass(frozen=True)
class Move:
    """A target whose verdict, reason or probability differs; a side is None where there is no such target.

    Attributes:
        old: the verdict on the first tables.
        new: the verdict on the second tables.
    """

    old: Verdict | None
    new: Verdict | None

    @property
    def target(self) -> dict[str, Any]:
        """The row of the target, the newer one if there are two."""
        side = self.new or self.old
        if side is None:
            raise ProjectError("a move without a verdict on either side")
        return side.target


def compare(old: Catalog, new: Catalog, tables: list[str] | None = None) -> pd.DataFrame:
    """Return everything that differs between two states of the tables.

    Returns:
        Columns part (`rows`, `verdicts`, `indicators`), table, change (`added`, `removed`, `changed`, and of the schema
        `table added`, `table removed`, `column added`, `column removed`, `key changed`; `not comparable` where one
        state lacks what the verdicts or indicators need), key, column, old, new (text), change_pct (percent of the old
        number); of a whole table old and new are its number of rows. No rows if nothing differs.

    Raises:
        ProjectError: if a table of either side is broken, or neither has a table of that name.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> len(compare(open_catalog(), open_catalog()))
        0
    """
    rows = compare_rows(old, new, tables)
    if rows.empty:
        return rows
    moved = [_part("verdicts", _moved_verdicts, old, new), _part("indicators", compare_indicators, old, new)]
    return pd.concat([part for part in (rows, *moved) if len(part)], ignore_index=True)[COLUMNS]


def _moved_verdicts(old: Catalog, new: Catalog) -> pd.DataFrame:
    return verdict_frame(compare_verdicts(old, new))


def _part(name: str, moved: Callable[[Catalog, Catalog], pd.DataFrame], old: Catalog, new: Catalog) -> pd.DataFrame:
    """Return what moved; where one state lacks a table or column that the answer needs, one row that says so."""
    try:
        return moved(old, new)
    except ProjectError as error:
        row = {
            "part": name,
            "table": "",
            "change": "not comparable",
            "key": "",
            "column": "",
            "old": str(error),
            "new": "",
        }
        return pd.DataFrame([row], columns=COLUMNS)


def compare_rows(old: Catalog, new: Catalog, tables: list[str] | None = None) -> pd.DataFrame:
    """Return the rows added, removed and changed (one row a cell), and what differs in the schema; see `compare`."""
    names = list(dict.fromkeys([*old.tables, *new.tables, CORRECTIONS]))
    unknown = [name for name in tables or () if name not in names]
    if unknown:
        raise ProjectError(f"no table {unknown[0]!r} on either side; there are: {', '.join(names)}")
    found = [row for name in tables or names for row in _compared(old, new, name)]
    return pd.DataFrame(found, columns=COLUMNS).assign(part="rows")


def _compared(old: Catalog, new: Catalog, name: str) -> Iterator[dict[str, Any]]:
    if name == CORRECTIONS:
        yield from _cells(name, _correction_rows(old), _correction_rows(new))
        return
    before, after = old.tables.get(name), new.tables.get(name)
    if before is None or after is None:
        rows = len((new if before is None else old).read(name))
        change = "table added" if before is None else "table removed"
        yield _row(name, change, "", "", "" if before is None else str(rows), "" if after is None else str(rows))
        return
    yield from _columns(before, after)
    if before.key != after.key:
        yield _row(name, "key changed", "", "", ", ".join(before.key), ", ".join(after.key))
    key = [column for column in after.key if column in before.columns]
    yield from _cells(name, _keyed(old, name, key), _keyed(new, name, key))


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Count what differs in each table, and name the largest change of a number.

    Args:
        rows: rows of `compare`; only those of the part `rows` count.

    Returns:
        One row a table, in the order of `rows`: table, added, removed, changed (number of rows; of `changed` of cells),
        key, column, old, new and change_pct of the largest change (empty and missing if no number changed).

    Example:
        >>> row = {"part": "rows", "table": "plans", "change": "changed", "key": "14FYP", "column": "base_year"}
        >>> found = summary(pd.DataFrame([{**row, "old": "2020", "new": "2021", "change_pct": 0.05}]))
        >>> found[["table", "changed", "key"]].values.tolist()
        [['plans', 1, '14FYP']]
    """
    mine = rows[rows["part"] == "rows"]
    return pd.DataFrame(
        [_counted(str(name), group) for name, group in mine.groupby("table", sort=False)],
        columns=["table", "added", "removed", "changed", "key", "column", "old", "new", "change_pct"],
    )


def _counted(name: str, rows: pd.DataFrame) -> dict[str, Any]:
    counts = {change: int((rows["change"] == change).sum()) for change in ("added", "removed", "changed")}
    percent = rows["change_pct"].astype("float64").dropna()
    if percent.empty:
        return {"table": name, **counts, "key": "", "column": "", "old": "", "new": "", "change_pct": None}
    largest = rows.loc[percent.abs().idxmax()]
    return {"table": name, **counts, **{part: largest[part] for part in ("key", "column", "old", "new", "change_pct")}}


def _columns(before: TableSchema, after: TableSchema) -> Iterator[dict[str, Any]]:
    for column in after.columns:
        if column not in before.columns:
            yield _row(after.name, "column added", "", column, "", "")
    for column in before.columns:
        if column not in after.columns:
            yield _row(after.name, "column removed", "", column, "", "")


def _row(table: str, change: str, key: str, column: str, old: Any, new: Any) -> dict[str, Any]:
    values = {"old": _cell_text(old), "new": _cell_text(new), "change_pct": _percent(old, new)}
    return {"part": "", "table": table, "change": change, "key": key, "column": column, **values}


def _cell_text(value: Any) -> str:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _percent(old: Any, new: Any) -> float | None:
    numbers = [value for value in (old, new) if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) < 2 or any(pd.isna(value) for value in numbers) or not old:
        return None
    return 100 * (new - old) / abs(old)


def _keyed(catalog: Catalog, name: str, key: list[str]) -> dict[tuple[str, ...], dict[str, Any]]:
    """Return the rows of a table by key.

    Raises:
        ProjectError: if the table cannot be read or a key stands twice.
    """
    try:
        rows = catalog.read(name)
    except ProjectError as error:
        raise ProjectError(f"{catalog.root}: {error}; run tanfeng data check there first") from error
    again = rows[rows.duplicated(key)]
    if len(again):
        values = ", ".join(_cell_text(again.iloc[0][column]) for column in key)
        raise ProjectError(f"{catalog.root}: data/{name}: {values} stands twice; run tanfeng data check there first")
    keys = zip(*(rows[column].map(_cell_text) for column in key), strict=True)
    return dict(zip(keys, rows.to_dict("records"), strict=True))


def _correction_rows(catalog: Catalog) -> dict[tuple[str, ...], dict[str, Any]]:
    """Return the corrections by id as they are written: a state of before had other parts."""
    return {
        (str(one.get("id")),): {
            name: value
            if isinstance(value, str | int | float)
            else yaml.safe_dump(value, default_flow_style=True).strip()
            for name, value in one.items()
        }
        for one in as_written(catalog.root)
    }


def _cells(
    name: str, before: dict[tuple[str, ...], dict[str, Any]], after: dict[tuple[str, ...], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    for key, row in after.items():
        if key not in before:
            yield _row(name, "added", ", ".join(key), "", "", _summary(row))
        else:
            yield from _changed(name, ", ".join(key), before[key], row)
    for key, row in before.items():
        if key not in after:
            yield _row(name, "removed", ", ".join(key), "", _summary(row), "")


def _summary(row: dict[str, Any]) -> str:
    """Return what a row holds beside its notes: the figure of a table of figures, otherwise nothing."""
    figure = row.get("value", row.get("co2_mt", row.get("target_value")))
    return "" if figure is None else f"{_cell_text(figure)} {row.get('unit', 'Mt CO2')}".strip()


def _changed(name: str, key: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for column in [column for column in after if column in before]:
        old, new = before[column], after[column]
        if _cell_text(old) != _cell_text(new):
            yield _row(name, "changed", key, column, old, new)


def compare_verdicts(old: Catalog, new: Catalog) -> list[Move]:
    """Return the targets, of every region, whose verdict, reason or probability differs, and those on one side only.

    Raises:
        ProjectError: if a table that the verdicts rest on is broken.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> compare_verdicts(open_catalog(), open_catalog())
        []
    """
    before, after = _judged(old), _judged(new)
    moves = [Move(before.get(key), after.get(key)) for key in dict.fromkeys([*before, *after])]
    return [move for move in moves if _state(move.old) != _state(move.new)]


def _judged(catalog: Catalog) -> dict[tuple[str, str], Verdict]:
    try:
        keys = catalog.read(TARGETS)[["id", "region"]].itertuples(index=False, name=None)
        return {key: verdict.judge_target(catalog, *key) for key in keys}
    except KeyError as error:
        raise ProjectError(f"{catalog.root}: the verdicts need {error}, which its tables do not have") from error


def _state(verdict: Verdict | None) -> tuple[Any, ...] | None:
    if verdict is None:
        return None
    share = None if verdict.probability is None else round(verdict.probability / PROBABILITY_STEP)
    return verdict.answer, verdict.reason, share


def verdict_frame(moves: list[Move]) -> pd.DataFrame:
    """Return moved verdicts as rows of `compare`: one for the verdict, the reason and the probability that differ."""
    rows = [row for move in moves for row in _move_rows(move)]
    return pd.DataFrame(rows, columns=COLUMNS).assign(part="verdicts")


def _move_rows(move: Move) -> Iterator[dict[str, Any]]:
    change = "changed" if move.old and move.new else "added" if move.new else "removed"
    key = f"{move.target['id']}, {move.target['region']}"
    for column in ("verdict", "reason", "probability"):
        old, new = (getattr(side, column) if side else None for side in (move.old, move.new))
        if _cell_text(old) != _cell_text(new):
            yield _row(TARGETS, change, key, column, old, new)


def compare_indicators(old: Catalog, new: Catalog) -> pd.DataFrame:
    """Return the figures of the four indicators that differ, as rows of `compare`: key is indicator, region, year.

    Regions are those with a plan target and an inventory on both sides; see `tanfeng.facts.indicators.four_indicators`.
    """
    regions = [region for region in _regions(new) if region in _regions(old)]
    rows = [row for region in regions for row in _figures(old, new, region)]
    return pd.DataFrame(rows, columns=COLUMNS).assign(part="indicators")


def _regions(catalog: Catalog) -> list[str]:
    able = set(catalog.read("inventory")["region"])
    return [region for region in catalog.read(TARGETS)["region"].unique() if region in able]


def _figures(old: Catalog, new: Catalog, region: str) -> Iterator[dict[str, Any]]:
    before, after = (_four_by_key(catalog, region) for catalog in (old, new))
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        if was is None or now is None or abs(now - was) > SAME * max(abs(was), abs(now)):
            change = "added" if was is None else "removed" if now is None else "changed"
            yield _row("", change, ", ".join(key), "value", was, now)


def _four_by_key(catalog: Catalog, region: str) -> dict[tuple[str, str, str], float]:
    try:
        rows = indicators.four_indicators(catalog, region)
    except KeyError as error:
        raise ProjectError(f"{catalog.root}: the indicators need {error}, which its tables do not have") from error
    keys = zip(rows["indicator"], [region] * len(rows), rows["year"].astype(str), strict=True)
    return dict(zip(keys, rows["value"].astype(float), strict=True))


@dataclass(frozen=True)
class Movements:
    """What moved since an outlook was frozen.

    Attributes:
        since: id of the frozen outlook; empty if none is frozen for the region.
        date: when it was frozen.
        rows: columns kind (`emissions`, Mt CO2; `peak`, `target`, 0 to 1; `figure`, last year with emissions), item
            (`total` or id of a target), year, old, new; only what moved. A missing value: there was, or is, none.
    """

    since: str
    date: str
    rows: pd.DataFrame


def movements(catalog: Catalog, region: str, judged: Sequence[Verdict]) -> Movements:
    """Return what moved since the last frozen outlook of a region.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        judged: all verdicts of the region as they are now.

    Raises:
        ProjectError: if the file of the outlook is missing or broken, or the region has no inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> movements(open_catalog(), "330100", []).since
        ''
    """
    register = archive.frozen_register(catalog)
    register = register[(register["region"] == region) & (register["kind"] == "outlook")].sort_values(["date", "id"])
    if register.empty:
        return Movements("", "", pd.DataFrame(columns=MOVED_COLUMNS))
    last = register.iloc[-1]
    rows = archive.read_frozen(catalog, str(last["id"]))
    return Movements(str(last["id"]), str(last["date"]), compared(catalog, region, rows, judged))


def compared(catalog: Catalog, region: str, rows: pd.DataFrame, judged: Sequence[Verdict]) -> pd.DataFrame:
    """Return what differs between a frozen outlook and the present one, with the columns of `Movements.rows`.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        rows: a frozen outlook (see `tanfeng.targets.lookback.archive.read_frozen`).
        judged: all verdicts of the region as they are now.

    Raises:
        ProjectError: if the region has no inventory.
    """
    found = [*_emissions(catalog, region, rows), *_targets(rows, judged)]
    return pd.DataFrame(found, columns=MOVED_COLUMNS)


def _emissions(catalog: Catalog, region: str, rows: pd.DataFrame) -> list[tuple[str, str, int, float, float]]:
    told = rows[(rows["statement"] == archive.EMISSIONS) & (rows["item"] == "total")].set_index("year")
    now = paths.at(paths.fields(catalog, region), "total", PEAK_YEAR)
    peaked = paths.peak(catalog, region).set_index("year")["p_peaked_by"]
    last, first = int(emissions.series(catalog, region, "total")["year"].max()), int(told.index.min())
    found = []
    if last != first:
        found.append((MOVED_FIGURE, "total", last, float(first), float(last)))
    if PEAK_YEAR in told.index:
        found += _moved(MOVED_EMISSIONS, PEAK_YEAR, float(told.at[PEAK_YEAR, "co2_mt"]), float(now["co2_mt"]), LEAST_MT)
        found += _moved(
            MOVED_PEAK, PEAK_YEAR, float(told.at[PEAK_YEAR, "p_peaked_by"]), float(peaked[PEAK_YEAR]), LEAST_SHARE
        )
    return found


def _moved(kind: str, year: int, old: float, new: float, least: float) -> list[tuple[str, str, int, float, float]]:
    return [(kind, "total", year, old, new)] if abs(new - old) >= least else []


def _targets(rows: pd.DataFrame, judged: Sequence[Verdict]) -> list[tuple[str, str, int, float, float]]:
    told = rows[rows["statement"] == archive.TARGET]
    old = dict(zip(told["item"], told["p_target"], strict=True))
    now = {one.target["id"]: one.probability for one in judged if one.probability is not None}
    years = {one.target["id"]: int(one.target["target_year"]) for one in judged}
    years |= dict(zip(told["item"], told["year"].astype(int), strict=True))
    missing = float("nan")
    pairs = {item: (float(old.get(item, missing)), float(now.get(item, missing))) for item in sorted({*old, *now})}
    return [
        (MOVED_TARGET, item, years[item], before, after)
        for item, (before, after) in pairs.items()
        if not abs(after - before) < LEAST_SHARE
    ]
