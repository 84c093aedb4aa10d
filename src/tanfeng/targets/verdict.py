"""What it means: one verdict for each target, with the figures it rests on.

A target is answered by a published figure of its own indicator, which has one scope (`met`, `missed`), or by a
probability from the outlook (`likely_met`, `likely_missed`, `open`), or it is `not_assessable` with the reason.
A published part of a quantity (the port of a province) can show that a target is met, never that it is missed.
Drafts, stretch values and national benchmarks decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from tanfeng.data import links, periods, units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import indicators, observations
from tanfeng.facts.observations import Reading
from tanfeng.outlook import paths
from tanfeng.targets import flip, lights, requirement, rules
from tanfeng.targets import probability as targets_probability
from tanfeng.targets.progress import Progress, progress
from tanfeng.targets.repeats import Tie, counted_elsewhere, ties
from tanfeng.targets.rules import VERDICTS, Requirement

NOT_RATED = lights.NOT_RATED
LARGER = 0.001  # of the whole: a part that is larger by rounding alone does not deny it
BAROMETER = ("energy_intensity_change", "energy_consumption")  # quantities the official barometer rates
EVIDENCE = ["indicator", "region", "period", "published", "published_unit", "bound", "status", "grade", "source_id"]
KEPT = [*EVIDENCE, "value", "note_zh", "note_en"]


@dataclass(frozen=True)
class Verdict:
    """The verdict on one target.

    Attributes:
        target: the row of `data/targets.csv` as a dictionary.
        verdict: one of `VERDICTS`.
        reason: why, as an id that `tanfeng.pages.sentences` turns into a sentence.
        probability: that the target is met, where the outlook gives one.
        light: level of the barometer at the last published figure (see `tanfeng.targets.lights.light_of`), held against
            the schedule of that year; `not_rated` where there is neither a schedule nor a deciding figure.
        light_official: the barometer rates this quantity itself; otherwise its rule is applied by analogy.
        evidence: rows of figures with indicator, region, period, value and unit as published, bound, status, grade,
            source_id and role (`decides`, `latest`, `disputes`, `same_scope`, `part`, `other_scope`).
        required: what the target asks for, in the unit of the indicator.
        progress: schedule, figures and pace, where a figure of the base year is published.
        flip_pct: by how many percent the figures of the quantity and of its parts must move together to turn a verdict
            that rests on them.
        interval: 80 % interval of the figure of the target year, in the unit of the indicator, from the outlook.
        base: year and published figure the target is counted from (of a change: 0), if known.
        ties: targets of the same region that ask for the same thing (see `tanfeng.targets.repeats`).
    """

    target: dict[str, Any]
    verdict: str
    reason: str
    probability: float | None = None
    light: str = NOT_RATED
    evidence: tuple[dict[str, Any], ...] = ()
    required: Requirement | None = None
    progress: Progress | None = None
    flip_pct: float | None = None
    interval: tuple[float, float] | None = None
    base: tuple[int, float] | None = None
    ties: tuple[Tie, ...] = ()

    @property
    def light_official(self) -> bool:
        """Whether the barometer rates this quantity itself."""
        return str(self.target["indicator"]).startswith(BAROMETER)

    @property
    def change_interval(self) -> tuple[float, float] | None:
        """The 80 % interval of the change from the base year in percent, where a base is known."""
        if self.interval is None or self.base is None or self.base[1] <= 0:
            return None
        low, high = (100 * (end / self.base[1] - 1) for end in self.interval)
        return low, high

    @property
    def counts(self) -> bool:
        """Whether the target is counted: neither a draft, nor a stretch value, nor the repetition of another target."""
        return self.target["variant"] == "firm" and not counted_elsewhere(self.target, self.ties)


def judge(catalog: Catalog, region: str, plan: str | None = None, field: str | None = None) -> list[Verdict]:
    """Return the verdict on every target of a region (of one plan, or of all; of one field, or of all).

    Raises:
        ProjectError: if the region has no target of the plan.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> found = {v.target["id"]: v.verdict for v in judge(open_catalog(), "330000", "14FYP")}
        >>> found["E02"], found["P03"]
        ('met', 'not_assessable')
        >>> {v.target["field"] for v in judge(open_catalog(), "330000", field="technology")}
        {'technology'}
    """
    targets = catalog.read("targets")
    chosen = targets[(targets["region"] == region) & ((targets["plan"] == plan) if plan else True)]
    if chosen.empty:
        raise ProjectError(f"data/targets.csv has no targets of region {region}" + (f" in plan {plan}" if plan else ""))
    chosen = chosen[(chosen["field"] == field) | (field is None)]
    return [judge_target(catalog, target, region) for target in chosen["id"]]


@cached
def judge_target(catalog: Catalog, target_id: str, region: str = "") -> Verdict:
    """Return the verdict on one target by its id and region (see `judge`, `tanfeng.data.links.targets_by_id`)."""
    found = _judged(catalog, links.targets_by_id(catalog, region).loc[target_id].to_dict())
    found = replace(found, ties=ties(catalog, found.target), flip_pct=_flip(catalog, found))
    return _with_progress(catalog, found)


def _with_progress(catalog: Catalog, found: Verdict) -> Verdict:
    """Return a verdict with its schedule, pace and light."""
    required, target = found.required, found.target
    if required is None:
        return replace(found, light=_light(found, None))
    rows = indicators.observations(catalog, target["indicator"], target["region"])
    base = _start(catalog, target, required, rows)
    stands = progress(required, *base, rows) if base else None
    return replace(found, base=base, progress=stands, light=_light(found, stands))


def _start(
    catalog: Catalog, target: dict[str, Any], required: Requirement, rows: pd.DataFrame
) -> tuple[int, float] | None:
    """Return the year a target is counted from and its figure: its own base, or the base year of its plan."""
    if required.kind == "flow" and target["direction"] == "increase_by":
        return None  # asks for an amount added in one year
    year = required.base
    if year is None:
        year = int(catalog.read("plans").set_index("id").at[target["plan"], "base_year"])
    if required.kind == "change":
        return (year, 0.0) if required.base is not None and not required.at_least else None
    scale = units.factor(catalog, target["unit"], rows["unit"].iloc[0]) if len(rows) else 1.0
    value = requirement.base_value(catalog, target, year, scale)
    if value is None or year >= required.year:
        return None
    passed = value >= required.value if required.at_least else value <= required.value
    return None if passed else (year, value)  # no schedule leads to what is reached at the base


def _light(found: Verdict, stands: Progress | None) -> str:
    """Return the light at the deciding figure, or at the last figure of the schedule."""
    if found.verdict == "met":
        return lights.GREEN
    if stands is not None and stands.last is not None:
        return stands.last.light
    deciding = [row for row in found.evidence if row["role"] == "decides"]
    if not deciding or found.required is None:
        return NOT_RATED
    row, end = deciding[0], float(found.required.year)
    figure = rules.Figure(row["value"], end, end, "year", row["bound"], row["status"])
    return lights.light_of(figure, found.required)


def _judged(catalog: Catalog, target: dict[str, Any]) -> Verdict:
    indicator = catalog.read("indicators").set_index("id", drop=False).loc[target["indicator"]].to_dict()
    if target["variant"] != "firm":
        return Verdict(target, "not_assessable", "reference_only", evidence=_other(catalog, target, indicator))
    same = indicators.observations(catalog, target["indicator"], target["region"])
    if indicator["scope"] == "not_published" and not same["status"].eq(observations.INTERNAL).any():
        return Verdict(target, "not_assessable", "scope_not_published", evidence=_other(catalog, target, indicator))
    required = requirement.requirement(catalog, target, indicator)
    disputed = requirement.disputed(catalog, target, indicator)
    if disputed is not None:
        return _contradicted(target, required, same, disputed)
    told = requirement.told(catalog, target, indicator, same)
    answered = _by_figure(target, required, same, told) or _by_part(catalog, target, required)
    if answered is not None and answered.verdict == "missed":
        answered = _denied_by_part(catalog, answered) or answered
    if answered is not None:
        return answered
    if required is None:
        reason = "no_yardstick" if target["direction"] == "decrease_by" else "base_not_published"
        return Verdict(target, "not_assessable", reason, evidence=_evidence(same, "same_scope"))
    return _undecided(catalog, target, indicator, required, same)


def _by_figure(
    target: dict[str, Any], required: Requirement | None, same: pd.DataFrame, told: pd.DataFrame
) -> Verdict | None:
    """Return the verdict that a published figure of the target's own indicator gives, or one told by its growth."""
    if required is None:
        return None
    same = pd.concat(
        [requirement.chained(same, required), told, same], ignore_index=True
    )  # what is published goes before what is computed
    decided = rules.decided(requirement.figures(same), required)
    if decided is None:
        return None
    row, met = decided
    verdict, reason = ("met", "reached") if met else ("missed", "fell_short")
    return Verdict(target, verdict, reason, evidence=_with_role(same, row), required=required)


