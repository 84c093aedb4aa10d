"""Frozen outlooks: never changed, checked, and scored only by what was published since."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Self
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.cli import freeze
from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.facts import emissions
from tanfeng.outlook import paths, skill
from tanfeng.pages import text
from tanfeng.pages.charts import archive as archive_charts
from tanfeng.pages.reports import hindcasts as hindcasts_report
from tanfeng.pages.table import pick
from tanfeng.targets import ahead
from tanfeng.targets.lookback import archive, hindcasts
from tests.conftest import Run

REGION = "330000"
INDEX = Path("data", "vintages", "index.csv")


@pytest.fixture(scope="module")
def scored(catalog: Catalog) -> pd.DataFrame:
    return archive.scores(catalog, REGION)


@pytest.fixture
def clock() -> Iterator[None]:
    """The day is 2026-11-24; it reaches no value that tests share, so it is no `monkeypatch`."""

    class Day(date):
        @classmethod
        def today(cls) -> Self:
            return cls(2026, 11, 24)

    with mock.patch.object(freeze, "day", Day):
        yield


@pytest.fixture(scope="module")
def told(catalog: Catalog) -> pd.DataFrame:
    return archive.statements(catalog, REGION)


class TestShipped:
    def test_three_hindcasts_and_an_outlook(self, catalog: Catalog) -> None:
        rows = archive.frozen_register(catalog).set_index("id")
        for year in (2010, 2015, 2019):
            assert rows.loc[f"hindcast_{year}", ["kind", "region", "last_year"]].tolist() == ["hindcast", REGION, year]
        assert (rows["kind"] == "outlook").any()

    def test_every_field_and_year_to_2035(self, catalog: Catalog) -> None:
        names = {*emissions.emitting_fields(catalog), "total"}
        for row in archive.frozen_register(catalog).itertuples():
            found = archive.read_frozen(catalog, row.id).query("statement == 'emissions'")
            assert set(found["item"]) == names
            for _, part in found.groupby("item"):
                assert part["year"].tolist() == list(range(row.last_year, 2036))

    def test_the_outlook_holds_what_the_page_ahead_prints(self, catalog: Catalog) -> None:
        rows = archive.read_frozen(catalog, "outlook_2026-11").query("statement == 'intensity'")
        said = {(row.item, row.account): row.p_target for row in rows.itertuples()}
        assert set(rows["year"]) == {2030}
        assert {name: round(100 * share) for name, share in said.items()} == {
            ("P05", "direct"): 47,
            ("P05", "assessment"): 13,
            ("N03", "direct"): 37,
            ("N03", "assessment"): 25,
        }

    def test_nothing_is_wrong(self, live: Catalog) -> None:
        assert archive.check_frozen(live) == []


class TestRows:
    def test_the_outlook_is_the_one_shown(self, catalog: Catalog) -> None:
        rows = archive.outlook_rows(catalog, REGION).query("statement == 'emissions' and year > 2022")
        shown = paths.fields(catalog, REGION).query("field == 'total' and status == 'forecast'")
        mine = rows[rows["item"] == "total"]
        for name in archive.FIGURES:
            assert mine[name].to_numpy() == pytest.approx(shown[name].to_numpy(), abs=1e-3)
        peak = paths.peak(catalog, REGION)["p_peaked_by"].to_numpy()
        frozen_peak = archive.outlook_rows(catalog, REGION).query("item == 'total'")["p_peaked_by"].dropna()
        assert frozen_peak.to_numpy() == pytest.approx(peak, abs=1e-4)

    def test_targets_with_a_probability_and_no_other(self, catalog: Catalog) -> None:
        rows = archive.outlook_rows(catalog, REGION).query("statement == 'target'")
        assert rows["p_target"].between(0, 1).all()
        assert "P08" in set(rows["item"])
        assert "P07" not in set(rows["item"]), "a figure decides it"
        assert archive.outlook_rows(catalog, "320000").query("statement == 'target'").empty

    def test_intensity_on_both_accounts_is_that_of_the_joint_paths(self, catalog: Catalog) -> None:
        rows = archive.outlook_rows(catalog, REGION).query("statement == 'intensity'").set_index(["item", "account"])
        for item, asked_of in (("P05", REGION), ("N03", "100000")):
            for way in ahead.ways(catalog, REGION, asked_of):
                found = rows.loc[(item, way.account)]
                assert (found["year"], found["p_target"]) == (way.year, pytest.approx(way.probability, abs=1e-4))
        assert len(rows) == 4
        assert archive.outlook_rows(catalog, "320000").query("statement == 'intensity'").empty

    def test_a_hindcast_has_no_target_and_lies_in_the_past(self, catalog: Catalog) -> None:
        assert set(archive.hindcast_rows(catalog, REGION, 2015)["statement"]) == {"emissions"}
        with pytest.raises(ProjectError, match="before 2026"):
            archive.hindcast_rows(catalog, REGION, 2026)

    def test_no_new_maximum_to_the_end_is_already_peaked(self, catalog: Catalog) -> None:
        rows = archive.hindcast_rows(catalog, REGION, 2015)
        for _, part in rows.groupby("item"):
            assert part["p_no_higher"].iloc[-1] == pytest.approx(part["p_peaked_by"].iloc[0])


class TestScores:
    def test_only_published_years_after_the_history_score(self, catalog: Catalog, scored: pd.DataFrame) -> None:
        done = scored[scored["state"] == "scored"]
        assert (done["year"] > done["last_year"]).all()
        assert set(done["status"]) <= {"reported", "adjusted"}
        total = done[(done["id"] == "hindcast_2010") & (done["field"] == "total")]
        assert total["year"].tolist() == list(range(2011, 2023))
        waiting = scored[scored["state"] != "scored"]
        assert waiting[["published_mt", "error_mt", "inside80", "score_mt", "carried_mt"]].isna().all().all()
        assert set(waiting.loc[waiting["year"] >= catalog.as_of_year, "state"]) == {"ahead"}
        found = scored[scored["year"] == 2023].groupby("field")["state"].unique().str.join(" ")
        assert set(found) == {"not_published"}

    def test_golden(self, scored: pd.DataFrame) -> None:
        row = scored.query("id == 'hindcast_2010' and field == 'total' and year == 2015").iloc[0]
        assert row["published_mt"] == pytest.approx(378.84, abs=0.01)
        assert row["error_mt"] == pytest.approx(row["co2_mt"] - row["published_mt"])
        assert row["inside95"] == 1
        assert row["carried_mt"] == pytest.approx(378.84 - 361.12, abs=0.02)

    def test_inside_is_inside(self, scored: pd.DataFrame) -> None:
        done = scored[scored["state"] == "scored"]
        for level in (80, 95):
            held = (done["published_mt"] >= done[f"lo{level}"]) & (done["published_mt"] <= done[f"hi{level}"])
            assert done[f"inside{level}"].tolist() == held.astype(float).tolist()

    def test_summary_counts_every_row(self, scored: pd.DataFrame) -> None:
        found = archive.summary(scored)
        assert found["cases"].sum() + found["waiting"].sum() == len(scored)
        assert found.loc[found["kind"] == "outlook", "error_pct"].isna().all()

    def test_a_figure_published_later_scores_the_outlook(self, catalog: Catalog, tables: Path) -> None:
        rows = catalog.read("inventory").query("region == @REGION and year == 2022").assign(year=2023)
        (tables / "data" / "local").mkdir()
        rows.to_csv(tables / "data" / "local" / "inventory.csv", index=False)
        found = archive.scores(Catalog(tables), REGION).query("kind == 'outlook' and state == 'scored'")
        assert set(found["year"]) == {2023}
        assert "total" in set(found["field"])

    def test_a_region_without_a_frozen_outlook(self, catalog: Catalog) -> None:
        with pytest.raises(ProjectError, match="tanfeng freeze --region 110000"):
            archive.scores(catalog, "110000")

    @given(st.floats(1, 100), st.floats(0, 20), st.floats(0, 20), st.floats(1, 200))
    def test_the_interval_score_of_a_point_is_its_error(self, centre: float, a: float, b: float, actual: float) -> None:
        point = pd.DataFrame({name: [centre] for name in archive.FIGURES})
        score = archive.interval_score(point, pd.Series([actual])).iloc[0]
        assert score == pytest.approx(abs(centre - actual))
        band = point.assign(lo80=centre - a, hi80=centre + a, lo95=centre - a - b, hi95=centre + a + b)
        wide = archive.interval_score(band, pd.Series([actual])).iloc[0]
        assert wide >= 0
        if abs(actual - centre) >= a + b:
            assert wide <= score + 1e-9  # who admits more is punished less for a miss


class TestStatements:
    def test_no_higher_is_scored_once_all_years_are_published(self, told: pd.DataFrame) -> None:
        total = told.query("id == 'hindcast_2015' and item == 'total' and statement == 'no_higher'").set_index("year")
        assert total.loc[2016:2022, "state"].eq("scored").all()
        assert total.at[2023, "state"] == "not_published"
        assert total.at[2030, "state"] == "ahead"

    def test_what_came(self, catalog: Catalog, told: pd.DataFrame) -> None:
        for row in told.query("statement == 'no_higher' and state == 'scored'").itertuples():
            values = emissions.series(catalog, REGION, row.item).set_index("year")["co2_mt"]
            last = int(row.id.split("_")[1])
            past = hindcasts.history(catalog, REGION, row.item, last)
            assert row.came == float(values.loc[last + 1 : row.year].max() <= past.max())

    def test_peaked_by_waits_for_the_end(self, told: pd.DataFrame) -> None:
        assert set(told.loc[told["statement"] == "peaked_by", "state"]) == {"ahead"}

    def test_outcome_of_a_short_horizon(self, catalog: Catalog) -> None:
        horizon = pd.DataFrame({"published_mt": [9.0, 12.0, 11.0], "status": "reported"}, index=[2001, 2002, 2003])
        found = [archive._outcome(catalog, horizon, 10.0, split, 2003)[0] for split in (2000, 2001, 2002)]
        assert found == [0.0, 0.0, 1.0]
        assert archive._outcome(catalog, horizon, 10.0, 2000, 2001) == (1.0, "scored")

    def test_targets_are_due_when_a_figure_decides(self, catalog: Catalog, told: pd.DataFrame) -> None:
        rows = told[told["statement"] == "target"]
        assert set(rows["state"]) <= {"scored", "not_published", "ahead"}
        assert archive._answer(catalog, REGION, "E02", 2025) == (1.0, "scored")
        assert archive._answer(catalog, REGION, "gone", 2025)[1] == "withdrawn"

    def test_intensity_waits_for_a_figure_of_the_same_scope(self, told: pd.DataFrame) -> None:
        rows = told[told["statement"] == "intensity"]
        assert set(rows.groupby("id").size()) == {4}  # two targets in two accounts, each time
        assert set(rows["state"]) == {"ahead"}
        assert rows["came"].isna().all()

    @pytest.mark.parametrize(
        ("region", "period", "value", "item", "came"),
        [
            (REGION, "2005/2030", -65.2, "P05", 1.0),
            (REGION, "2005/2030", -64.8, "P05", 0.0),
            (REGION, "2025/2030", -17.5, "N03", 1.0),
            (REGION, "2025/2030", -16.0, "N03", 0.0),
            ("100000", "2025/2030", -17.5, "N03", None),
        ],
    )
    def test_the_official_figure_of_the_region_scores_both_accounts(
        self, tables: Path, region: str, period: str, value: float, item: str, came: float | None
    ) -> None:
        file = tables / "data" / "observations.csv"
        line = f"co2_intensity_change,{region},{period},{value},%,exact,reported,national_bulletin_2025,,\n"
        file.write_text(file.read_text(encoding="utf-8") + line, encoding="utf-8")
        rows = archive.statements(Catalog(tables), REGION).query("statement == 'intensity'")
        done = rows[rows["state"] == "scored"]
        for name in rows["id"].unique():
            own = done.loc[done["id"] == name, ["item", "account", "came"]]
            assert [tuple(row) for row in own.to_numpy()] == (
                [] if came is None else [(item, account, came) for account in ("direct", "assessment")]
            )

    def test_brier_of_what_is_due(self, told: pd.DataFrame) -> None:
        due = told[told["state"] == "scored"]
        assert 0 <= skill.brier(due)["score"] < 0.25


class TestCommand:
    def test_freeze_writes_file_and_register(self, tables: Path, run: Run, clock: None) -> None:
        before = (tables / INDEX).read_text(encoding="utf-8")
        status, out, err = run("freeze", "--date", "2026-11-24", cwd=tables)
        assert (status, out) == (0, ""), err
        after = (tables / INDEX).read_text(encoding="utf-8")
        assert after.startswith(before)
        assert after.splitlines()[-1].startswith("outlook_330000_2026-11-24,outlook,330000,2022,2026-11-24,")
        tables = tables.rename(tables.with_name("later"))  # another project: what was read of this one is kept
        status, out, _ = run("data", "check", "archive", "frozen", cwd=tables)
        assert status == 0, out

    def test_what_exists_is_refused_and_kept(self, tables: Path, run: Run) -> None:
        file = tables / INDEX.parent / "hindcast_2015.csv"
        before = file.read_bytes(), (tables / INDEX).read_bytes()
        status, _, err = run("freeze", "--hindcast", "2015", "--name", "hindcast_2015", cwd=tables)
        assert status == 2
        assert "never changed" in err
        assert (file.read_bytes(), (tables / INDEX).read_bytes()) == before

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--name", "../x"], "expected small letters"),
            (["--date", "2026-13-01"], "expected today, 2026-11-24"),
            (["--date", "2026-11-02"], "expected today, 2026-11-24"),
            (["--date", "2026-11-23", "--hindcast", "2015"], "expected today, 2026-11-24"),
            (["--date", "2026-11-25"], "expected today, 2026-11-24"),
            (["--region", "999999"], "no rows of region 999999"),
            (["--hindcast", "2023"], "not published for 2023"),
            (["--hindcast", "2030"], "expected a year before 2026"),
        ],
    )
    def test_wrong_questions(self, tables: Path, run: Run, clock: None, arguments: list[str], said: str) -> None:
        before = sorted(path.name for path in (tables / INDEX.parent).iterdir())
        status, _, err = run("freeze", *arguments, cwd=tables)
        assert status == 2
        assert said in err
        assert sorted(path.name for path in (tables / INDEX.parent).iterdir()) == before

    def test_another_province_and_the_same_rows_again(self, tables: Path, run: Run) -> None:
        for name in ("a", "b"):
            assert run("freeze", "--region", "320000", "--name", name, cwd=tables)[0] == 0
        first, second = ((tables / INDEX.parent / f"{name}.csv").read_bytes() for name in ("a", "b"))
        assert first == second
        rows = pd.read_csv(tables / INDEX).set_index("id")
        assert rows.at["a", "data_sha256"] == rows.at["b", "data_sha256"]  # a frozen file is no part of it


class TestCheck:
    def problems(self, tables: Path) -> list[str]:
        return [str(problem) for problem in archive.check_frozen(Catalog(tables))]

    def edit(self, tables: Path, old: str, new: str) -> None:
        file = tables / INDEX.parent / "hindcast_2015.csv"
        content = file.read_text(encoding="utf-8")
        assert old in content
        file.write_text(content.replace(old, new, 1), encoding="utf-8")

    def test_a_changed_file_is_noticed(self, tables: Path) -> None:
        self.edit(tables, "emissions,energy,direct,2016", "emissions,energy,direct,2066")
        found = self.problems(tables)
        assert "a frozen file is never changed" in found[0]

    def test_figures_that_cannot_be_are_named(self, tables: Path) -> None:
        row = archive.read_frozen(Catalog(tables), "hindcast_2015").query("item == 'total' and year == 2020").iloc[0]
        self.edit(tables, f",{row['hi80']:.10g},", ",1.5,")
        assert any("column lo95" in line and "lo95 <= lo80" in line for line in self.problems(tables))

    def test_a_lost_and_an_unknown_file(self, tables: Path) -> None:
        (tables / INDEX.parent / "hindcast_2015.csv").rename(tables / INDEX.parent / "other.csv")
        found = self.problems(tables)
        assert any("other.csv: found a file that is not registered" in line for line in found)
        assert any("hindcast_2015.csv: found no such file" in line for line in found)

    def test_data_check_fails(self, tables: Path, run: Run) -> None:
        self.edit(tables, "emissions,energy,direct,2016", "emissions,energy,direct,2066")
        status, out, _ = run("data", "check", "archive", cwd=tables)
        assert status == 1
        assert "hindcast_2015.csv" in out


@pytest.mark.parametrize("lang", text.LANGS)
class TestShown:
    def test_tables_are_filled(self, catalog: Catalog, scored: pd.DataFrame, told: pd.DataFrame, lang: str) -> None:
        pseudo, register = hindcasts.measured(catalog, [2014]), archive.frozen_register(catalog)
        shown = (
            (hindcasts_report.FROZEN, register, hindcasts_report.hindsight(register, lang)),
            (hindcasts_report.SCORES, scored.query("state == 'scored'"), hindcasts_report.waiting(scored, lang)),
            (hindcasts_report.SUMMARY, archive.summary(scored).query("cases > 0"), ""),
            (hindcasts_report.SAID, hindcasts_report.judged(told), hindcasts_report.waiting(told, lang)),
            (hindcasts_report.RELIABILITY, hindcasts_report.by_class(pseudo), ""),
        )
        found = [layout.table(catalog, rows, lang, "x", note) for layout, rows, note in shown]
        for table in (*found, *hindcasts_report.pseudo_targets(catalog, pseudo, lang, "x")):
            assert table.rows
            assert table.note
            assert table.sources == [archive.SOURCE]
            for column in table.columns:
                assert all(row[column.key]["text"] not in {"", "nan"} for row in table.rows), column.key

    def test_a_target_that_is_due_is_named(self, catalog: Catalog, lang: str) -> None:
        said = ["a", "outlook", "target", "P07", "official", 2025, 0.9, 1.0, "scored"]
        account = [*said[:2], "intensity", "P05", "assessment", 2030, 0.1, 0.0, "scored"]
        rows = hindcasts_report.judged(pd.DataFrame([said, account], columns=archive.STATEMENTS))
        table = hindcasts_report.SAID.table(catalog, rows, lang, "x")
        names = catalog.read("targets").set_index("id")[lang]
        shown = [row["what"]["text"] for row in table.rows]
        assert names["P07"] in shown[0]
        assert names["P05"] in shown[1]
        assert text.word(catalog, "account_assessment", lang) in shown[1]
        assert hindcasts_report.waiting(rows, lang) == ""

    def test_what_is_said_of_targets_stands_there_before_it_is_due(
        self, catalog: Catalog, told: pd.DataFrame, lang: str
    ) -> None:
        table = hindcasts_report.SAID.table(catalog, hindcasts_report.judged(told), lang, "x")
        due, reduction = (
            pick(words, lang)
            for words in (hindcasts_report.STATES[archive.AHEAD], hindcasts_report.STATEMENTS[archive.INTENSITY])
        )
        said = told.query("statement == 'intensity' and state == 'ahead'")
        shown = [row for row in table.rows if row["what"]["text"].startswith(reduction)]
        assert len(shown) == len(said) >= 4
        assert {row["came"]["text"] for row in shown} == {due}
        assert [row["said"]["text"] for row in shown] == [text.probability(one) for one in said["said"]]

    def test_the_figure(self, catalog: Catalog, scored: pd.DataFrame, lang: str) -> None:
        known = emissions.series(catalog, REGION, "total")
        chart = archive_charts.frozen(catalog, scored, known, lang)
        assert ET.fromstring(chart.svg).tag.endswith("svg")
        assert archive_charts.frozen(catalog, scored, known, lang).svg == chart.svg
        hits = int(scored.query("id == 'hindcast_2010' and field == 'total'")["inside80"].sum())
        said = {"zh": f"12个公布值中{hits}个落入区间", "en": f"{hits} of 12 published figures inside"}
        assert said[lang] in chart.alt
        with pytest.raises(ProjectError, match="the field 'x'"):
            archive_charts.frozen(catalog, scored, known, lang, "x")


def test_fingerprint_follows_the_tables(tables: Path) -> None:
    before = archive.fingerprint(Catalog(tables))
    file = tables / "data" / "plans.csv"
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    after = archive.fingerprint(Catalog(tables))
    assert before["data_sha256"] != after["data_sha256"]
    assert before["learnt_sha256"] == after["learnt_sha256"]
    assert all(len(value) == 64 and set(value) <= set("0123456789abcdef") for value in after.values())
    assert np.unique(list(after.values())).size == 2
