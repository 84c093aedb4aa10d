"""What it means: one answer for each target, with the figures it rests on; three kinds that are never mixed.

Strict verdict (`met`, `missed`): a published figure of the target's own indicator, which has one scope, or a bound that
leaves no way out: a published part that alone reaches a floor or exceeds a cap, a whole that falls short, and the
arithmetic of `tanfeng.targets.bounds` (identities, dated plants). Lean (`likely_met`, `likely_missed`, `open`), where
the verdict is `open`: a probability from the outlook, a judged row of `data/leans.csv`, or a recent figure. Otherwise
`not_assessable`: no public evidence, with the reason. Drafts, stretch values and national benchmarks decide nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from tanfeng.data import links, periods, units
from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog, located
from tanfeng.data.problem import Problem
from tanfeng.data.project import ProjectError
from tanfeng.facts import indicators, observations, plans
from tanfeng.facts.observations import Reading
from tanfeng.outlook import paths
from tanfeng.targets import bounds, flip, leans, lights, requirement, rules
from tanfeng.targets import probability as targets_probability
from tanfeng.targets.bounds import EitherOr
from tanfeng.targets.progress import Progress, progress
from tanfeng.targets.repeats import Tie, counted_elsewhere, ties
from tanfeng.targets.rules import VERDICTS, Requirement

NOT_RATED = lights.NOT_RATED
STRICT = ("met", "missed")
FLOORS = {"at_least", "increase_by"}
LARGER = 0.001  # of the whole: a part that is larger by rounding alone does not deny it
BAROMETER = ("energy_intensity_change", "energy_consumption")  # quantities the official barometer rates
SHOWING = ("decides", "bound", "latest", "part", "whole", "supports", "other_scope", "same_scope")  # roles, best first
EVIDENCE = ["indicator", "region", "period", "published", "published_unit", "bound", "status", "grade", "source_id"]
KEPT = [*EVIDENCE, "value", "note_zh", "note_en"]


@dataclass(frozen=True)
class Verdict:
    """The verdict on one target.

    Attributes:
        target: the row of `data/targets.csv` as a dictionary.
        verdict: `met`, `missed`, `open` (not judged, but evidence leans) or `not_assessable` (no public evidence).
        reason: why, as an id that `tanfeng.pages.sentences` turns into a sentence.
        probability: that the target is met, where the outlook gives one.
        lean: `likely_met`, `likely_missed` or `open` where the verdict is `open`; else empty.
        judged: the row of `data/leans.csv` on a target that nothing decides, as a dictionary; None without one.
        newer: the figure that came after that row was judged, if one did; one of the target's own indicator takes its
            place.
        either: targets of which one at least is met, where that is all that is known.
        light: level of the barometer at the last published figure (see `tanfeng.targets.lights.light_of`), held against
            the schedule of that year; `not_rated` where there is neither a schedule nor a deciding figure.
        light_official: the barometer rates this quantity itself; otherwise its rule is applied by analogy.
        evidence: rows of figures with indicator, region, period, value and unit as published, bound, status, grade,
            source_id and role (`decides`, `bound`, `term`, `latest`, `disputes`, `same_scope`, `part`, `whole`,
            `other_scope`, `statement`, `supports`); the note of a bound is its arithmetic.
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
    lean: str = ""
    judged: dict[str, Any] | None = None
    newer: dict[str, Any] | None = None
    either: EitherOr | None = None

    @property
    def answer(self) -> str:
        """The answer in one word, one of `VERDICTS`: the strict verdict, else the lean, else `not_assessable`."""
        return self.lean or self.verdict

    @property
    def overtaken(self) -> bool:
        """Whether a newer figure of the target's own indicator took the place of what was judged."""
        return self.newer is not None and self.newer["indicator"] == self.target["indicator"]

    @property
    def probability_range(self) -> tuple[float, float] | None:
        """The judged range of the probability that it is met, where there is one and no newer figure overtook it."""
        if self.judged is None or self.overtaken or pd.isna(self.judged["p_low"]):
            return None
        return float(self.judged["p_low"]), float(self.judged["p_high"])

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
        ('met', 'open')
        >>> {v.target["field"] for v in judge(open_catalog(), "330000", field="technology")}
        {'technology'}
    """
    if _asked(catalog, region, plan).empty:
        raise ProjectError(f"data/targets.csv has no targets of region {region}" + (f" in plan {plan}" if plan else ""))
    return judged(catalog, region, plan, field)


def judged(catalog: Catalog, region: str, plan: str | None = None, field: str | None = None) -> list[Verdict]:
    """Return the verdicts as `judge` does; none where the tables hold no target.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> judged(open_catalog(), "520000", "14FYP")
        []
    """
    chosen = _asked(catalog, region, plan)
    chosen = chosen[(chosen["field"] == field) | (field is None)]
    return [judge_target(catalog, target, region) for target in chosen["id"]]


def watched(catalog: Catalog, region: str) -> list[Verdict]:
    """Return the verdicts of the plans that pages are about (`tanfeng.facts.plans.watched`); none without a target.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> {one.target["plan"] for one in watched(open_catalog(), "440000")} == {"14FYP", "2030"}
        True
    """
    current = plans.watched(catalog)
    return [one for one in judged(catalog, region) if one.target["plan"] in current]


def _asked(catalog: Catalog, region: str, plan: str | None) -> pd.DataFrame:
    targets = catalog.read("targets")
    return targets[(targets["region"] == region) & ((targets["plan"] == plan) if plan else True)]


@cached
def judge_target(catalog: Catalog, target_id: str, region: str = "") -> Verdict:
    """Return the verdict on one target by its id and region (see `judge`, `tanfeng.data.links.targets_by_id`)."""
    found = _judged(catalog, links.targets_by_id(catalog, region).loc[target_id].to_dict())
    found = replace(found, ties=ties(catalog, found.target), flip_pct=_flip(catalog, found))
    return _with_progress(catalog, _leaning(catalog, found))


def shown_figure(verdict: Verdict, fit: Callable[[dict[str, Any]], bool] = lambda row: True) -> dict[str, Any] | None:
    """Return the row of evidence that says best how a target stands, of those that fit; None if there is none.

    The latest of its indicator, but for months of a year where a whole year is known.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> shown_figure(judge_target(open_catalog(), "E02"))["period"]
        '2025-06'
    """
    rows = [row for row in verdict.evidence if row["role"] in SHOWING and fit(row)]
    rows.sort(key=lambda row: SHOWING.index(row["role"]))
    alike = [row for row in rows if all(row[key] == rows[0][key] for key in ("role", "indicator"))]
    whole = [row for row in alike if periods.parse(row["period"]).kind != "months"]
    return max(whole or alike, key=lambda row: periods.parse(row["period"]).end, default=None)


def _leaning(catalog: Catalog, found: Verdict) -> Verdict:
    """Return an answer with what is judged of a target that nothing decides (see `tanfeng.targets.leans`)."""
    target = found.target
    if found.verdict in STRICT or target["variant"] != "firm":
        return found
    row = leans.lean_of(catalog, target["id"], target["region"], target["same_as"])
    found = replace(found, judged=row, either=bounds.either(catalog, target))
    if row is None or found.reason == "sources_disagree":
        return found
    found = replace(found, newer=leans.newer(catalog, row, target))
    if found.overtaken:
        return found
    supports = tuple(
        {**{name: one[name] for name in KEPT}, "role": leans.role(catalog, one["indicator"])}
        for one in leans.figures(catalog, row)
    )
    cited = {(one["indicator"], one["period"]) for one in supports}
    rest = tuple(one for one in found.evidence if (one["indicator"], one["period"]) not in cited)
    found = replace(found, evidence=(*supports, *rest))
    if row["lean"] == leans.SILENT:
        return replace(found, verdict="not_assessable", lean="", reason="silent")
    lean = "open" if leans.contradicted(row["lean"], found.probability) else row["lean"]
    return replace(found, verdict="open", lean=lean, reason="lean")


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
        year = int(catalog.row("plans", target["plan"])["base_year"])
    if required.kind == "change":
        return (year, 0.0) if required.base is not None and not required.at_least else None
    scale = units.factor(catalog, target["unit"], rows["unit"].iloc[0]) if len(rows) else 1.0
    value = requirement.base_value(catalog, target, year, scale)
    if value is None or year >= required.year:
        return None
    passed = value >= required.value if required.at_least else value <= required.value
    return None if passed else (year, value)  # no schedule leads to what is reached at the base


def _light(found: Verdict, stands: Progress | None) -> str:
    """Return the light; never green beside a target that cannot be judged."""
    light = _light_shown(found, stands)
    return NOT_RATED if light == lights.GREEN and found.verdict == "not_assessable" else light


def _light_shown(found: Verdict, stands: Progress | None) -> str:
    """Return the light at the deciding figure, or at the last figure of the schedule."""
    if found.verdict == "met":
        return lights.GREEN
    if stands is not None and stands.last is not None:
        return stands.last.light
    deciding = [row for row in found.evidence if row["role"] in {"decides", "bound"}]
    if not deciding or found.required is None:
        return NOT_RATED
    row, end = deciding[0], float(found.required.year)
    figure = rules.Figure(row["value"], end, end, "year", row["bound"], row["status"])
    return lights.light_of(figure, found.required)


def _judged(catalog: Catalog, target: dict[str, Any]) -> Verdict:
    indicator = catalog.row("indicators", target["indicator"])
    if target["variant"] != "firm":
        return Verdict(target, "not_assessable", "reference_only", evidence=_other(catalog, target, indicator))
    same = indicators.observations(catalog, target["indicator"], target["region"])
    required = requirement.requirement(catalog, target, indicator)
    disputed = requirement.disputed(catalog, target, indicator)
    if disputed is not None:
        return _contradicted(target, required, same, disputed)
    told = requirement.told(catalog, target, indicator, same)
    answered = _by_figure(target, required, same, told) or _by_part(catalog, target, required)
    if answered is not None and answered.verdict == "missed":
        answered = _denied_by_part(catalog, answered) or answered
    answered = answered or _by_whole(catalog, target, required) or _by_bound(catalog, target, required)
    if answered is not None:
        return answered
    published = same["status"].isin(rules.ANSWERING).any()
    if indicator["scope"] == "not_published" and not published:
        return Verdict(target, "not_assessable", "scope_not_published", evidence=_other(catalog, target, indicator))
    unstated = target["direction"] == "decrease_by" and pd.isna(target["base_year"])
    if required is None or (unstated and not published):
        reason = "no_yardstick" if target["direction"] == "decrease_by" else "base_not_published"
        return Verdict(target, "not_assessable", reason, evidence=_evidence(same, "same_scope"))
    return _undecided(catalog, target, indicator, required, same)


def _by_figure(
    target: dict[str, Any], required: Requirement | None, same: pd.DataFrame, told: pd.DataFrame
) -> Verdict | None:
    """Return the verdict that a published figure of the target's own indicator gives, or one told by its growth."""
    if required is None:
        return None
    # what is published goes before what is computed
    same = requirement.with_rows(requirement.chained(same, required), told, same)
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
    """Return `met` if a published part alone reaches a floor, `missed` if it exceeds a cap; never the opposite."""
    floor = target["direction"] in FLOORS
    for rows, needed in _parts(catalog, target):
        found = rules.decided(requirement.figures(rows), needed)
        if found and found[1] == floor and _undisputed(catalog, target, rows):
            verdict, reason = ("met", "part_reached") if floor else ("missed", "part_exceeds")
            evidence = _with_role(rows, found[0], "part")
            return Verdict(target, verdict, reason, evidence=evidence, required=required)
    return None