def _contradicted(target: dict[str, Any], required: Requirement | None, same: pd.DataFrame, other: Reading) -> Verdict:
    assert other.usual is not None
    assert other.other is not None
    rival = _evidence(other.other.to_frame().T, "disputes")
    evidence = (*_with_role(same, int(other.usual.name), "latest"), *rival)
    return Verdict(target, "not_assessable", "sources_disagree", evidence=evidence, required=required)


def _by_part(catalog: Catalog, target: dict[str, Any], required: Requirement | None) -> Verdict | None:
    """Return `met` if a published part alone reaches the target; a part never shows that it is missed."""
    for rows, needed in _parts(catalog, target):
        found = rules.decided(requirement.figures(rows), needed)
        if found and found[1] and _undisputed(catalog, target, rows):
            evidence = _with_role(rows, found[0], "part")
            return Verdict(target, "met", "part_reached", evidence=evidence, required=required)
    return None


def _denied_by_part(catalog: Catalog, missed: Verdict) -> Verdict | None:
    """Return `sources_disagree` where a part reaches what its whole is said to miss, or is larger than the whole."""
    whole = missed.evidence[0]
    for rows, needed in _parts(catalog, missed.target):
        found = rules.decided(requirement.figures(rows), needed)
        scale = units.factor(catalog, str(rows["unit"].iloc[0]), _unit(catalog, missed.target)) if len(rows) else 1.0
        larger = rows[(rows["period"] == whole["period"]) & rows["status"].isin(rules.ANSWERING)]
        larger = larger[(larger["bound"] != "at_most") & (larger["value"] * scale > whole["value"] * (1 + LARGER))]
        denying = rows.iloc[[found[0]]] if found and found[1] else larger
        if len(denying):
            evidence = (*_evidence(denying.tail(1), "disputes"), *missed.evidence[1:])
            evidence = ({**whole, "role": "latest"}, *evidence)
            return replace(missed, verdict="not_assessable", reason="sources_disagree", evidence=evidence)
    return None


