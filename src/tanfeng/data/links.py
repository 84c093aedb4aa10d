"""The chain through the registers: number -> indicator -> target -> measure -> body -> evidence.

The registers are kept as separate lists, as an office keeps them, and each carries the numbers of the others:
`measures` the target it serves and the measure it is part of, `responsibilities` the measure and its target,
`measure_factors` the measure and the parameter, `evidence` the target or measure and the figure it rests on. A line
removed from one list therefore leaves its number standing in another, and `tanfeng data check` names the chain it
breaks. A number is not given twice and a measure that ran out is marked `lapsed`, never removed. Every measure has its
lines of responsibilities, numbered from 1: the bodies that its document names, as many as `bodies` says, or one line
`not_named` where it names none. A plan lists its targets (`targets`), so that one nothing else points at is missed.
Each rule that verdicts and the look-back apply (`RULES`) has a row in `rules`, which says where it is from.

What targets, plans that are over and published barometers rest on has a line in `evidence` too, so that its removal is
an error; a series of years that a target asks for is held to have no year missing between its first and its last, but
for those that a usage warning names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pandas as pd

from tanfeng.data import periods
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.settings import settings

ARROW = " -> "
REGISTERS = ("plans", "targets", "measures", "responsibilities", "evidence", "measure_parameters", "measure_factors")
LONGEST_LIST = 4
NOT_NAMED = "not_named"
OCCASIONS = {"plans": "plan", "barometers": "barometer"}
SPREADS = {
    "range": ("low central high",),
    "limits": ("low high",),
    "half": ("low central", "central high"),
    "bound": ("low", "high"),
    "single": ("central",),
    "factor": ("",),
}
RULES = {
    "change": "target -> schedule",
    "completion_rate": "plan -> result -> completion rate",
    "controls": "plan -> what is controlled",
    "grade": "plan -> result -> grade",
    "half_year_light": "quarter -> level of the barometer",
    "intensity_change": "indicator energy_intensity_change",
    "light": "target -> schedule -> light",
    "midterm": "plan -> standing at mid-term",
    "pace": "target -> required pace",
}
PLANNED = ("energy_intensity_change_planned", "co2_intensity_change_planned", "energy_consumption_planned")
FOLLOWED = (
    "energy_intensity_change", "energy_intensity_change_white_paper", "co2_intensity_change",
    "energy_consumption", "energy_consumption_growth",
)  # fmt: skip
BAROMETERS = (
    "energy_dual_control_warning_intensity",
    "energy_dual_control_warning_intensity_yearly",
    "energy_dual_control_warning_total",
    "energy_intensity_direction",
)
PUBLISHED = ("reported", "adjusted")
LEANING, UNLIKELY = 0.8, 0.2  # judged probabilities from and up to which a lean is called likely
PLAN_YEARS = 5
LEAST_YEARS, LEAST_COVERAGE = 8, 0.6
GAPS = {"gap", "incomplete"}
Key = tuple[str, str, str, str, str]


class Break(NamedTuple):
    """A place where the chain does not hold: index of the row (`line`), column, what was found, what was expected.

    `chain` is the chain where it is not that of the row, `paste` says where to put the row that mends it.
    """

    line: int
    column: str
    found: str
    expected: str
    chain: str = ""
    paste: str = ""


@cached
def targets_by_id(catalog: Catalog, region: str = "") -> pd.DataFrame:
    """Return the targets by number, one row each: of several regions the one of a region, or of what it belongs to.

    A number is of a region: where two have the same, that of `region` is meant, then those of its province and country,
    then the first of the table.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> targets_by_id(open_catalog(), "330000").loc["P01", "region"]
        '330000'
    """
    parents, near = _column(catalog, "regions", "parent"), [region]
    while near[-1] in parents:
        near.append(parents[near[-1]])
    rows = catalog.read("targets").set_index("id", drop=False)
    if not rows.index.has_duplicates:
        return rows
    order = rows["region"].map({one: place for place, one in enumerate(near)}).fillna(len(near))
    chosen = rows.assign(order=order, place=range(len(rows))).sort_values(["order", "place"])
    return chosen[~chosen.index.duplicated()].sort_values("place")[list(rows.columns)]


def chain(catalog: Catalog, table: str, row: dict[str, Any]) -> str:
    """Return the chain that a row of a register, or a figure that one rests on, belongs to; empty if to none.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> row = catalog.read("measures").set_index("id", drop=False).loc["ME16"].to_dict()
        >>> chain(catalog, "measures", row)
        'measure ME16 -> target E02 -> indicator pv_capacity'
    """
    return _CHAINS[table](catalog, row) if table in _CHAINS else ""


def _measure(catalog: Catalog, row: dict[str, Any]) -> str:
    if row["target_id"]:
        return ARROW.join([f"measure {row['id']}", _target_id(catalog, row["target_id"], row["region"])])
    whole = [f"measure {row['part_of']}"] if row["part_of"] else []
    return ARROW.join([f"measure {row['id']}", *whole])


def _target_id(catalog: Catalog, target: str, region: str) -> str:
    indicator = targets_by_id(catalog, region)["indicator"].get(target)
    return ARROW.join([f"target {target}", *([f"indicator {indicator}"] if indicator else [])])


def _target(catalog: Catalog, row: dict[str, Any]) -> str:
    measures = serving(catalog).get((row["id"], row["region"]), [])
    return ARROW.join([*_listed(measures), f"target {row['id']}", f"indicator {row['indicator']}"])


@cached
def serving(catalog: Catalog) -> dict[tuple[str, str], list[str]]:
    """Return the measures that serve each target, by its number and region.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> serving(open_catalog())["E06", "330000"]
        ['ME41', 'ME42']
    """
    found: dict[tuple[str, str], list[str]] = {}
    for name, target, region in catalog.read("measures")[["id", "target_id", "region"]].itertuples(index=False):
        rows = targets_by_id(catalog, region)
        if target in rows.index:
            found.setdefault((target, rows.at[target, "region"]), []).append(name)
    return found


def _listed(measures: list[str]) -> list[str]:
    if not measures:
        return []
    more = f" and {len(measures) - LONGEST_LIST} more" if len(measures) > LONGEST_LIST else ""
    return [f"measure{'s' if len(measures) > 1 else ''} {', '.join(measures[:LONGEST_LIST])}{more}"]


def _responsibility(catalog: Catalog, row: dict[str, Any]) -> str:
    region = _column(catalog, "measures", "region").get(row["measure_id"], "")
    target = [_target_id(catalog, row["target_id"], region)] if row["target_id"] else []
    body = [f"{row['body_zh']} ({row['role']})"] if row["body_zh"] else []
    return ARROW.join([f"measure {row['measure_id']}", *target, *body])


def _evidence(catalog: Catalog, row: dict[str, Any]) -> str:
    figure = f"evidence {row['period']}"
    if row["table"] in OCCASIONS:
        return ARROW.join([f"{OCCASIONS[row['table']]} {row['item']}", f"indicator {row['indicator']}", figure])
    if row["table"] == "targets":
        return ARROW.join([_target(catalog, {**row, "id": row["item"]}), figure])
    return ARROW.join([f"measure {row['item']}", f"indicator {row['indicator']}", figure])


def _factor(catalog: Catalog, row: dict[str, Any]) -> str:
    known = catalog.read("measures").set_index("id", drop=False)
    measure = row["measure_id"]
    start = _measure(catalog, known.loc[measure].to_dict()) if measure in known.index else f"measure {measure}"
    return ARROW.join([start, f"factor {row['parameter_id']}"])


def _parameter(catalog: Catalog, row: dict[str, Any]) -> str:
    used = catalog.read("measure_factors")
    measures = used.loc[used["parameter_id"] == row["id"], "measure_id"].unique().tolist()
    return ARROW.join([*_listed(measures), f"factor {row['id']}"])


def _cost(catalog: Catalog, row: dict[str, Any]) -> str:
    used = catalog.read("measure_cost_uses")
    measures = used.loc[used["cost_id"] == row["id"], "measure_id"].tolist()
    return ARROW.join([*_listed(measures), f"cost {row['id']}"])


def _observation(catalog: Catalog, row: dict[str, Any]) -> str:
    rows = catalog.read("evidence")
    same = (rows[["indicator", "region", "period"]] == [row["indicator"], row["region"], row["period"]]).all(axis=1)
    found = [_evidence(catalog, one) for one in rows[same].to_dict("records")]
    return "; ".join(found or _asking(catalog, row))


def requested(catalog: Catalog, row: dict[str, Any]) -> str:
    """Return the chain of a figure whose indicator the register of requests asks for; empty for any other.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> requested(open_catalog(), {"indicator": "coal_consumption", "region": "330000", "period": "2023"})
        'request S03-2021 -> indicator coal_consumption -> figure 2023'
    """
    rows = catalog.read("requests")
    same = rows[(rows["indicator"] == row["indicator"]) & (rows["region"] == row["region"])]
    names = [f"request {one}" for one in same["id"].head(1)]
    return ARROW.join([*names, f"indicator {row['indicator']}", f"figure {row['period']}"]) if names else ""


def _asking(catalog: Catalog, row: dict[str, Any]) -> list[str]:
    """Return the chains of the targets that ask for the indicator of a figure, or for what it is part of."""
    targets = catalog.read("targets")
    whole = _column(catalog, "indicators", "part_of").get(row["indicator"], "")
    asking = targets[(targets["region"] == row["region"]) & targets["indicator"].isin({row["indicator"], whole} - {""})]
    part = [f"part {row['indicator']}"]
    return [
        ARROW.join([_target(catalog, one), *(part if one["indicator"] == whole else []), f"figure {row['period']}"])
        for one in asking.to_dict("records")
    ]


_CHAINS: dict[str, Callable[[Catalog, dict[str, Any]], str]] = {
    "measures": _measure,
    "targets": _target,
    "responsibilities": _responsibility,
    "evidence": _evidence,
    "measure_factors": _factor,
    "measure_parameters": _parameter,
    "measure_costs": _cost,
    "observations": _observation,
}


def _column(catalog: Catalog, table: str, column: str) -> dict[str, Any]:
    rows = catalog.read(table)
    return dict(zip(rows["id"], rows[column], strict=True))


def breaks(catalog: Catalog, table: str, rows: pd.DataFrame) -> Iterator[Break]:
    """Return the places of a register where the chain does not hold though every single link does.

    Args:
        catalog: the tables.
        table: name of the register.
        rows: rows of one of its files, typed.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> catalog = open_catalog()
        >>> list(breaks(catalog, "responsibilities", catalog.read("responsibilities")))
        []
    """
    checked = _BREAKS.get(table)
    if checked is not None:
        yield from checked(catalog, rows)


def _evidence_breaks(catalog: Catalog, rows: pd.DataFrame) -> Iterator[Break]:
    known = {table: set(catalog.read(table)["id"]) for table in ("targets", "measures", "plans")}
    for row in rows.itertuples():
        if row.table in known and row.item not in known[row.table]:
            yield Break(row.Index, "item", repr(row.item), f"an id of data/{row.table}.csv")


def _responsibility_breaks(catalog: Catalog, rows: pd.DataFrame) -> Iterator[Break]:
    target = _column(catalog, "measures", "target_id")
    for row in rows.itertuples():
        own = target.get(row.measure_id, row.target_id)
        if row.target_id != own:
            found = f"{row.target_id!r} for measure {row.measure_id}"
            yield Break(row.Index, "target_id", found, f"{own!r}, the target of the measure in data/measures.csv")
        if (row.role == NOT_NAMED) == bool(row.body_zh):
            yield Break(row.Index, "body_zh", repr(row.body_zh), "a body, or the role not_named where there is none")


def _unlisted(catalog: Catalog, measure: str) -> str:
    """Return what is wrong with the lines of a measure in the register of responsibilities; empty if nothing is."""
    rows = catalog.read("responsibilities")
    lines = sorted(rows.loc[rows["measure_id"] == measure, "sort"])
    if not lines:
        return f"no line of {measure} in data/responsibilities.csv"
    return "" if lines == list(range(1, len(lines) + 1)) else f"lines {', '.join(map(str, lines))} of {measure}"


def _figure_breaks(catalog: Catalog, rows: pd.DataFrame) -> Iterator[Break]:
    """Find the figures that something rests on and no line of evidence names, and the years missing in a series."""
    yield from unlisted(catalog, rows)
    for line, name, years in missing_years(catalog, rows):
        asking = _asking(catalog, rows.loc[line].to_dict())
        found = f"no figure of {name}, {', '.join(map(str, years))}"
        yield Break(line, "period", found, "a series without a gap, or a usage warning of it", "; ".join(asking))


def _rule_breaks(catalog: Catalog, rows: pd.DataFrame) -> Iterator[Break]:
    """Find the rules that are applied and have no row; the place is the last line of the table."""
    for rule in sorted(set(RULES) - set(catalog.read("rules")["id"])):
        expected = f"the rule {rule}, with its source and whether its text was seen"
        yield Break(len(rows) - 1, "id", f"no row {rule}", expected, ARROW.join([RULES[rule], f"rule {rule}"]))


def _measure_breaks(catalog: Catalog, rows: pd.DataFrame) -> Iterator[Break]:
    computed = set(catalog.read("measure_factors")["measure_id"])
    parents = _column(catalog, "measures", "part_of")
    for row in rows.itertuples():
        if (row.id in computed) == bool(row.no_effect):
            expected = "empty, data/measure_factors.csv has factors" if row.no_effect else "why no effect is computed"
            yield Break(row.Index, "no_effect", repr(row.no_effect), f"{expected} ({row.id})")
        if row.id in _wholes(parents, row.id):
            yield Break(row.Index, "part_of", repr(row.part_of), f"a measure that {row.id} does not contain itself")
        unlisted = _unlisted(catalog, row.id)
        if unlisted:
            yield Break(row.Index, "id", unlisted, "its bodies numbered from 1, or one line not_named")
        named = _named(catalog, row.id)
        if not unlisted and pd.notna(row.bodies) and len(named) != row.bodies:
            found = f"{len(named)} bodies of {row.id} in data/responsibilities.csv ({', '.join(named) or 'none'})"
            yield Break(row.Index, "bodies", found, f"{row.bodies}, as many as its document names")
        if pd.notna(row.quantity) and not row.unit:
            yield Break(row.Index, "unit", "nothing", f"the unit of {row.quantity:g}")


def _named(catalog: Catalog, measure: str) -> list[str]:
    rows = catalog.read("responsibilities")
    return [str(body) for body in rows.loc[(rows["measure_id"] == measure) & (rows["body_zh"] != ""), "body_zh"]]


def _target_breaks(catalog: Catalog, rows: pd.DataFrame) -> Iterator[Break]:
    """Find the targets that repeat one of another region."""
    known = set(catalog.read("targets")[["id", "region"]].itertuples(index=False, name=None))
    for row in rows.itertuples():
        if row.same_as and (row.same_as, row.region) not in known:
            yield Break(row.Index, "same_as", repr(row.same_as), f"a target of region {row.region}")


def _plan_breaks(catalog: Catalog, rows: pd.DataFrame) -> Iterator[Break]:
    """Find the targets that a plan names and that have no row, or are of another plan."""
    plans = catalog.read("targets").groupby("id")["plan"].agg(list).to_dict()
    for row in rows.itertuples():
        for target in row.targets.split():
            if row.id not in plans.get(target, []):
                found = (
                    f"{target} of plan {plans[target][0]}"
                    if target in plans
                    else f"no row {target} in data/targets.csv"
                )
                chain = ARROW.join([f"plan {row.id}", f"target {target}"])
                yield Break(row.Index, "targets", found, f"target {target}, which the plan names", chain)


def _wholes(parents: dict[str, str], measure: str) -> list[str]:
    found: list[str] = []
    whole = parents.get(measure, "")
    while whole and whole not in found:
        found.append(whole)
        whole = parents.get(whole, "")
    return found


def wholes(catalog: Catalog, measure: str) -> list[str]:
    """Return the measures that contain a measure, the nearest first.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> wholes(open_catalog(), "ME18")
        ['ME17', 'ME16', 'ME28', 'ME33']
    """
    return _wholes(_column(catalog, "measures", "part_of"), measure)


def _parameter_breaks(catalog: Catalog, rows: pd.DataFrame) -> Iterator[Break]:
    for row in rows.itertuples():
        own = [value for value in (row.low, row.central, row.high) if pd.notna(value)]
        if bool(own) == bool(row.emission_factor_id):
            found = f"{len(own)} values and emission_factor_id {row.emission_factor_id!r}"
            yield Break(row.Index, "central", found, "values, or the row of data/emission_factors.csv that has them")
        if own != sorted(own):
            yield Break(row.Index, "central", ", ".join(f"{one:g}" for one in own), "low <= central <= high")
    yield from _spread_breaks(catalog, rows)


def _spread_breaks(_: Catalog, rows: pd.DataFrame) -> Iterator[Break]:
    """Find the rows that lack a value which their spread says is published, or have one that it does not."""
    for row in rows.itertuples():
        given = " ".join(name for name in ("low", "central", "high") if pd.notna(getattr(row, name)))
        asked = SPREADS.get(row.spread, (given,))
        if given not in asked:
            expected = " or ".join(", ".join(one.split()) for one in asked) or "no value"
            yield Break(row.Index, "spread", f"{row.spread!r} with {given or 'no value'}", expected)


def _lean_breaks(catalog: Catalog, rows: pd.DataFrame) -> Iterator[Break]:
    """Find the leans on targets or figures that are not in the tables, and those that their probability denies."""
    targets = set(catalog.read("targets")[["id", "region"]].itertuples(index=False, name=None))
    known = set(catalog.read("observations")[["indicator", "region", "period"]].itertuples(index=False, name=None))
    sources = set(catalog.read("sources")["id"])
    for row in rows.itertuples():
        if (row.target_id, row.region) not in targets:
            yield Break(row.Index, "target_id", repr(row.target_id), f"a target of region {row.region}")
        for text in row.rests_on.split():
            indicator, _, period = text.partition("@")
            if (indicator, row.region, period) not in known:
                yield Break(row.Index, "rests_on", repr(text), f"indicator@period of a figure of {row.region}")
        for name in set(row.source_id.split()) - sources:
            yield Break(row.Index, "source_id", repr(name), "an id of data/sources.csv")
        asked = _lean_denied(row)
        if asked:
            yield Break(row.Index, "lean", f"{row.lean} with {row.p_low:g} to {row.p_high:g}", asked)


def _lean_denied(row: Any) -> str:
    """Return what was expected of a lean and the ends of its probability; nothing where they agree."""
    low, high = row.p_low, row.p_high
    if pd.isna(low) != pd.isna(high) or (row.lean == "silent" and pd.notna(low)):
        return "both ends of the probability, or none; of a silent target none"
    if pd.isna(low):
        return "a probability" if row.lean.startswith("likely") else ""
    if not 0 <= low <= high <= 1:
        return "p_low <= p_high, both within 0 to 1"
    fits = {"likely_met": low >= LEANING, "likely_missed": high <= UNLIKELY}
    limits = f"likely_met from {LEANING:.0%}, likely_missed up to {UNLIKELY:.0%}, open between"
    return "" if fits.get(row.lean, True) else limits


def _bound_breaks(catalog: Catalog, rows: pd.DataFrame) -> Iterator[Break]:
    """Find the terms of bounds that are no figure of the tables, and terms of one bound that bound different things."""
    known = set(catalog.read("observations")[["indicator", "region", "period"]].itertuples(index=False, name=None))
    same = ["region", "indicator", "period", "side", "rule"]
    for _, terms in rows.groupby("id", sort=False):
        first = terms.iloc[0]
        for index in terms.index:
            row = terms.loc[index]
            if not (row[same] == first[same]).all():
                yield Break(int(index), "id", repr(row["id"]), f"terms of one bound alike in {', '.join(same)}")
            if row["table"] == "nuclear_units" and row["term"] not in {"on_grid", "to_come"}:
                yield Break(int(index), "term", repr(row["term"]), "on_grid or to_come")
            if row["table"] == "observations" and (row["term"], row["region"], row["term_period"]) not in known:
                found = f"{row['term']} {row['term_period']}"
                yield Break(int(index), "term_period", repr(found), f"a figure of {row['region']}")


def _site_breaks(catalog: Catalog, rows: pd.DataFrame) -> Iterator[Break]:
    """Find the sites whose city is not in their province, or whose county is not in their city."""
    parents, cities = _column(catalog, "regions", "parent"), _column(catalog, "counties", "city")
    for row in rows.itertuples():
        if row.city and parents.get(row.city, row.region) != row.region:
            yield Break(row.Index, "city", repr(row.city), f"a city of region {row.region}")
        if row.county and cities.get(row.county, row.city) != row.city:
            yield Break(row.Index, "county", repr(row.county), f"a county of city {row.city or cities[row.county]}")


def site_to_paste(catalog: Catalog, row: dict[str, Any]) -> str:
    """Return where to put the row of a site that has a figure and no row, and that row as far as it is known.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> site_to_paste(open_catalog(), {"site": "x1", "source_id": "own"})[:31]
        'add to data/sites.csv: x1,x1,,3'
    """
    known = {"id": row["site"], "zh": row["site"], "region": settings(catalog.root).home, "source_id": row["source_id"]}
    return f"add to data/sites.csv: {','.join(known.get(name, '') for name in catalog.tables['sites'].columns)}"


def _term_breaks(catalog: Catalog, rows: pd.DataFrame) -> Iterator[Break]:
    """Find the terms that name a word or a source without a row."""
    known = {"words": set(catalog.read("words")["id"]), "source_id": set(catalog.read("sources")["id"])}
    for column, ids in known.items():
        table = "words" if column == "words" else "sources"
        for line, text in rows[column].items():
            for name in set(text.split()) - ids:
                yield Break(int(line), column, repr(name), f"an id of data/{table}.csv")


_BREAKS: dict[str, Callable[[Catalog, pd.DataFrame], Iterator[Break]]] = {
    "observations": _figure_breaks,
    "evidence": _evidence_breaks,
    "responsibilities": _responsibility_breaks,
    "measures": _measure_breaks,
    "measure_parameters": _parameter_breaks,
    "measure_costs": _spread_breaks,
    "rules": _rule_breaks,
    "plans": _plan_breaks,
    "targets": _target_breaks,
    "leans": _lean_breaks,
    "bounds": _bound_breaks,
    "sites": _site_breaks,
    "terms": _term_breaks,
}
SUFFIXES = "bc"


def stem(target_id: str) -> str:
    """Return the number of a target without the suffix of its document.

    Example:
        >>> stem("P04c"), stem("E08s"), stem("T09")
        ('P04', 'E08s', 'T09')
    """
    return target_id.rstrip(SUFFIXES)


def figures(catalog: Catalog) -> dict[Key, str]:
    """Return table, item, indicator, region and period of the figures of plans and barometers, with their chains.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> figures(open_catalog())["plans", "13FYP", "energy_intensity_change", "330000", "2018/2019"]
        'plan 13FYP -> indicator energy_intensity_change -> figure 2018/2019'
    """
    rows = catalog.read("observations")
    found: dict[Key, str] = {}
    regions = set(rows.loc[rows["indicator"].isin(PLANNED), "region"])  # those whose plans are looked back at
    for row in rows[rows["indicator"].isin(BAROMETERS) & rows["region"].isin(regions)].itertuples():
        month = row.period.partition("/")[2] or row.period
        chain = f"barometer {month} -> indicator {row.indicator} -> figure {row.period}"
        found["barometers", month, row.indicator, row.region, row.period] = chain
    rows = rows[rows["indicator"].isin([*PLANNED, *FOLLOWED]) & rows["region"].isin(regions)]
    terms = catalog.read("plans").dropna(subset=["base_year", "first_year", "last_year"])
    for row in rows[rows["period"] != periods.UNDATED].itertuples():
        period = _parsed(row.period)
        inside = (terms["base_year"] <= period.start) & (terms["last_year"] >= period.end)
        if row.indicator in PLANNED:
            inside &= terms["last_year"] == period.end
        for plan in terms.loc[inside & (period.kind in {"year", "change"}), "id"]:
            chain = f"plan {plan} -> indicator {row.indicator} -> figure {row.period}"
            found["plans", plan, row.indicator, row.region, row.period] = chain
    return found


def unlisted(catalog: Catalog, rows: pd.DataFrame) -> Iterator[Break]:
    """Yield the figures that need a line of evidence and have none, with the line.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> list(unlisted(open_catalog(), open_catalog().read("observations")))
        []
    """
    key = ["table", "item", "indicator", "region", "period"]
    lines = set(catalog.read("evidence")[key].itertuples(index=False, name=None))
    places: dict[tuple[str, str, str], int] = {}
    keys = rows[["indicator", "region", "period"]].itertuples(index=False, name=None)
    for line, key in zip(rows.index, keys, strict=True):
        places.setdefault(key, int(line))
    for own, chain in figures(catalog).items():
        if own not in lines and own[2:] in places:
            yield _unlisted_figure(places[own[2:]], chain, own, "decides")
    for one in _answering(catalog, rows):
        own = ("targets", one.target, one.indicator, one.region, one.period)
        if own not in lines:
            chain = f"target {one.target} -> indicator {one.indicator} -> figure {one.period}"
            yield _unlisted_figure(one.line, chain, own, one.role)


def _unlisted_figure(line: int, chain: str, own: Key, role: str) -> Break:
    paste = f"add to data/evidence.csv: {','.join([*own, role])}"
    return Break(line, "period", own[-1], f"a line of {own[1]} in data/evidence.csv", chain, paste)


class AnsweringFigure(NamedTuple):
    """A published figure of a target's own indicator: of levels the last one, of changes every one."""

    target: str
    indicator: str
    region: str
    period: str
    line: int
    role: str