def _by_whole(catalog: Catalog, target: dict[str, Any], required: Requirement | None) -> Verdict | None:
    """Return `missed` if the published whole falls short of a floor, `met` if it keeps within a cap."""
    if required is None or target["direction"] not in {"at_least", "at_most"}:
        return None
    whole = str(catalog.row("indicators", target["indicator"])["part_of"])
    while whole:
        known = catalog.row("indicators", whole)
        unit, kind = str(known["unit"]), str(known["kind"])
        if kind in {"stock", "flow"} and units.alike(catalog, unit, target["unit"]):
            rows = indicators.observations(catalog, whole, target["region"])
            value = target["target_value"] * units.factor(catalog, target["unit"], unit)
            needed = replace(required, value=value, kind=kind)
            found = rules.decided(requirement.figures(rows), needed)
            if found and found[1] != required.at_least:
                verdict, reason = ("missed", "whole_short") if required.at_least else ("met", "whole_within")
                evidence = _with_role(rows, found[0], "whole")
                return Verdict(target, verdict, reason, evidence=evidence, required=required)
        whole = str(known["part_of"])
    return None


def _by_bound(catalog: Catalog, target: dict[str, Any], required: Requirement | None) -> Verdict | None:
    """Return the verdict that a bound gives (see `tanfeng.targets.bounds`), its arithmetic before the figures of it."""
    rows = bounds.bounds(catalog, target["indicator"], target["region"])
    if required is None or rows.empty:
        return None
    found = rules.decided(requirement.figures(rows.assign(status="reported")), required)
    if found is None:
        return None
    row = rows.iloc[found[0]]
    terms = [pd.DataFrame([term.row]) for term in row["terms"] if term.row is not None]
    behind = tuple({**_evidence(one, bounds.TERM)[0], "sign": int(one["sign"].iloc[0])} for one in terms)
    evidence = (*_evidence(rows.loc[[found[0]]], "bound"), *behind)
    verdict = "met" if found[1] else "missed"
    return Verdict(target, verdict, f"bound_{row['rule']}", evidence=evidence, required=required)