def _unit(catalog: Catalog, target: dict[str, Any]) -> str:
    return str(catalog.read("indicators").set_index("id").at[target["indicator"], "unit"])


def _undisputed(catalog: Catalog, target: dict[str, Any], rows: pd.DataFrame) -> bool:
    """Return whether every reading of a part reaches what is asked."""
    part, unit = str(rows["indicator"].iloc[0]), str(rows["unit"].iloc[0])
    for one in observations.readings(catalog, part, target["region"]):
        needed = _part_requirement(catalog, target, one.rows, unit)
        found = rules.decided(requirement.figures(one.rows), needed) if needed else None
        if not (found and found[1]):
            return False
    return True


def _parts(catalog: Catalog, target: dict[str, Any]) -> Iterator[tuple[pd.DataFrame, Requirement]]:
    """Yield the figures of each published part of a target's quantity, and what they would have to reach."""
    if target["direction"] not in {"at_least", "increase_by"}:
        return
    known = catalog.read("indicators")
    parts = known[(known["part_of"] == target["indicator"]) & known["kind"].isin(["stock", "flow"])]
    dimension = catalog.read("units").set_index("id")["dimension"]
    parts = parts[parts["unit"].map(dimension) == dimension[target["unit"]]]
    for part, unit in zip(parts["id"], parts["unit"], strict=True):
        rows = indicators.observations(catalog, part, target["region"])
        needed = _part_requirement(catalog, target, rows, unit)
        if needed is not None:
            yield rows, needed


def _flip(catalog: Catalog, found: Verdict) -> float | None:
    """Return by how many percent the figures of a quantity and its parts must move to turn a met or missed target."""
    if found.verdict not in {"met", "missed"}:
        return None
    series = list(_parts(catalog, found.target)) if found.verdict == "met" else []
    if found.required is not None:
        rows = indicators.observations(catalog, found.target["indicator"], found.target["region"])
        series.append((pd.concat([requirement.chained(rows, found.required), rows], ignore_index=True), found.required))
    holding = [
        one
        for one in series
        if (answer := rules.decided(requirement.figures(one[0]), one[1])) and answer[1] == (found.verdict == "met")
    ]
    distances = [flip.flip_distance(requirement.figures(rows), required) for rows, required in holding]
    return max((one for one in distances if one is not None), key=abs, default=None)


def _part_requirement(catalog: Catalog, target: dict[str, Any], rows: pd.DataFrame, unit: str) -> Requirement | None:
    """Return the requirement held against a part: the same level, or the same increase over the part's own base."""
    scale = units.factor(catalog, target["unit"], unit)
    base = None if pd.isna(target["base_year"]) else int(target["base_year"])
    known = rows[(rows["end"] == base) & (rows["status"] != "estimate")]
    base_value = float(known["value"].iloc[-1]) if len(known) else None
    kind = str(catalog.read("indicators").set_index("id").at[target["indicator"], "kind"])
    value, year = target["target_value"] * scale, int(target["target_year"])
    return rules.requirement(target["direction"], value, kind, year, base, base_value)


