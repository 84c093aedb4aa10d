"""Golden verdicts of Zhejiang, and what may and may not turn them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tanfeng.checks import magnitude
from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.pages.sentences import reason
from tanfeng.pages.standings import needed
from tanfeng.targets.rules import VERDICTS
from tanfeng.targets.verdict import Verdict, counts, counts_by_field, judge, judge_target

MET = ["E01", "E02", "E03", "E06", "E09", "E11", "E08", "T01", "T01b", "T09", "T09b", "A09", "P07"]
LIKELY = ["E04"]
SCOPE_UNKNOWN = ["P02", "P03"]
OTHER_SCOPE = ["A01", "A02"]
REFERENCE = ["E02b", "E08s", "E09s", "E19", "E20", "I01s"]
DECIDED = {"met", "missed", "likely_met", "likely_missed", "open"}


def read(root: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(root / "data" / f"{name}.csv", dtype=str, keep_default_na=False)


def write(root: Path, name: str, rows: pd.DataFrame) -> None:
    rows.to_csv(root / "data" / f"{name}.csv", index=False)


def observe(root: Path, indicator: str, period: str, value: float, **more: str) -> Catalog:
    """Add an observation to the copied tables, where nothing decides E03, and open them."""
    defaults = {
        "region": "330000",
        "unit": "10^4 kW",
        "bound": "exact",
        "status": "reported",
        "source_id": "xinhua_capacity_2025_06",
    }
    row = {**defaults, "indicator": indicator, "period": period, "value": str(value), **more}
    known = read(root, "observations")
    known = known[(known["indicator"] != "wind_capacity") | (known["period"] != "2024-10")]
    write(root, "observations", pd.concat([known, pd.DataFrame([row])]).fillna(""))
    return Catalog(root)


def change(root: Path, where: dict[str, str], **values: str) -> Catalog:
    """Change the observations that match and open the tables."""
    rows = read(root, "observations")
    chosen = (rows[list(where)] == pd.Series(where)).all(axis=1)
    assert chosen.any()
    rows.loc[chosen, list(values)] = list(values.values())
    write(root, "observations", rows)
    return Catalog(root)


def essence(verdict: Verdict) -> tuple[str, str, str]:
    return verdict.target["id"], verdict.verdict, verdict.reason


@pytest.fixture(scope="module")
def judged(catalog: Catalog) -> dict[str, Verdict]:
    return {verdict.target["id"]: verdict for verdict in judge(catalog, "330000", "14FYP")}


class TestGolden:
    @pytest.mark.parametrize("target", MET)
    def test_met_by_a_published_figure(self, judged: dict[str, Verdict], target: str) -> None:
        verdict = judged[target]
        assert verdict.verdict == "met"
        assert verdict.evidence[0]["role"] in {"decides", "part"}
        assert verdict.evidence[0]["status"] in {"reported", "adjusted"}

    @pytest.mark.parametrize("target", SCOPE_UNKNOWN)
    def test_coal_has_no_published_scope(self, judged: dict[str, Verdict], target: str) -> None:
        assert essence(judged[target]) == (target, "open", "lean")
        assert all(row["role"] != "decides" for row in judged[target].evidence)

    def test_energy_intensity_is_not_met(self, judged: dict[str, Verdict]) -> None:
        assert judged["P01"].verdict not in {"met", "likely_met"}

    @pytest.mark.parametrize("target", OTHER_SCOPE)
    def test_forest_is_not_compared_across_scopes(self, judged: dict[str, Verdict], target: str) -> None:
        assert essence(judged[target]) == (target, "not_assessable", "silent")
        assert {row["role"] for row in judged[target].evidence if row["period"] == "2025"} == {"supports"}

    @pytest.mark.parametrize("target", LIKELY)
    def test_wind_is_likely(self, judged: dict[str, Verdict], target: str) -> None:
        found = judged[target]
        assert (found.verdict, found.lean) == ("open", "likely_met")
        assert found.probability is not None
        assert found.probability > 0.8

    def test_gdp_has_a_probability(self, catalog: Catalog) -> None:
        verdict = judge_target(catalog, "P08")
        assert (verdict.verdict, verdict.lean) == ("open", "likely_missed")
        assert verdict.probability is not None
        assert 0 <= verdict.probability < 0.05

    @pytest.mark.parametrize("target", REFERENCE)
    def test_a_draft_or_stretch_row_decides_nothing(self, judged: dict[str, Verdict], target: str) -> None:
        assert essence(judged[target]) == (target, "not_assessable", "reference_only")
        assert not judged[target].counts
        assert all(row["role"] not in {"decides", "latest"} for row in judged[target].evidence)

    def test_those_are_all_drafts_and_stretch_rows(self, judged: dict[str, Verdict]) -> None:
        assert {name for name, v in judged.items() if v.target["variant"] != "firm"} == set(REFERENCE)
        assert {name for name, v in judged.items() if v.reason == "reference_only"} == set(REFERENCE)

    def test_the_deciding_figures(self, judged: dict[str, Verdict]) -> None:
        found = {name: judged[name].evidence[0] for name in MET}
        assert {name: (row["period"], row["published"]) for name, row in found.items() if name[0] == "E"} == {
            "E01": ("2025-06", 16500.0),
            "E02": ("2025-06", 5947.0),
            "E03": ("2024-10", 643.0),
            "E06": ("2025-12", 1030.5),
            "E08": ("2025-06", 5947.0),
            "E09": ("2025-06", 5947.0),
            "E11": ("2025-06", 4943.0),
        }
        assert (found["E08"]["role"], found["T01"]["role"]) == ("part", "part")


class TestEveryTarget:
    @pytest.mark.parametrize("region", ["330000", "100000"])
    def test_exactly_one_verdict_each(self, live: Catalog, region: str) -> None:
        targets = live.read("targets").query("region == @region")["id"].tolist()
        found = judge(live, region)
        assert [verdict.target["id"] for verdict in found] == targets
        assert all(verdict.answer in VERDICTS for verdict in found)
        assert all(bool(verdict.lean) == (verdict.verdict == "open") for verdict in found)

    def test_no_row_of_another_region_appears(self, catalog: Catalog) -> None:
        for verdict in judge(catalog, "330000"):
            assert verdict.target["region"] == "330000"
            assert {row["region"] for row in verdict.evidence} <= {"330000"}, verdict.target["id"]

    def test_what_is_decided_has_evidence_and_what_is_likely_a_probability(self, live: Catalog) -> None:
        for verdict in judge(live, "330000"):
            assert verdict.probability is None or verdict.verdict == "open", verdict.target["id"]
            if verdict.answer in DECIDED:
                assert verdict.evidence, verdict.target["id"]
            if verdict.lean.startswith("likely"):
                assert verdict.probability is not None or verdict.probability_range is not None

    def test_what_is_called_published_is_published(self, live: Catalog) -> None:
        for verdict in judge(live, "330000"):
            if verdict.reason in {"reached", "fell_short", "part_reached", "year_not_published", "last_published"}:
                assert verdict.evidence[0]["status"] in {"reported", "adjusted"}, verdict.target["id"]

    def test_counts_leave_out_repetitions_drafts_and_stretch_rows(self, catalog: Catalog) -> None:
        found = judge(catalog, "330000", "14FYP")
        twice = {"E09", "T09b"}  # follows from E02; another figure of another document for the same as T09
        wanted = [v for v in found if v.target["variant"] == "firm" and not v.target["same_as"]]
        assert twice <= {v.target["id"] for v in wanted}
        wanted = [v for v in wanted if v.target["id"] not in twice]
        assert counts(found).sum() == len(wanted)
        assert counts_by_field(catalog, found).to_numpy().sum() == len(wanted)
        assert counts(found)["met"] == sum(v.verdict == "met" for v in wanted)

    def test_a_region_or_plan_without_targets_is_named(self, catalog: Catalog) -> None:
        with pytest.raises(ProjectError, match="310000"):
            judge(catalog, "310000")
        with pytest.raises(ProjectError, match="16FYP"):
            judge(catalog, "330000", "16FYP")


class TestTablesInAnotherForm:
    def test_the_order_of_rows_does_not_matter(self, catalog: Catalog, tables: Path) -> None:
        for name in ("observations", "targets"):
            write(tables, name, read(tables, name).sample(frac=1, random_state=7))
        before = {v.target["id"]: v for v in judge(catalog, "330000")}
        after = {v.target["id"]: v for v in judge(Catalog(tables), "330000")}
        assert {essence(v) for v in after.values()} == {essence(v) for v in before.values()}
        for name, verdict in after.items():
            assert verdict.probability == pytest.approx(before[name].probability, abs=0.01), name

    @pytest.mark.parametrize("last", [False, True])
    @pytest.mark.parametrize(("period", "source"), [("2025-12", "xinhua_capacity_2025_06"), ("2025", "xinhua_pv_2020")])
    def test_two_figures_of_one_moment_decide_nothing_in_either_order(
        self, tables: Path, period: str, source: str, last: bool
    ) -> None:
        pair = [("2025", 650, "xinhua_capacity_2025_06"), (period, 600, source)]
        for when, value, where in reversed(pair) if last else pair:
            observe(tables, "wind_capacity", when, value, source_id=where)
        found = judge_target(Catalog(tables), "E03")
        assert essence(found) == ("E03", "not_assessable", "sources_disagree")
        assert {row["value"] for row in found.evidence if row["role"] in {"latest", "disputes"}} == {650.0, 600.0}
        assert all(shown in reason(Catalog(tables), found, "zh") for shown in ("650万千瓦", "600万千瓦", "不一致"))

    @pytest.mark.parametrize("last", [False, True])
    def test_the_better_source_decides_in_either_order(self, tables: Path, last: bool) -> None:
        for value, source in [(650, "xinhua_capacity_2025_06"), (600, "bulletin_2022")][:: -1 if last else 1]:
            observe(tables, "wind_capacity", "2025", value, source_id=source)
        assert judge_target(Catalog(tables), "E03").verdict == "met"

    @pytest.mark.parametrize("last", [False, True])
    def test_two_figures_that_agree_on_the_answer_decide(self, tables: Path, last: bool) -> None:
        for when, value in [("2025", 650), ("2025-12", 660)][:: -1 if last else 1]:
            observe(tables, "wind_capacity", when, value)
        found = judge_target(Catalog(tables), "E03")
        assert (found.verdict, found.evidence[0]["period"]) == ("met", "2025")

    @pytest.mark.parametrize("source", ["zj_zero_waste_plan_2022", "barometer_2011_h1"])
    def test_a_step_of_a_chain_that_is_contradicted_decides_nothing(self, tables: Path, source: str) -> None:
        rows = read(tables, "observations")
        step = rows[(rows["indicator"] == "co2_intensity_change") & (rows["period"] == "2024/2025")].iloc[0]
        sources = read(tables, "sources")
        grades = sources.set_index("id")["grade"]
        sources.loc[sources["id"] == source, "grade"] = grades[step["source_id"]]
        write(tables, "sources", sources)
        new = {**step.to_dict(), "value": "-11.9", "source_id": source}
        write(tables, "observations", pd.concat([rows, pd.DataFrame([new])]))
        assert judge_target(Catalog(tables), "N02").reason == "sources_disagree"

    @pytest.mark.parametrize(("one", "other"), [(20, 200), (200, 20)])
    def test_a_base_that_is_contradicted_decides_nothing(self, tables: Path, one: int, other: int) -> None:
        observe(tables, "offshore_wind_capacity", "2020", one)
        observe(tables, "offshore_wind_capacity", "2020", other, source_id="xinhua_pv_2020")
        found = judge_target(observe(tables, "offshore_wind_capacity", "2025", 520), "E10")
        assert essence(found) == ("E10", "not_assessable", "sources_disagree")

    @pytest.mark.parametrize(("one", "other"), [(650, 600), (600, 650)])
    def test_a_month_before_the_end_that_is_contradicted_decides_nothing(
        self, tables: Path, one: int, other: int
    ) -> None:
        observe(tables, "wind_capacity", "2025-11", one)
        found = judge_target(observe(tables, "wind_capacity", "2025-11", other, source_id="xinhua_pv_2020"), "E03")
        assert found.reason == "sources_disagree"

    def test_a_later_figure_that_is_short_takes_back_what_was_reached(self, tables: Path) -> None:
        observe(tables, "wind_capacity", "2024-12", 650)
        assert judge_target(observe(tables, "wind_capacity", "2025-06", 620), "E03").verdict == "open"

    def test_twelve_months_are_the_year(self, tables: Path) -> None:
        rows = read(tables, "observations")
        write(tables, "observations", rows[~rows["indicator"].isin(["pv_new_capacity", "pv_distributed_new_capacity"])])
        found = judge_target(observe(tables, "pv_new_capacity", "2022-01/2022-12", 420), "E26")
        assert found.verdict == "missed"

    @pytest.mark.parametrize(("value", "bound"), [(641, "about"), (600, "at_least"), (700, "at_most")])
    def test_a_published_figure_that_is_inexact_is_not_called_unpublished(
        self, tables: Path, value: int, bound: str
    ) -> None:
        found = judge_target(observe(tables, "wind_capacity", "2025", value, bound=bound), "E03")
        assert essence(found) == ("E03", "open", "inexact")
        assert "未公布" not in reason(Catalog(tables), found, "zh")

    def test_a_cap_is_kept_not_exceeded(self, tables: Path) -> None:
        catalog = observe(tables, "coal_power_generation_share", "2025", 45, unit="%")
        sentence = reason(catalog, judge_target(catalog, "E14"), "zh")
        assert "45%，符合2025年不超过50%的目标" in sentence

    def test_an_increase_is_told_from_the_base_it_is_judged_by(self, tables: Path) -> None:
        catalog = change(tables, {"indicator": "pv_capacity", "period": "2020"}, value="1600")
        found = judge_target(catalog, "E09")
        assert found.base is not None
        gain = found.evidence[0]["value"] - found.base[1]
        assert f"增加{gain:g}万千瓦" in reason(catalog, found, "zh")

    def test_parts_that_disagree_show_nothing(self, tables: Path) -> None:
        for when, value in [("2025", 650), ("2025-12", 400)]:
            observe(tables, "offshore_wind_capacity", when, value)
        assert judge_target(Catalog(tables), "E03").verdict == "open"

    @pytest.mark.parametrize(("whole", "reason_"), [(-18.5, "sources_disagree"), (-12.6, "fell_short")])
    def test_a_published_change_that_its_years_deny_decides_nothing(
        self, tables: Path, whole: float, reason_: str
    ) -> None:
        place = {"region": "100000", "unit": "%", "source_id": "national_bulletin_2025"}
        catalog = observe(tables, "co2_intensity_change", "2020/2025", whole, **place)
        found = judge_target(catalog, "N02")
        assert found.reason == reason_
        if reason_ == "sources_disagree":
            assert [row["value"] for row in found.evidence if row["role"] == "latest"] == [-18.5]
            assert [row["value"] for row in found.evidence if row["role"] == "disputes"] == [-12.42]
            assert "12.42%" in reason(catalog, found, "zh")
        assert magnitude.check(catalog) == []

    @pytest.mark.parametrize(
        ("value", "bound", "light"),
        [
            (639, "exact", "yellow"),
            (639, "about", "not_rated"),
            (645, "about", "not_rated"),
            (600, "at_least", "not_rated"),
            (700, "at_most", "not_rated"),
            (630, "at_most", "not_rated"),
            (500, "at_most", "red"),
        ],
    )
    def test_the_light_follows_the_bound_as_the_verdict_does(
        self, tables: Path, value: int, bound: str, light: str
    ) -> None:
        observe(tables, "wind_capacity", "2020", 186)
        assert judge_target(observe(tables, "wind_capacity", "2025", value, bound=bound), "E03").light == light

    def test_another_unit_of_the_same_kind(self, judged: dict[str, Verdict], tables: Path) -> None:
        rows = read(tables, "observations")
        chosen = rows["indicator"].isin(["pv_capacity", "wind_capacity", "pumped_storage_capacity"])
        rows.loc[chosen, "value"] = [f"{float(value) / 100:.6f}" for value in rows.loc[chosen, "value"]]
        rows.loc[chosen, "unit"] = "GW"
        write(tables, "observations", rows)
        other = Catalog(tables)
        for target in ("E02", "E03", "E06", "E08", "E09"):
            assert essence(judge_target(other, target)) == essence(judged[target])
        assert judge_target(other, "E02").evidence[0]["published_unit"] == "GW"

    def test_a_target_in_another_unit(self, judged: dict[str, Verdict], tables: Path) -> None:
        rows = read(tables, "targets")
        chosen = rows["id"].isin(["E02", "E03", "E09"])
        for column in ("base_value", "target_value"):
            rows.loc[chosen, column] = [f"{float(v) / 100:.6f}" if v else "" for v in rows.loc[chosen, column]]
        rows.loc[chosen, "unit"] = "GW"
        write(tables, "targets", rows)
        for target in ("E02", "E03", "E09"):
            assert essence(judge_target(Catalog(tables), target)) == essence(judged[target])


class TestWhatTurnsATarget:
    @pytest.mark.parametrize(("value", "verdict"), [(650, "met"), (641, "met"), (640.9, "missed"), (630, "missed")])
    def test_a_figure_of_the_target_year(self, tables: Path, value: float, verdict: str) -> None:
        assert judge_target(observe(tables, "wind_capacity", "2025", value), "E03").verdict == verdict

    def test_reached_before_the_target_year(self, tables: Path) -> None:
        assert judge_target(observe(tables, "wind_capacity", "2025-06", 641), "E03").verdict == "met"

    def test_a_figure_after_the_target_year_does_not_answer(self, tables: Path) -> None:
        assert judge_target(observe(tables, "wind_capacity", "2026-03", 700), "E03").verdict == "open"

    def test_a_figure_of_another_region_does_not_answer(self, tables: Path) -> None:
        assert judge_target(observe(tables, "wind_capacity", "2025", 700, region="100000"), "E03").verdict == "open"

    @pytest.mark.parametrize("value", [630, 650])
    def test_an_estimate_decides_nothing(self, tables: Path, value: float) -> None:
        found = judge_target(observe(tables, "wind_capacity", "2025", value, status="estimate"), "E03")
        assert found.verdict == "open"
        assert all(row["status"] != "estimate" for row in found.evidence if row["role"] in {"decides", "latest"})

    def test_an_estimate_does_not_hide_a_published_figure(self, tables: Path) -> None:
        observe(tables, "wind_capacity", "2025", 650)
        catalog = observe(tables, "wind_capacity", "2025", 600, status="estimate", source_id="xinhua_pv_2020")
        assert judge_target(catalog, "E03").verdict == "met"

    @pytest.mark.parametrize(("bound", "verdict"), [("at_least", "met"), ("at_most", "open")])
    def test_a_bound_answers_in_its_own_direction_only(self, tables: Path, bound: str, verdict: str) -> None:
        assert judge_target(observe(tables, "wind_capacity", "2025", 650, bound=bound), "E03").verdict == verdict

    def test_a_draft_never_decides_however_clear_the_figure(self, tables: Path) -> None:
        catalog = observe(tables, "renewable_capacity", "2025", 99999)
        assert essence(judge_target(catalog, "E19"))[1:] == ("not_assessable", "reference_only")

    def test_a_figure_for_a_plan_without_a_scope_answers_and_says_on_which(self, tables: Path) -> None:
        note = {"note_zh": "省能源局口径", "note_en": "scope of the bureau"}
        catalog = observe(tables, "coal_consumption_plan_scope", "2025", 1.3, unit="10^8 t", **note)
        found = judge_target(catalog, "P03")
        assert (found.verdict, found.lean) == ("missed", "")
        assert "省能源局口径" in reason(catalog, found, "zh")
        assert "scope of the bureau" in reason(catalog, found, "en")

    @pytest.mark.parametrize(("value", "verdict"), [("-14.6", "met"), ("-14.4", "missed")])
    def test_energy_intensity_on_the_assessment_scope_would_answer(
        self, tables: Path, value: str, verdict: str
    ) -> None:
        catalog = observe(tables, "energy_intensity_change_assessment", "2020/2025", float(value), unit="%")
        assert judge_target(catalog, "P01").verdict == verdict


class TestAPart:
    PORT = "sea_rail_containers_port"

    def _port(self, tables: Path, value: str) -> Catalog:
        for period in ("2025", "2025-01/2025-12"):
            catalog = change(tables, {"indicator": self.PORT, "period": period}, value=value, bound="exact")
        return catalog

    @pytest.mark.parametrize("value", ["150", "199.9"])
    def test_a_part_below_the_target_shows_nothing(self, tables: Path, value: str) -> None:
        found = judge_target(self._port(tables, value), "T01")
        assert found.verdict not in {"met", "missed"}

    def test_a_part_that_reaches_the_target_is_enough(self, tables: Path) -> None:
        found = judge_target(self._port(tables, "210"), "T01")
        assert essence(found) == ("T01", "met", "part_reached")

    def test_a_figure_of_the_whole_goes_before_its_part(self, tables: Path) -> None:
        self._port(tables, "180")
        catalog = observe(tables, "sea_rail_containers", "2025", 190, unit="10^4 TEU")
        assert essence(judge_target(catalog, "T01")) == ("T01", "missed", "fell_short")

    @pytest.mark.parametrize("port", ["195", "210"])  # larger than the whole; and all that is asked for by itself
    def test_a_whole_below_its_own_part_is_not_missed(self, tables: Path, port: str) -> None:
        self._port(tables, port)
        catalog = observe(tables, "sea_rail_containers", "2025", 190, unit="10^4 TEU")
        found = judge_target(catalog, "T01")
        assert essence(found) == ("T01", "not_assessable", "sources_disagree")
        told = [(row["indicator"], row["value"]) for row in found.evidence if row["role"] in {"latest", "disputes"}]
        assert told == [("sea_rail_containers", 190.0), (self.PORT, float(port))]
        assert all(one in reason(catalog, found, "zh") for one in ("190万标箱", f"{port}万标箱", "不一致"))


class TestChain:
    def test_yearly_changes_chain_to_the_change_over_the_plan(self, catalog: Catalog) -> None:
        found = judge_target(catalog, "N02")
        assert essence(found) == ("N02", "missed", "fell_short")
        first = found.evidence[0]
        assert (first["period"], first["published"]) == ("2020/2025", pytest.approx(-12.42, abs=0.01))

    def test_a_chained_change_cites_all_its_rates_and_is_called_computed(self, catalog: Catalog) -> None:
        found = judge_target(catalog, "N02")
        assert len(found.evidence[0]["source_id"].split()) > 1
        assert found.evidence[0]["grade"] == "C"
        assert "由公布的各年变化率连乘" in reason(catalog, found, "zh")
        assert "computed from" in reason(catalog, found, "en")

    def test_a_missing_year_breaks_the_chain(self, tables: Path) -> None:
        rows = read(tables, "observations")
        gap = (
            (rows["indicator"] == "co2_intensity_change")
            & (rows["region"] == "100000")
            & (rows["period"] == "2022/2023")
        )
        assert gap.any()
        write(tables, "observations", rows[~gap])
        assert judge_target(Catalog(tables), "N02").verdict not in {"met", "missed"}

    def test_an_estimate_breaks_the_chain(self, tables: Path) -> None:
        where = {"indicator": "co2_intensity_change", "region": "100000", "period": "2022/2023"}
        assert judge_target(change(tables, where, status="estimate"), "N02").verdict not in {"met", "missed"}

    def test_a_published_change_over_the_plan_goes_before_the_chain(self, tables: Path) -> None:
        catalog = observe(tables, "co2_intensity_change", "2020/2025", -12.8, unit="%", region="100000")
        found = judge_target(catalog, "N02")
        assert (found.verdict, found.evidence[0]["published"]) == ("missed", -12.8)


def test_evidence_keeps_figure_unit_status_grade_and_source(catalog: Catalog) -> None:
    sources = set(catalog.read("sources")["id"])
    wanted = {
        "indicator",
        "region",
        "period",
        "published",
        "published_unit",
        "bound",
        "status",
        "grade",
        "source_id",
        "role",
    }
    rows: list[dict[str, Any]] = [row for verdict in judge(catalog, "330000") for row in verdict.evidence]
    assert len(rows) > 30
    for row in rows:
        assert wanted <= set(row)
        assert set(row["source_id"].split()) <= sources
        assert row["grade"] in {"A", "B", "C", "own"}


class TestFlipDistance:
    """Moving the figures of the plan by the flip distance turns the verdict; moving them a little less does not."""

    @staticmethod
    def _moved(root: Path, verdict: Verdict, pct: float) -> Catalog:
        known = read(root, "indicators")
        own = verdict.target["indicator"]
        names = {own, *known.loc[known["part_of"] == own, "id"]}
        rows = read(root, "observations")
        mask = rows["indicator"].isin(names) & (rows["region"] == verdict.target["region"])
        base = str(int(verdict.target["base_year"])) if not pd.isna(verdict.target["base_year"]) else ""
        mask &= rows["period"] != base
        rows.loc[mask, "value"] = [repr(float(value) * (1 + pct / 100)) for value in rows.loc[mask, "value"]]
        write(root, "observations", rows)
        return Catalog(root)

    @pytest.mark.parametrize("beyond", [False, True])
    @pytest.mark.parametrize("target", [*MET, "E23"])
    def test_the_verdict_turns_there_and_not_before(
        self, catalog: Catalog, tables: Path, target: str, beyond: bool
    ) -> None:
        verdict = judge_target(catalog, target)
        assert verdict.flip_pct is not None
        assert verdict.flip_pct <= 0  # all of these ask for a figure of at least so much
        step = -1e-4 if beyond else 1e-4
        found = judge_target(self._moved(tables, verdict, verdict.flip_pct + step), target)
        assert (found.verdict != verdict.verdict) == beyond

    def test_what_no_figure_decides_has_none(self, catalog: Catalog) -> None:
        for verdict in judge(catalog, "330000"):
            assert (verdict.flip_pct is not None) == (verdict.verdict in {"met", "missed"}), verdict.target["id"]


class TestProgress:
    def test_a_light_needs_a_figure(self, catalog: Catalog) -> None:
        for verdict in judge(catalog, "330000"):
            known = verdict.progress is not None and verdict.progress.last is not None
            decided = verdict.verdict in {"met", "missed"} and verdict.evidence[0]["role"] != "bound"
            assert verdict.light == "not_rated" or known or verdict.verdict in {"met", "missed"}, verdict.target["id"]
            assert verdict.light != "not_rated" or not (known or decided), verdict.target["id"]
            assert verdict.light != "green" or verdict.verdict != "not_assessable", verdict.target["id"]

    @pytest.mark.parametrize(
        ("value", "light"),
        [(2000, "red"), (2485, "red"), (2486, "yellow"), (2761, "yellow"), (2762, "green"), (9000, "green")],
    )
    def test_a_better_figure_never_worsens_the_light(self, tables: Path, value: int, light: str) -> None:
        rows = read(tables, "observations")
        write(tables, "observations", rows[(rows["indicator"] != "pv_capacity") | (rows["period"] == "2020")])
        assert judge_target(observe(tables, "pv_capacity", "2025", value), "E02").light == light

    def test_schedule_and_pace_of_an_open_target(self, catalog: Catalog) -> None:
        found = judge_target(catalog, "K01").progress
        assert found is not None
        assert found.last is not None
        assert (found.last.year, found.last.light, found.pace) == (2025, "green", "on_track")
        assert found.needed[2027] == pytest.approx(3.4)
        assert [step.year for step in found.steps] == list(range(2021, 2028))

    def test_schedule_of_an_unpublished_reduction(self, catalog: Catalog) -> None:
        found = judge_target(catalog, "P01")
        assert found.light == "not_rated"
        assert found.progress is not None
        assert [round(step.compound or 0, 2) for step in found.progress.steps] == [-3.08, -6.07, -8.97, -11.78, -14.5]

    def test_a_figure_of_june_is_held_against_what_june_asks(self, catalog: Catalog) -> None:
        found = judge_target(catalog, "E02").progress
        assert found is not None
        june = found.steps[-1]
        assert june.known is not None
        assert june.known.end == 2024.5
        assert june.required == pytest.approx(2762)
        assert june.asked == pytest.approx((2762 + 2513) / 2)
        assert found.recent_pace == pytest.approx((5947 - 1517) / 4.5)

    @pytest.mark.parametrize(("value", "light"), [(2389, "green"), (2388, "yellow")])
    def test_the_light_of_a_figure_within_the_year(self, tables: Path, value: int, light: str) -> None:
        rows = read(tables, "observations")
        write(tables, "observations", rows[(rows["indicator"] != "pv_capacity") | (rows["period"] == "2020")])
        assert judge_target(observe(tables, "pv_capacity", "2024-06", value), "E02").progress.last.light == light

    @pytest.mark.parametrize(("base", "scheduled"), [("2761", True), ("2762", False)])
    def test_no_schedule_leads_to_what_the_base_has(self, tables: Path, base: str, scheduled: bool) -> None:
        rows = read(tables, "targets")
        rows.loc[rows["id"] == "E02", "base_value"] = base
        write(tables, "targets", rows)
        assert (judge_target(Catalog(tables), "E02").progress is not None) == scheduled

    def test_nothing_is_needed_in_years_that_are_over(self, catalog: Catalog) -> None:
        for verdict in judge(catalog, "330000"):
            if verdict.target["target_year"] < catalog.as_of_year:
                assert needed(catalog, verdict, "zh") == "", verdict.target["id"]

    def test_a_month_of_a_flow_is_not_its_year(self, tables: Path) -> None:
        found = judge_target(observe(tables, "natural_gas_consumption", "2025-12", 400, unit="10^8 m3"), "E15")
        assert found.verdict == "open"

    def test_interval_of_level_and_of_change(self, catalog: Catalog) -> None:
        found = judge_target(catalog, "P08")
        assert found.interval is not None
        assert found.change_interval is not None
        assert found.base is not None
        assert [100 * (end / found.base[1] - 1) for end in found.interval] == pytest.approx(list(found.change_interval))


class TestTies:
    @pytest.mark.parametrize(
        ("target", "ties"),
        [
            ("T09", [("T09b", "conflict")]),
            ("P04", [("P04b", "repeated"), ("P04c", "repeated")]),
            ("E02", [("E02b", "conflict"), ("E09", "implied")]),
            ("T04", [("T04b", "other_scope")]),
            ("A04b", [("A04", "conflict")]),
            ("E02b", [("E02", "conflict")]),
            ("C01b", [("C01", "repeated")]),
            ("E08s", []),
        ],
    )
    def test_what_belongs_together(self, catalog: Catalog, target: str, ties: list[tuple[str, str]]) -> None:
        assert [(tie.target["id"], tie.kind) for tie in judge_target(catalog, target).ties] == ties

    def test_of_targets_of_one_indicator_and_year_one_is_counted(self, live: Catalog) -> None:
        judged = {verdict.target["id"]: verdict for verdict in judge(live, "330000")}
        for verdict in judged.values():
            one = [tie.target["id"] for tie in verdict.ties if tie.kind in {"repeated", "conflict", "implied"}]
            firm = [name for name in [verdict.target["id"], *one] if judged[name].target["variant"] == "firm"]
            assert sum(judged[name].counts for name in firm) == bool(firm), firm

    def test_what_is_not_counted_repeats_a_counted_one(self, live: Catalog) -> None:
        for verdict in judge(live, "330000"):
            if verdict.target["same_as"]:
                assert verdict.target["same_as"] in {tie.target["id"] for tie in verdict.ties}, verdict.target["id"]