def _denied_by_part(catalog: Catalog, missed: Verdict) -> Verdict | None:
    """Return `sources_disagree` where a part reaches what its whole is said to miss, or is larger than the whole."""
    whole = missed.evidence[0]
    if missed.target["direction"] not in FLOORS or whole["role"] != "decides":
        return None
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
    return str(catalog.row("indicators", target["indicator"])["unit"])


def _undisputed(catalog: Catalog, target: dict[str, Any], rows: pd.DataFrame) -> bool:
    """Return whether every reading of a part says the same: that it reaches a floor, or exceeds a cap."""
    floor = target["direction"] in FLOORS
    part, unit = str(rows["indicator"].iloc[0]), str(rows["unit"].iloc[0])
    for one in observations.readings(catalog, part, target["region"]):
        needed = _part_requirement(catalog, target, one.rows, unit)
        found = rules.decided(requirement.figures(one.rows), needed) if needed else None
        if not (found and found[1] == floor):
            return False
    return True


def _parts(catalog: Catalog, target: dict[str, Any]) -> Iterator[tuple[pd.DataFrame, Requirement]]:
    """Yield the figures of each published part of a target's quantity, and what they would have to reach."""
    if target["direction"] not in {*FLOORS, "at_most"}:
        return
    for part in _alike(catalog, "part_of").get(target["indicator"], []):
        row = catalog.row("indicators", part)
        unit = str(row["unit"])
        if row["kind"] not in {"stock", "flow"} or not units.alike(catalog, unit, target["unit"]):
            continue
        rows = indicators.observations(catalog, part, target["region"])
        needed = _part_requirement(catalog, target, rows, unit)
        if needed is not None:
            yield rows, needed