def _answering(catalog: Catalog, rows: pd.DataFrame) -> Iterator[AnsweringFigure]:
    """Yield of each firm target the last published figure of its plan, of a change all that start within it."""
    changes = set(catalog.read("indicators").query("kind == 'change'")["id"])
    published = rows[rows["status"].isin(PUBLISHED) & (rows["period"] != periods.UNDATED)]
    series = dict(iter(published.groupby(["indicator", "region"])))
    for target in catalog.read("targets").query("variant == 'firm'").to_dict("records"):
        own = series.get((target["indicator"], target["region"]), published.iloc[:0])
        each = target["indicator"] in changes
        first = target["target_year"] - PLAN_YEARS if pd.isna(target["base_year"]) else target["base_year"]
        dated = [(_parsed(text), text, int(line)) for line, text in zip(own.index, own["period"], strict=True)]
        inside = [one for one in dated if first < one[0].end and one[0].end <= target["target_year"]]
        inside = sorted((one for one in inside if not each or one[0].start >= first), key=lambda one: one[0])
        for period, text, line in inside if each else inside[-1:]:
            role = "decides" if each or period.end == target["target_year"] else "latest"
            yield AnsweringFigure(target["id"], target["indicator"], target["region"], text, line, role)


def missing_years(catalog: Catalog, rows: pd.DataFrame) -> Iterator[tuple[int, str, list[int]]]:
    """Yield the index after a gap, the series and its missing years, of the yearly series that targets ask for.

    A series counts as yearly if it has at least eight years and more than 60 % of those it runs through.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> list(missing_years(open_catalog(), open_catalog().read("observations")))
        []
    """
    used = set(catalog.read("targets")["indicator"]) | {"gdp_real_growth", *FOLLOWED}
    regions = set(catalog.read("targets")["region"])
    own = rows[rows["indicator"].isin(used) & rows["region"].isin(regions)]
    for (name, region), series in own.groupby(["indicator", "region"]):
        spans = {int(line): _parsed(text) for line, text in zip(series.index, series["period"], strict=True)}
        years = {one.year: line for line, one in spans.items() if one.kind == "year" or _one_year(one)}
        if len(years) < LEAST_YEARS:
            continue
        missing = sorted(set(range(min(years), max(years) + 1)) - set(years) - _warned(catalog, name, region))
        if missing and len(years) > LEAST_COVERAGE * (len(years) + len(missing)):
            yield years[min(year for year in years if year > missing[0])], f"{name}, {region}", missing


@cached
def _parsed(text: str) -> periods.Period:
    """Return a period; what is none, an error of its own, is taken as undated."""
    try:
        return periods.parse(text)
    except ValueError:
        return periods.parse(periods.UNDATED)


def _one_year(period: periods.Period) -> bool:
    return period.kind == "change" and period.end - period.start == 1


def _warned(catalog: Catalog, name: str, region: str) -> set[int]:
    rows = catalog.read("series_warnings")
    rows = rows[(rows["table"] == "observations") & rows["series"].isin([name, "all"]) & rows["kind"].isin(GAPS)]
    rows = rows[(rows["region"] == region)].dropna(subset=["first_year", "last_year"])
    return {year for row in rows.itertuples() for year in range(int(row.first_year), int(row.last_year) + 1)}
