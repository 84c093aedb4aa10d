"""What if: a setting is the reference where nothing is set, moves it the right way, and never counts a ton twice."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import papermill
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.outlook import committed, paths, peak, scenarios
from tanfeng.outlook.scenarios import BASELINE, Scenario
from tanfeng.pages.charts.fans import fan
from tanfeng.pages.page import open_page
from tanfeng.pages.reports import peak as peak_report
from tanfeng.pages.reports import whatif as whatif_tables
from tanfeng.pages.whatif_panel import Panel
from tanfeng.roadmap import effects, levers, wedges, whatif
from tanfeng.roadmap.levers import Setting
from tanfeng.targets import ahead, intensity
from tests.conftest import FROZEN, Run

REGION = "330000"
NUCLEAR = ["ME01", "ME02", "ME04", "ME05"]
CATALOG = Catalog(FROZEN)
KNOWN = levers.levers(CATALOG, REGION)
ANY_VALUES = st.fixed_dictionaries(
    {}, optional={name: st.floats(one.low, one.high) for name, one in KNOWN.items() if name != "gdp_growth"}
)
MEASURES = st.deferred(lambda: st.sampled_from(levers.measures_of(CATALOG, REGION)))
RATES = st.floats(KNOWN["gdp_growth"].low, KNOWN["gdp_growth"].high)


def answered(values: dict[str, float] | None = None, measures: list[str] | None = None) -> whatif.Answer:
    return whatif.answer(CATALOG, levers.setting(CATALOG, REGION, values or {}, measures or []))


@pytest.fixture(scope="module")
def reference() -> whatif.Answer:
    return answered()


class TestReference:
    def test_it_is_the_outlook_to_the_last_digit(self, catalog: Catalog, reference: whatif.Answer) -> None:
        rows = paths.fields(catalog, REGION).query("field == 'total' and status == 'forecast'")
        shown = reference.fan[["co2_mt", "lo80", "hi80", "lo95", "hi95"]].to_numpy()
        assert (shown == rows[["co2_mt", "lo80", "hi80", "lo95", "hi95"]].to_numpy()).all()

    def test_its_peak_is_that_of_the_report(self, catalog: Catalog, reference: whatif.Answer) -> None:
        rows = paths.peak(catalog, REGION)
        assert reference.peak["p_peaked_by"].tolist() == rows["p_peaked_by"].tolist()
        assert reference.p_no_peak == rows["p_no_peak"].iloc[0]

    def test_its_targets_are_those_of_the_report(self, catalog: Catalog, reference: whatif.Answer) -> None:
        shown = reference.targets.set_index(["target", "account"])["probability"]
        for way in [*ahead.ways(catalog, REGION), *ahead.ways(catalog, REGION, "100000")]:
            target = "P05" if way.base == 2005 else "N03"
            assert shown[target, way.account] == pytest.approx(way.probability, abs=1e-4)

    def test_every_lever_at_its_default_is_the_reference(self, reference: whatif.Answer) -> None:
        values = {name: one.default for name, one in KNOWN.items() if one.default is not None}
        setting = levers.setting(CATALOG, REGION, values)
        assert len(values) >= 4
        assert levers.scenario(CATALOG, setting) == BASELINE
        assert float(whatif.compared(reference, whatif.answer(CATALOG, setting))["difference"].abs().max()) == 0.0

    def test_all_measures_off_is_the_reference(self, reference: whatif.Answer) -> None:
        every = answered(measures=levers.measures_of(CATALOG, REGION))
        assert every.emissions(2030) < reference.emissions(2030)
        assert float(whatif.compared(reference, answered(measures=[]))["difference"].abs().max()) == 0.0


class TestDirections:
    @settings(max_examples=15, deadline=None)
    @given(RATES, RATES, ANY_VALUES)
    def test_more_growth_never_lowers_emissions(self, one: float, other: float, values: dict[str, float]) -> None:
        slow, fast = (answered(values | {"gdp_growth": rate}) for rate in sorted((one, other)))
        for column in ("co2_mt", "median", "lo80", "hi80"):
            assert (fast.fan[column] >= slow.fan[column] - 1e-9).all(), column

    @settings(max_examples=15, deadline=None)
    @given(ANY_VALUES, st.lists(MEASURES, unique=True))
    def test_quantiles_and_probabilities_are_in_order(self, values: dict[str, float], measures: list[str]) -> None:
        found = answered(values, measures)
        ends = found.fan[["lo95", "lo80", "median", "hi80", "hi95"]].to_numpy()
        assert (np.diff(ends, axis=1) >= 0).all()
        assert (ends >= 0).all()
        assert found.peak["p_peaked_by"].is_monotonic_increasing
        assert found.p_no_peak == pytest.approx(1 - found.peak["p_peaked_by"].iloc[-1])
        assert found.targets["probability"].between(0, 1).all()

    @settings(max_examples=15, deadline=None)
    @given(st.floats(KNOWN["nuclear_gw_2027"].low, 25), st.floats(KNOWN["nuclear_gw_2027"].low, 25))
    def test_more_nuclear_never_raises_emissions(self, one: float, other: float) -> None:
        less, more = (answered({"nuclear_gw_2027": gw}) for gw in sorted((one, other)))
        assert (more.fan["median"] <= less.fan["median"] + 1e-9).all()
        # the errors of a path are added on the root scale, so the order of two years may turn in a path or two of 400
        assert more.peaked_by(2030) >= less.peaked_by(2030) - 0.005 - 1e-9

    @settings(max_examples=25, deadline=None)
    @given(
        st.sampled_from([one for one in KNOWN if KNOWN[one].effect in {"nuclear", "imports"}]),
        st.floats(0, 1),
        st.lists(MEASURES, unique=True),
    )
    def test_more_clean_power_never_raises_emissions_with_any_measures_on(
        self, name: str, share: float, on: list[str]
    ) -> None:
        lever = KNOWN[name]
        start = (lever.default if lever.effect == "imports" else lever.low) or 0.0
        less, more = answered(measures=on), answered({name: start + share * (lever.high - start)}, on)
        assert (more.fan["median"] <= less.fan["median"] + 1e-9).all()
        assert (more.fan["co2_mt"] <= less.fan["co2_mt"] + 1e-9).all()

    def test_what_a_lever_does_not_reach_stays(self, reference: whatif.Answer) -> None:
        found = answered({"nuclear_gw_2028": 18.0})
        early = reference.fan["year"] < 2028
        assert found.fan[early].equals(reference.fan[early])
        assert (found.fan["co2_mt"] < reference.fan["co2_mt"])[~early].all()


class TestGolden:
    def test_a_capacity_is_what_exceeds_that_of_the_reference(self, reference: whatif.Answer) -> None:
        scenario = levers.scenario(CATALOG, levers.setting(CATALOG, REGION, {"nuclear_gw_2030": 20}))
        (unit,) = scenario.nuclear
        base = 9.17 + committed.capacity(CATALOG, REGION, 2030)
        assert (unit.first_year, unit.gw) == (2030, pytest.approx(20 - base))
        found = answered({"nuclear_gw_2030": 20})
        share = committed.share(CATALOG)
        less = (20 - base) * 7972 * 0.8273 / 1000 * share
        assert reference.emissions(2030) - found.emissions(2030) == pytest.approx(less)

    def test_a_capacity_holds_until_the_next_that_is_set(self, catalog: Catalog) -> None:
        values = {"nuclear_gw_2030": 20.0, "nuclear_gw_2027": 16.0}
        found = levers.scenario(catalog, levers.setting(catalog, REGION, values)).nuclear
        base = {year: 9.17 + committed.capacity(catalog, REGION, year) for year in (2027, 2028, 2030)}
        running = np.cumsum([one.gw for one in found])
        assert [one.first_year for one in found] == [2027, 2028, 2030]
        assert running == pytest.approx([16 - base[2027], 16 - base[2028], 20 - base[2030]])

    def test_a_capacity_that_the_committed_units_pass_adds_nothing(self, catalog: Catalog) -> None:
        found = levers.scenario(catalog, levers.setting(catalog, REGION, {"nuclear_gw_2027": 12.0})).nuclear
        assert [one.first_year for one in found] == [2027, 2028]
        assert sum(one.gw for one in found) == pytest.approx(0)

    def test_a_capacity_never_falls_and_the_answer_says_so(self) -> None:
        fall = answered({"nuclear_gw_2027": 20, "nuclear_gw_2028": 15})
        assert fall.fan.equals(answered({"nuclear_gw_2027": 20}).fan)
        assert "核电装机不计关停：2028年所设低于2027年，仍按2000万千瓦计。" in whatif_tables.notes(CATALOG, fall, "zh")
        said = whatif_tables.notes(CATALOG, fall, "en")
        assert "No nuclear capacity is shut down: 2028 is set below 2027; 20 GW holds." in said

    def test_growth_is_the_scenario_of_the_report(self, catalog: Catalog) -> None:
        found = answered({"gdp_growth": 5.5})
        rows = peak.by_scenario(catalog, REGION).set_index("scenario")
        assert found.emissions(2030) == rows.at["growth_55", "co2_2030"]
        ways = intensity.by_scenario(catalog, REGION, 2005, 2030, 65.0, "assessment").set_index("scenario")
        shown = found.targets.set_index(["target", "account"])["probability"]
        assert shown["P05", "assessment"] == pytest.approx(ways.at["growth_55", "probability"], abs=1e-4)

    def test_imports_carry_the_factor_of_their_grid(self, catalog: Catalog, reference: whatif.Answer) -> None:
        found = answered({"import_twh_2028": 36})
        assert reference.emissions(2030) - found.emissions(2030) == pytest.approx(
            36 * 0.8273, rel=0.2
        )  # medians of paths
        line = Scenario(imports=(scenarios.Imports(2028, 36.0),))
        both = intensity.ahead_apart(catalog, REGION, 2030, "assessment", line)[1]
        direct = intensity.ahead_apart(catalog, REGION, 2030, "direct", line)[1]
        beyond = both - direct - intensity.imports(catalog, REGION, list(range(2023, 2031)))
        assert beyond[0] == pytest.approx([0.0] * 5 + [36 * 0.55] * 3)

    def test_measures_are_the_wedges(self, catalog: Catalog) -> None:
        on = levers.measures_of(CATALOG, REGION)
        found, own = answered(measures=on), wedges.wedges(catalog, REGION, measures=on)
        assert found.fan["hi80"].to_numpy() == pytest.approx(np.quantile(own.remaining, 0.9, axis=0))
        middle = wedges.wedges(catalog, REGION, measures=on, centre=True)
        assert found.fan["co2_mt"].to_numpy() == pytest.approx(middle.remaining[0])
        assert found.measures.set_index("measure").loc["ME12", 2030] == pytest.approx(36 * 0.8273)

    def test_measures_move_the_targets_in_both_accounts(self, reference: whatif.Answer) -> None:
        found = answered(measures=["ME12"]).targets.set_index(["target", "account"])["probability"]
        before = reference.targets.set_index(["target", "account"])["probability"]
        gain = found - before
        assert (gain > 0).all()
        assert gain["P05", "direct"] > gain["P05", "assessment"]  # imports carry a factor there

    def test_a_small_lever_takes_nothing_from_larger_measures(self) -> None:
        on = levers.measures_of(CATALOG, REGION)
        assert answered({"import_twh_2028": 4}, on).fan.equals(answered(measures=on).fan)
        assert {one.lever for one in answered({"import_twh_2028": 4}, on).counting} == {False}

    def test_a_large_lever_counts_in_place_of_the_measures_it_holds(self) -> None:
        alone, both = answered({"import_twh_2028": 40.0}), answered({"import_twh_2028": 40.0}, ["ME12"])
        assert both.fan["co2_mt"].to_numpy() == pytest.approx(alone.fan["co2_mt"].to_numpy(), rel=0.02)
        assert [(one.effect, one.year, one.lever) for one in both.counting] == [("imports", 2028, True)]


class TestUncommitted:
    """Without a date in the table of units nothing is committed: their measures count, beside the levers."""

    @pytest.fixture
    def free(self, tables: Path) -> Catalog:
        units = tables / "data" / "nuclear_units.csv"
        units.write_text(re.sub(r",ME\d\d,", ",,", units.read_text(encoding="utf-8")), encoding="utf-8")
        return Catalog(tables)

    def test_the_larger_of_lever_and_measures_counts_year_by_year(self, free: Catalog) -> None:
        lever, measures, both = (
            whatif.answer(free, levers.setting(free, REGION, values, on))
            for values, on in (({"nuclear_gw_2027": 12}, []), ({}, NUCLEAR), ({"nuclear_gw_2027": 12}, NUCLEAR))
        )
        emitted = [one.fan.set_index("year")["co2_mt"] for one in (lever, measures, both)]
        assert emitted[2][2027] == pytest.approx(emitted[0][2027], rel=0.01)
        assert emitted[2][2028] == pytest.approx(emitted[1][2028], rel=0.01)
        assert [(one.year, one.lever) for one in both.counting] == [(2027, True), (2028, False)]

    def test_a_lever_and_the_same_measures_give_nearly_the_same(self, free: Catalog) -> None:
        values = {"nuclear_gw_2027": 9.17 + 1.2, "nuclear_gw_2028": 9.17 + 4.9}
        lever = whatif.answer(free, levers.setting(free, REGION, values))
        measures = whatif.answer(free, levers.setting(free, REGION, {}, NUCLEAR))
        assert lever.emissions(2030) == pytest.approx(measures.emissions(2030), rel=0.01)
        assert abs(lever.peaked_by(2030) - measures.peaked_by(2030)) < 0.02

    def test_a_unit_as_in_the_register(self, free: Catalog) -> None:
        found = wedges.wedges(free, REGION, measures=NUCLEAR, centre=True)
        expected = effects.expected(free, REGION).set_index("id")["direct_mt_central"]
        taken = dict(zip(found.measures, found.saved[:, 0, found.at(2030)], strict=True))
        assert taken == pytest.approx({name: -expected[name] for name in NUCLEAR})


class TestRefused:
    @pytest.mark.parametrize(
        ("values", "measures", "message"),
        [
            ({"growth": 5}, [], "no lever 'growth'; there are: gdp_growth, nuclear_gw_2027"),
            ({"gdp_growth": 20}, [], r"gdp_growth = 20: expected 2 to 9 %"),
            ({"gdp_growth": float("nan")}, [], "gdp_growth = nan"),
            ({}, ["ME09"], "measure 'ME09' cannot be switched; there are: MT03, ME12"),
        ],
    )
    def test_a_setting_that_does_not_fit(self, values: dict[str, float], measures: list[str], message: str) -> None:
        with pytest.raises(ProjectError, match=message):
            levers.setting(CATALOG, REGION, values, measures)

    def test_a_region_without_levers(self) -> None:
        with pytest.raises(ProjectError, match="no lever of region 110000"):
            levers.levers(CATALOG, "110000")

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            (",9.17,GW,eps", ",28,GW,eps", "default 29.21 outside 29.21 to 25"),
            (",9.17,GW,eps", ",,GW,eps", "nuclear_gw_2028: no default; the first capacity of a region needs one"),
            ("imports,energy,2028", "imports,energy,", "import_twh_2028: first_year is empty"),
        ],
    )
    def test_a_lever_that_does_not_fit(self, tables: Path, old: str, new: str, message: str) -> None:
        file = tables / "data" / "levers.csv"
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        with pytest.raises(ProjectError, match=message):
            levers.scenario(
                Catalog(tables), levers.setting(Catalog(tables), REGION, {"import_twh_2028": 5, "nuclear_gw_2028": 18})
            )


class TestSaved:
    def test_what_is_saved_is_read_again(self, tables: Path) -> None:
        catalog = Catalog(tables)
        one = levers.setting(catalog, REGION, {"gdp_growth": 5.5}, ["ME12"])
        path = levers.save(catalog, one, "增速5-5")
        assert path.read_text(encoding="utf-8").startswith("region: '330000'")
        (found,) = levers.saved(catalog, REGION)
        assert (found.name, found.given, found.measures) == ("增速5-5", one.given, one.measures)
        assert levers.saved(catalog, "110000") == []
        assert levers.problems(catalog) == []

    def test_nothing_is_overwritten(self, tables: Path) -> None:
        catalog, one = Catalog(tables), Setting(REGION, (("gdp_growth", 5.5),))
        path = levers.save(catalog, one, "mine")
        before = path.read_bytes()
        with pytest.raises(ProjectError, match=r"data/scenarios/mine\.yaml exists"):
            levers.save(catalog, Setting(REGION, (("gdp_growth", 3.0),)), "mine")
        assert path.read_bytes() == before

    @pytest.mark.parametrize("name", ["", "../x", "a b", ".hidden", "a/b", "x" * 61])
    def test_a_name_that_is_none(self, tables: Path, name: str) -> None:
        with pytest.raises(ProjectError, match="expected letters"):
            levers.save(Catalog(tables), Setting(REGION, (("gdp_growth", 5.5),)), name)

    def test_names_of_the_table_are_taken(self, tables: Path) -> None:
        with pytest.raises(ProjectError, match=r"a scenario of data/scenarios\.csv"):
            levers.save(Catalog(tables), Setting(REGION, (("gdp_growth", 5.5),)), "growth_4")

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("region: '330000'\nvalues: {gdp: 5}\nmeasures: []\n", r"data/scenarios/x\.yaml: no lever 'gdp'"),
            ("region: '330000'\nvalues: {gdp_growth: 50}\nmeasures: []\n", "expected 2 to 9 %"),
            (
                "region: '330000'\nvalues: {gdp_growth: much}\nmeasures: []\n",
                "expected levers with finite numbers",
            ),
            ("region: '330000'\nvalues: {}\n", "found None for measures; expected a list of measures"),
            (
                "region: '330000'\nvalues: {}\nmeasures: []\nextra: 1\n",
                "unknown key 'extra'; known are: region",
            ),
            ("- 1\n", "expected the keys region, values, measures"),
            ("a: [\n", "cannot be read"),
            ("", "found None; expected the keys"),
            ("region: '330000'\nvalues: {gdp_growth: true}\nmeasures: []\n", "expected levers with finite numbers"),
            ("region: '330000'\nvalues: {gdp_growth: .nan}\nmeasures: []\n", "expected levers with finite numbers"),
            ("region: '330000'\nvalues: {gdp_growth: 4, gdp_growth: 5}\nmeasures: []\n", "stands twice"),
            ("region: 330000\nvalues: {gdp_growth: 4}\nmeasures: []\n", "expected a code in quotes"),
        ],
    )
    def test_a_file_that_does_not_fit_is_named(self, tables: Path, text: str, message: str) -> None:
        folder = tables / "data" / "scenarios"
        folder.mkdir()
        (folder / "x.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(ProjectError, match=message):
            levers.saved(Catalog(tables))
        assert len(levers.problems(Catalog(tables))) == 1

    def test_saved_settings_stand_beside_the_reference(self, tables: Path, reference: whatif.Answer) -> None:
        catalog = Catalog(tables)
        for name, rate in (("slow", 4.0), ("fast", 6.0)):
            levers.save(catalog, levers.setting(catalog, REGION, {"gdp_growth": rate}), name)
        found = whatif.saved(catalog, REGION)
        shown = whatif_tables.saved(catalog, found, reference, "zh", "x")
        assert [row["name"]["text"] for row in shown.rows] == ["现有走势", "fast", "slow"]
        assert shown.rows[1]["supposed"]["text"] == "地区生产总值年均实际增速6%"
        assert set(shown.rows[1]) == {column.key for column in shown.columns}
        rows = whatif_tables.saved_frame(found, reference)
        assert rows["scenario"].unique().tolist() == ["fast", "slow"]

    def test_a_report_lists_them_and_offers_their_figures(self, tables: Path, tmp_path: Path) -> None:
        out = tmp_path / "out"
        out.mkdir()
        page = open_page("peak", REGION, "en", str(out), peak_report.TEXTS, start=tables)
        assert whatif_tables.offered(page) == []
        levers.save(page.catalog, levers.setting(page.catalog, REGION, {}, ["ME12"]), "line")
        (table,) = whatif_tables.offered(page)
        assert [row["name"]["text"] for row in table.rows] == ["As the series runs", "line"]
        assert "line,co2_mt,,direct,2030" in (out / "peak-saved_scenarios.csv").read_text(encoding="utf-8-sig")


class TestCommand:
    def test_it_answers_beside_the_reference(self, run: Run) -> None:
        status, out, _ = run("whatif", "--set", "gdp_growth=5.5", "--set", "nuclear_gw_2027=12")
        assert status == 0
        assert out.startswith("地区生产总值年均实际增速5.5%；2027年全年运行的核电装机1200万千瓦\n按所设条件，")
        assert "\n现有走势\t所设条件\t相差\t" in out

    def test_every_year_as_csv(self, run: Run) -> None:
        status, out, _ = run("whatif", "--without", "MT03", "--format", "csv")
        rows = pd.read_csv(StringIO(out))
        assert status == 0
        assert sorted(rows.query("item == 'co2_mt'")["year"]) == list(range(2023, 2036))
        row = rows.query("item == 'co2_mt' and year == 2030").iloc[0]
        assert row["difference"] == pytest.approx(row["setting"] - row["reference"], abs=1e-6)
        assert row["difference"] < -20

    def test_json_says_what_is_set(self, run: Run) -> None:
        arguments = ["--with", "ME12", "--with", "MT03", "--set", "import_twh_2028=72", "--format", "json"]
        status, out, _ = run("whatif", *arguments)
        found = json.loads(out)
        assert status == 0
        assert found["setting"] == {
            "region": REGION,
            "values": {"import_twh_2028": 72.0},
            "measures": ["MT03", "ME12"],
        }
        assert found["counting"] == [{"effect": "imports", "year": 2028, "lever": True}]
        assert {row["item"] for row in found["results"]} >= {"co2_mt", "p_peaked_by", "p_reached"}

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--set", "gdp=5"], "no lever 'gdp'; there are: gdp_growth"),
            (["--set", "gdp_growth=50"], "expected 2 to 9 %"),
            (["--set", "gdp_growth"], "there is no =; expected a lever and its value"),
            (["--set", "gdp_growth=much"], "'much' is no number"),
            (["--with", "ME99"], "measure 'ME99' cannot be switched"),
            (["--without", "ME99"], "measure 'ME99' cannot be switched"),
            (["--saved", "none_such"], "no saved setting 'none_such'"),
            (["--save", "x"], "nothing is set"),
            (["--region", "110000"], "no lever of region 110000"),
            (["--format", "xml"], "expected table, csv or json"),
        ],
    )
    def test_a_wrong_question_says_what_is_expected(self, run: Run, arguments: list[str], message: str) -> None:
        status, out, said = run("whatif", *arguments)
        assert (status, out) == (2, "")
        assert message in said

    def test_the_levers_are_listed(self, run: Run) -> None:
        status, out, _ = run("whatif", "--levers", "--lang", "en")
        assert status == 0
        assert [line.split("\t")[0] for line in out.splitlines()] == [*KNOWN, *levers.measures_of(CATALOG, REGION)]

    def test_a_setting_is_saved_and_taken_up_again(self, run: Run, tables: Path) -> None:
        status, _, said = run("whatif", "--set", "gdp_growth=5.5", "--save", "mine", cwd=tables)
        assert status == 0
        assert "saved as data/scenarios/mine.yaml" in said
        status, out, _ = run("whatif", "--saved", "mine", "--with", "ME12", cwd=tables)
        assert out.startswith("地区生产总值年均实际增速5.5%；计入措施ME12\n")
        status, _, said = run("whatif", "--set", "gdp_growth=4", "--save", "mine", cwd=tables)
        assert status == 2
        assert "exists" in said
        (tables / "data" / "scenarios" / "mine.yaml").write_text("region: 1\n", encoding="utf-8")
        status, out, _ = run("data", "check", "levers", cwd=tables)
        assert status == 1
        assert "data/scenarios/mine.yaml" in out


class TestWords:
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_nothing_is_missing_in_a_language(self, reference: whatif.Answer, lang: str) -> None:
        found = answered({"gdp_growth": 4, "import_twh_2028": -8, "electric_cars_2027": 50}, ["ME12", "MT03"])
        said = whatif_tables.lines(CATALOG, reference, found, lang)
        assert not {"nan", "None"} & set(said.split())
        assert any("\u4e00" <= one <= "\u9fff" for one in said) == (lang == "zh")

    def test_growth_is_said_to_work_both_ways(self) -> None:
        said = [" ".join(whatif_tables.notes(CATALOG, answered({"gdp_growth": 6.0}), lang)) for lang in ("zh", "en")]
        assert "经济增速越高，强度目标越容易、达峰越难。" in said[0]
        assert "the easier the targets on intensity and the harder the peak" in said[1]
        slow, fast = answered({"gdp_growth": 2.0}), answered({"gdp_growth": 9.0})
        assert slow.peaked_by(2030) > fast.peaked_by(2030)
        assert (slow.targets["probability"] < fast.targets["probability"]).all()

    @pytest.mark.parametrize("growth", [2.0, 4.0, 6.25, 7.0, 9.0])
    def test_shown_percentages_subtract(self, reference: whatif.Answer, growth: float) -> None:
        said = whatif_tables.lines(CATALOG, reference, answered({"gdp_growth": growth}), "zh")
        rows = [line.split("\t") for line in said.splitlines() if line.count("\t") == 3 and "概率" in line]
        figures = [[int(one.split("%")[0].strip("<>")) for one in row[:2]] for row in rows]
        moved = [int(row[2].removesuffix("个百分点").replace("−", "-").replace("—", "0")) for row in rows]
        assert [after - before for before, after in figures] == moved
        told = f"比现有走势{'高' if moved[0] > 0 else '低'}{abs(moved[0])}个百分点" if moved[0] else "与现有走势相当"
        assert told in said

    def test_the_target_of_the_country_is_called_a_benchmark(self, reference: whatif.Answer) -> None:
        said = whatif_tables.lines(CATALOG, reference, reference, "zh")
        assert "N03：2030年碳排放强度比2025年下降17%的概率，直接排放口径（全国目标作参照）" in said
        assert "未作设定\n按现有走势，" in said

    def test_the_figure_keeps_inside_its_frame(self, reference: whatif.Answer) -> None:
        past = pd.Series([400.0, 440.0], index=[2021, 2022])
        drawn = fan(past, reference.fan, answered({"gdp_growth": 9}).fan, "zh")
        assert drawn.svg.count("<polygon") == 2
        assert drawn.svg.count("<polyline") == 3
        assert "-" not in drawn.svg.split('points="')[1].split('"')[0]


class TestPanel:
    def test_controls_and_code_say_the_same(self) -> None:
        panel = Panel(open_page("whatif", REGION, "zh", start=FROZEN))
        assert panel.setting == Setting(REGION)
        before = panel._shown.value
        assert "按现有走势，2030年前达峰的概率为" in before
        panel.controls["gdp_growth"].value = 5.5
        panel.boxes["ME12"].value = True
        assert panel.setting == levers.setting(CATALOG, REGION, {"gdp_growth": 5.5}, ["ME12"])
        assert panel._shown.value != before
        panel.set(nuclear_gw_2027=11.83)  # a value the control does not offer
        assert panel.controls["nuclear_gw_2027"].value == 11.83
        low = {name: KNOWN[name].low for name in ("nuclear_gw_2027", "nuclear_gw_2028")}
        panel.set(**low)
        assert panel.setting.given == (("gdp_growth", 5.5),)
        panel.switch("ME12", "MT03")
        assert panel.setting.measures == ("MT03", "ME12")
        panel.reset()
        assert panel._shown.value == before
        with pytest.raises(ProjectError, match="expected 2 to 9 %"):
            panel.set(gdp_growth=12)

    def test_a_setting_is_saved_by_the_button_once(self, tables: Path) -> None:
        panel = Panel(open_page("whatif", REGION, "zh", start=tables))
        panel.set(gdp_growth=5.5)
        panel._name.value = "甲"
        panel._keep()
        assert panel._said.value == "已保存：data/scenarios/甲.yaml"
        panel._keep()
        assert "exists" in panel._said.value


def test_the_notebook_runs_without_a_browser(tmp_path: Path) -> None:
    """In English; `pages/test_whatif_browser.py` runs it in Chinese."""
    out = tmp_path / "whatif.ipynb"
    notebook = FROZEN / "notebooks" / "explore" / "whatif.ipynb"
    papermill.execute_notebook(notebook, out, {"lang": "en"}, cwd=FROZEN, progress_bar=False, kernel_name="python3")
    shown = [
        "".join(output.get("data", {}).get(kind, "") for kind in ("text/plain", "text/html"))
        for cell in nbformat.read(out, as_version=4).cells
        for output in cell.get("outputs", ())
    ]
    for part in ("As the series runs", "With this setting"):
        assert any(part in one for one in shown), part