def _undecided(
    catalog: Catalog, target: dict[str, Any], indicator: dict[str, Any], required: Requirement, same: pd.DataFrame
) -> Verdict:
    drawn = targets_probability.figure_paths(catalog, target["indicator"], target["region"], required)
    evidence = _evidence(same, "same_scope")
    if drawn is not None:
        share, interval = targets_probability.share_reaching(drawn, required), paths.interval(drawn)
        verdict = rules.from_probability(share)
        return Verdict(target, verdict, "probability", share, evidence=evidence, required=required, interval=interval)
    other = _other(catalog, target, indicator)
    recent = _recent(same, required)
    if len(recent):
        return _from_recent(catalog, target, required, same, other)
    if any(row["role"] == "other_scope" for row in other):
        return Verdict(target, "not_assessable", "other_scope", evidence=other + evidence, required=required)
    published = same[same["status"].isin(rules.ANSWERING) & (same["period_kind"] != periods.UNDATED)]
    if published.empty:
        return Verdict(target, "not_assessable", "not_published", evidence=other + evidence, required=required)
    evidence = _with_role(same, int(published.index[-1]), "latest")
    return Verdict(target, "not_assessable", "published_otherwise", evidence=evidence + other, required=required)


def _from_recent(
    catalog: Catalog,
    target: dict[str, Any],
    required: Requirement,
    same: pd.DataFrame,
    other: tuple[dict[str, Any], ...],
) -> Verdict:
    """Return the verdict where the plan has figures of the same scope, none of which decides."""
    recent = _recent(same, required)
    published = recent[recent["status"].isin(rules.ANSWERING)]
    last = (published if len(published) else recent).iloc[-1]
    evidence = _with_role(same, int(last.name), "latest")
    if len(published) and last["end"] == required.year:
        return Verdict(target, "open", "inexact", evidence=evidence, required=required)
    due = required.year < catalog.as_of_year
    decisive = len(published) > 0 and required.year - last["end"] <= rules.NEAR_YEARS
    if not due or decisive:
        return Verdict(target, "open", "year_not_published" if due else "not_due", evidence=evidence, required=required)
    at_year = [row for row in other if row["role"] == "other_scope" and row["period"] == str(required.year)]
    if at_year:
        return Verdict(target, "not_assessable", "other_scope", evidence=(*at_year, *evidence[1:]), required=required)
    reason = "last_published" if len(published) else "last_estimated"
    return Verdict(target, "not_assessable", reason, evidence=evidence, required=required)


def _recent(rows: pd.DataFrame, required: Requirement) -> pd.DataFrame:
    """Return the figures of the plan; of a change, those that start at its base year."""
    first = required.base if required.base is not None else required.year - 5
    within = (rows["end"] > first) & (rows["end"] <= required.year)
    return rows[within & ((rows["start"] == required.base) | (required.kind != "change"))]


def _other(catalog: Catalog, target: dict[str, Any], indicator: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return figures that do not answer the target: parts of its quantity, and the same quantity on another scope."""
    known = catalog.read("indicators")
    found: list[dict[str, Any]] = []
    for role, chosen in (
        ("other_scope", (known["quantity"] == indicator["quantity"]) & (known["id"] != indicator["id"])),
        ("part", known["part_of"] == indicator["id"]),
    ):
        for other in sorted(known.loc[chosen, "id"]):
            rows = indicators.observations(catalog, other, target["region"])
            found += _evidence(rows[rows["end"] > int(target["target_year"]) - 5].iloc[::-1], role)
    if target["variant"] != "firm":
        rows = indicators.observations(catalog, indicator["id"], target["region"])
        found += _evidence(rows, "same_scope")
    return tuple(found)


def _evidence(rows: pd.DataFrame, role: str) -> tuple[dict[str, Any], ...]:
    return tuple({**dict(zip(KEPT, row, strict=True)), "role": role} for row in rows[KEPT].itertuples(index=False))


def _with_role(rows: pd.DataFrame, chosen: int, role: str = "decides") -> tuple[dict[str, Any], ...]:
    first = {**_evidence(rows.loc[[chosen]], role)[0], "role": role}
    return (first, *_evidence(rows.drop(index=chosen), "same_scope"))


def counts(verdicts: list[Verdict]) -> pd.Series:
    """Return the number of counted targets by verdict, in the order of `VERDICTS` (see `Verdict.counts`)."""
    found = pd.Series([verdict.verdict for verdict in verdicts if verdict.counts], dtype="str")
    return found.value_counts().reindex(VERDICTS, fill_value=0).rename_axis("verdict").rename("targets")


def counts_by_field(catalog: Catalog, verdicts: list[Verdict]) -> pd.DataFrame:
    """Return the number of counted targets by field (rows, order of `data/fields.csv`) and verdict (columns)."""
    order = catalog.read("fields").sort_values("sort")["id"]
    counted = pd.DataFrame([(v.target["field"], v.verdict) for v in verdicts if v.counts], columns=["field", "verdict"])
    table = pd.crosstab(counted["field"], counted["verdict"])
    return table.reindex(index=order, columns=VERDICTS, fill_value=0)
