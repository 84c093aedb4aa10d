"""Leans: each target that nothing decides says where evidence points, what would settle it and who holds that."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.data.links import breaks
from tanfeng.pages.sentences import PLACEHOLDER, fill_reason, guidance, reason
from tanfeng.targets import leans, verdict
from tanfeng.targets.verdict import STRICT, Verdict, judge, judge_target, lean_findings
from tests.conftest import Run
from tests.targets.test_bounds import change, local

RATES = [("2020/2021", -2.0), ("2021/2022", 1.0), ("2022/2023", -1.0), ("2023/2024", -2.0)]
TYPED = re.compile(r"(?<![0-9.])[0-9]+(?:\.[0-9]+)?(?![0-9.]|th)")
PLAIN = re.compile(r"20[0-9]{2}|0\.30|10")  # years and months of documents, and the factor of one conversion


@pytest.fixture(scope="module")
def counted(live: Catalog) -> list[Verdict]:
    return [one for one in judge(live, "330000", "14FYP") if one.counts]


def gaps(judged: list[Verdict]) -> list[Verdict]:
    return [one for one in judged if one.verdict not in STRICT]


class TestEveryTarget:
    def test_none_without_what_would_settle_it_and_who_holds_it(self, counted: list[Verdict]) -> None:
        for one in gaps(counted):
            for lang in ("zh", "en"):
                assert guidance(one, "settles", lang), one.target["id"]
                assert guidance(one, "holder", lang), one.target["id"]

    def test_none_without_evidence_or_a_line_where_one_looked(self, live: Catalog, counted: list[Verdict]) -> None:
        for one in counted:
            told = one.judged is not None and fill_reason(live, one, one.judged["reason_zh"], "zh")
            assert one.evidence or told, one.target["id"]

    def test_every_reason_reads_as_one_sentence_in_both_languages(self, live: Catalog) -> None:
        for row in live.read("leans").to_dict("records"):
            found = judge_target(live, row["target_id"], row["region"])
            for lang, stop in (("zh", "。"), ("en", ".")):
                said = reason(live, found, lang)
                assert said.endswith(stop), said
                assert not re.search(r"[{}]|\bnan\b", said), said
                assert f"{stop}{stop}" not in said
                assert "  " not in said

    def test_numbers_come_from_the_rows(self, live: Catalog) -> None:
        for row in live.read("leans").to_dict("records"):
            for lang in ("zh", "en"):
                typed = TYPED.findall(PLACEHOLDER.sub("", row[f"reason_{lang}"]))
                assert all(PLAIN.fullmatch(one) for one in typed), (row["target_id"], typed)

    def test_a_lean_is_never_counted_as_a_verdict(self, counted: list[Verdict]) -> None:
        found = verdict.counts(counted)
        assert found["met"] == sum(one.verdict == "met" for one in counted)
        assert found["missed"] == sum(one.verdict == "missed" for one in counted)
        assert found.sum() == len(counted)
        assert all(one.lean == "" for one in counted if one.verdict in STRICT)

    def test_a_computed_probability_does_not_deny_a_judged_lean(self, live: Catalog) -> None:
        for row in live.read("leans").to_dict("records"):
            found = judge_target(live, row["target_id"], row["region"])
            assert not leans.contradicted(row["lean"], found.probability)
        assert list(lean_findings(live)) == []


class TestWhatIsTold:
    def test_a_lean_on_a_decided_target_is_told(self, tables: Path) -> None:
        catalog = local(tables, "waterway_freight_volume", "2025", 12.8, "10^8 t")
        assert [one for one in lean_findings(catalog) if "T03" in one.found and "met" in one.expected]

    def test_an_overtaken_lean_is_told_and_its_figure_speaks(self, tables: Path) -> None:
        catalog = local(tables, "offshore_wind_capacity", "2025-06", 480, "10^4 kW")
        found = judge_target(catalog, "E04")
        assert (found.verdict, found.lean, found.reason) == ("open", "likely_met", "probability")  # of its kind
        assert found.probability_range is None
        assert "480万千瓦" in reason(catalog, found, "zh")
        assert "待重新判断" in reason(catalog, found, "zh")
        assert [one for one in lean_findings(catalog) if "E04" in one.found and "anew" in one.expected]

    def test_newer_evidence_of_another_indicator_keeps_the_lean_and_is_told(self, tables: Path) -> None:
        catalog = local(tables, "thermal_generation_share", "2025", 48.0, "%")
        found = judge_target(catalog, "E14")
        assert found.lean == "likely_missed"
        assert not found.overtaken
        assert "待重新判断" in reason(catalog, found, "zh")

    def test_a_probability_on_the_other_side_of_half_denies_a_lean(self) -> None:
        assert leans.contradicted("likely_met", 0.2)
        assert not leans.contradicted("likely_missed", 0.2)

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("target_id", "Z99"),
            ("rests_on", "offshore_wind_capacity@1999"),
            ("p_low", 0.5),
            ("p_high", None),
            ("source_id", "no_such_source"),
        ],
    )
    def test_a_row_that_does_not_hold_is_an_error(self, catalog: Catalog, column: str, value: object) -> None:
        rows = catalog.read("leans").copy()
        line = rows.index[rows["target_id"] == "E04"][0]
        assert not list(breaks(catalog, "leans", rows))
        rows.loc[line, column] = value
        assert [one.line for one in breaks(catalog, "leans", rows)] == [line]


class TestRecentFigures:
    def test_yearly_rates_up_to_the_year_before_are_chained(self, tables: Path) -> None:
        rows = [
            {
                **{"indicator": "energy_intensity_change_assessment", "region": "330000", "period": period},
                **{"value": str(value), "unit": "%", "bound": "exact", "status": "reported"},
                **{"source_id": "bulletin_2025", "note_zh": "", "note_en": ""},
            }
            for period, value in RATES
        ]
        (tables / "data" / "local").mkdir(exist_ok=True)
        pd.DataFrame(rows).to_csv(tables / "data" / "local" / "observations.csv", index=False)
        catalog = Catalog(tables)
        found = judge_target(catalog, "P01")
        whole = 100 * (0.98 * 1.01 * 0.99 * 0.98 - 1)
        assert (found.verdict, found.lean) == ("open", "open")
        assert (found.evidence[0]["period"], found.evidence[0]["published"]) == (
            "2020/2024",
            pytest.approx(whole, abs=0.01),
        )
        assert "各年变化率连乘" in reason(catalog, found, "zh")

    def test_a_target_of_2030_with_a_figure_of_2025_is_open(self, tables: Path) -> None:
        catalog = local(tables, "non_fossil_share", "2025", 23.0, "%")
        found = judge_target(catalog, "P06")
        assert (found.verdict, found.lean, found.reason) == ("open", "open", "not_due")

    def test_a_reduction_without_a_baseline_is_answered_by_its_own_sum(self, tables: Path) -> None:
        catalog = local(tables, "co2_reduction_energy_transition", "2025", 4100, "10^4 t CO2")
        assert judge_target(catalog, "E18").verdict == "met"


class TestCommand:
    def test_json_says_verdict_lean_range_and_who_holds_it(self, run: Run) -> None:
        code, out, _ = run("targets", "--plan", "14FYP", "--format", "json")
        assert code == 0
        records = {one["id"]: one for one in json.loads(out)}
        keys = [
            "id",
            "name",
            "indicator",
            "region",
            "field",
            "plan",
            "target",
            "verdict",
            "lean",
            "probability",
            "probability_range",
            "light",
            "reason",
            "evidence",
            "settles",
            "holder",
        ]
        assert all(set(keys) <= set(one) for one in records.values())
        assert records["E05"]["verdict"] == "missed"
        assert records["E05"]["lean"] is None
        assert records["P03"]["lean"] == "likely_missed"
        assert len(records["P03"]["probability_range"]) == 2
        assert records["P03"]["settles"]
        assert records["P03"]["holder"]
        assert records["E02"]["settles"] is None
        assert all(one["light"] != "green" for one in records.values() if one["verdict"] == "not_assessable")

    def test_evidence_gives_value_and_unit_as_published(self, catalog: Catalog, run: Run) -> None:
        _, out, _ = run("targets", "--plan", "14FYP", "--format", "json")
        shipped = catalog.read("observations")
        key = ["indicator", "region", "period", "value", "unit"]
        known = set(shipped[key].itertuples(index=False, name=None))
        for one in json.loads(out):
            for row in one["evidence"]:
                if row["role"] == "bound" or "各年变化率连乘" in row["note"]:
                    continue
                assert tuple(row[name] for name in key) in known, (one["id"], row)


def test_a_lean_whose_figures_change_says_the_new_ones(tables: Path) -> None:
    where = {"indicator": "offshore_wind_capacity", "region": "330000", "period": "2024"}
    catalog = change(tables, "observations", where, value="480")
    said = reason(catalog, judge_target(catalog, "E04"), "zh")
    assert "480万千瓦" in said
    assert "20万千瓦" in said