def _flip(catalog: Catalog, found: Verdict) -> float | None:
    """Return by how many percent the figures of a quantity and its parts must move to turn a met or missed target."""
    if found.verdict not in {"met", "missed"}:
        return None
    by_parts = (found.verdict == "met") == (found.target["direction"] in FLOORS)
    series = list(_parts(catalog, found.target)) if by_parts else []
    if found.required is not None:
        rows = indicators.observations(catalog, found.target["indicator"], found.target["region"])
        series.append((requirement.with_rows(requirement.chained(rows, found.required), rows), found.required))
        bounded = bounds.bounds(catalog, found.target["indicator"], found.target["region"])
        if found.reason.startswith("bound_"):
            series.append((bounded.assign(status="reported"), found.required))
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
    known = rows[(rows["end"] == base) & (rows["status"] != "estimate")] if base is not None else rows[:0]
    base_value = float(known["value"].iloc[-1]) if len(known) else None
    kind = str(catalog.row("indicators", target["indicator"])["kind"])
    value, year = target["target_value"] * scale, int(target["target_year"])
    return rules.requirement(target["direction"], value, kind, year, base, base_value)


def _undecided(
    catalog: Catalog, target: dict[str, Any], indicator: dict[str, Any], required: Requirement, same: pd.DataFrame
) -> Verdict:
    drawn = targets_probability.figure_paths(catalog, target["indicator"], target["region"], required)
    evidence = _evidence(same, "same_scope")
    if drawn is not None:
        share, interval = targets_probability.share_reaching(drawn, required), paths.interval(drawn)
        lean = rules.from_probability(share)
        return Verdict(
            target, "open", "probability", share, evidence=evidence, required=required, interval=interval, lean=lean
        )
    other = _other(catalog, target, indicator)
    chain = requirement.chained(same, required, partly=True)
    if len(chain):
        same = pd.concat([same, chain]).sort_values("end", kind="stable", ignore_index=True)
    if len(_recent(same, required, catalog.as_of_year)):
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
    recent = _recent(same, required, catalog.as_of_year)
    published = recent[recent["status"].isin(rules.ANSWERING)]
    last = (published if len(published) else recent).iloc[-1]
    evidence = _with_role(same, int(last.name), "latest")
    if len(published) and last["end"] == required.year:
        return Verdict(target, "open", "inexact", evidence=evidence, required=required, lean="open")
    due = required.year < catalog.as_of_year
    decisive = len(published) > 0 and required.year - last["end"] <= rules.NEAR_YEARS
    if not due or decisive:
        reason = "year_not_published" if due else "not_due"
        return Verdict(target, "open", reason, evidence=evidence, required=required, lean="open")
    at_year = [row for row in other if row["role"] == "other_scope" and row["period"] == str(required.year)]
    if at_year:
        return Verdict(target, "not_assessable", "other_scope", evidence=(*at_year, *evidence[1:]), required=required)
    reason = "last_published" if len(published) else "last_estimated"
    return Verdict(target, "not_assessable", reason, evidence=evidence, required=required)


def _recent(rows: pd.DataFrame, required: Requirement, this_year: int) -> pd.DataFrame:
    """Return the figures of the plan, or of the last years if it is not due; of a change those from its base year."""
    first = required.base if required.base is not None else min(required.year, this_year) - 5
    within = (rows["end"] > first) & (rows["end"] <= required.year)
    return rows[within & ((rows["start"] == required.base) | (required.kind != "change"))]


def _other(catalog: Catalog, target: dict[str, Any], indicator: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return figures that do not answer the target: parts of its quantity, and the same quantity on another scope."""
    found: list[dict[str, Any]] = []
    for role, chosen in (
        ("other_scope", _alike(catalog, "quantity").get(indicator["quantity"], [])),
        ("part", _alike(catalog, "part_of").get(indicator["id"], [])),
    ):
        for other in sorted({*chosen} - {indicator["id"]}):
            rows = indicators.observations(catalog, other, target["region"])
            found += _evidence(rows[rows["end"] > int(target["target_year"]) - 5].iloc[::-1], role)
    if target["variant"] != "firm":
        rows = indicators.observations(catalog, indicator["id"], target["region"])
        found += _evidence(rows, "same_scope")
    return tuple(found)


@cached
def _alike(catalog: Catalog, column: str) -> dict[str, list[str]]:
    """Return the indicators by their value in a column of `data/indicators.csv`, in its order."""
    return {name: list(ids) for name, ids in catalog.read("indicators").groupby(column)["id"]}


def _evidence(rows: pd.DataFrame, role: str) -> tuple[dict[str, Any], ...]:
    columns = (rows[name].tolist() for name in KEPT)
    return tuple({**dict(zip(KEPT, row, strict=True)), "role": role} for row in zip(*columns, strict=True))


def _with_role(rows: pd.DataFrame, chosen: int, role: str = "decides") -> tuple[dict[str, Any], ...]:
    facts = _evidence(rows, "same_scope")
    place = rows.index.get_loc(chosen)
    return ({**facts[place], "role": role}, *facts[:place], *facts[place + 1 :])


def lean_findings(catalog: Catalog) -> Iterator[Problem]:
    """Yield the judged leans that say nothing (any more): the target is decided, or newer figures or paths deny them.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> list(lean_findings(open_catalog()))
        []
    """
    for row in located(catalog, "leans").to_dict("records"):
        found = judge_target(catalog, row["target_id"], row["region"])
        said = f"{row['lean']} for target {row['target_id']} of {row['region']}, judged in {row['checked']}"
        place = (row["file"], int(row["row"]), "lean", said)
        if found.verdict in STRICT:
            yield Problem(*place, f"no row, the target is {found.verdict} by {found.reason}", "medium")
        elif found.newer is not None:
            newer = f"{found.newer['indicator']} {found.newer['period']}"
            yield Problem(*place, f"to be judged anew: {newer} came after it; add it to rests_on", "medium")
        elif leans.contradicted(row["lean"], found.probability):
            yield Problem(*place, f"a lean that the computed probability, {found.probability:.2f}, allows", "high")


def counts(verdicts: list[Verdict]) -> pd.Series:
    """Return the number of counted targets by answer, in the order of `VERDICTS` (see `Verdict.counts`)."""
    found = pd.Series([verdict.answer for verdict in verdicts if verdict.counts], dtype="str")
    return found.value_counts().reindex(VERDICTS, fill_value=0).rename_axis("verdict").rename("targets")


def counts_by_field(catalog: Catalog, verdicts: list[Verdict]) -> pd.DataFrame:
    """Return the number of counted targets by field (rows, order of `data/fields.csv`) and answer (columns)."""
    order = catalog.read("fields").sort_values("sort")["id"]
    counted = pd.DataFrame([(v.target["field"], v.answer) for v in verdicts if v.counts], columns=["field", "verdict"])
    table = pd.crosstab(counted["field"], counted["verdict"])
    return table.reindex(index=order, columns=VERDICTS, fill_value=0)
