"""The public face gives what the rooms below give; a wrong name is one sentence; nothing is loaded early."""

from __future__ import annotations

import json
import subprocess
import sys
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import tanfeng as tf
from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions, league, observations
from tanfeng.outlook import paths, peak, scenarios
from tanfeng.roadmap import gaps, least_cost, levers, registers, whatif
from tanfeng.targets import verdict
from tests.conftest import ROOT, Run

HEAVY = ("statsmodels", "matplotlib", "seaborn", "scipy", "IPython", "ipywidgets", "papermill")
PROVINCE, OTHER, CITY, BARE = "330000", "320000", "330100", "540000"


@pytest.fixture(scope="module")
def p(catalog: Catalog) -> tf.Region:
    return tf.region(PROVINCE, start=catalog.root)


def loaded(code: str) -> set[str]:
    """The modules that a process of its own has loaded after some code."""
    show = "import json, sys; print(json.dumps(sorted(sys.modules)))"
    ran = subprocess.run(
        [sys.executable, "-c", f"{code}\n{show}"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(json.loads(ran.stdout.splitlines()[-1]))


class TestNames:
    def test_few_and_all_of_them_public(self) -> None:
        assert len(dir(tf)) <= 30
        assert not [name for name in dir(tf) if name.startswith("_")]
        assert all(getattr(tf, name).__doc__ for name in dir(tf))

    @pytest.mark.parametrize("holder", ["Region", "Target", "Targets", "Roadmap", "WhatIf", "Picture"])
    def test_every_public_method_says_what_it_does(self, holder: str) -> None:
        members = {name: one for name, one in vars(getattr(tf, holder)).items() if not name.startswith("_")}
        methods = {name: one for name, one in members.items() if callable(one) or isinstance(one, property)}
        assert methods
        assert all(one.__doc__ for one in methods.values())

    @pytest.mark.parametrize("method", [name for name in vars(tf.Region) if not name.startswith("_")])
    def test_every_question_has_an_example(self, method: str) -> None:
        found = getattr(tf.Region, method)
        assert ">>>" in (found.__doc__ or "")

    def test_a_name_that_is_not_there(self) -> None:
        with pytest.raises(AttributeError, match="there are: "):
            tf.regoin  # type: ignore[attr-defined]  # noqa: B018

    def test_the_version_is_that_of_the_project(self) -> None:
        assert f'version = "{tf.__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


class TestLoading:
    def test_the_package_loads_nothing(self) -> None:
        found = loaded("import tanfeng")
        assert {name for name in found if name.split(".")[0] == "tanfeng"} == {"tanfeng"}
        assert not found & {"pandas", "numpy", *HEAVY}

    def test_a_region_loads_the_tables_only(self) -> None:
        assert not loaded(f"import tanfeng as tf\ntf.region('{PROVINCE}')") & set(HEAVY)

    def test_an_outlook_loads_no_more_than_the_tables(self) -> None:
        found = loaded(f"import tanfeng as tf\np = tf.region('{PROVINCE}')\np.outlook(); p.peak()")
        assert not found & {"pint", "dask", *HEAVY}

    def test_what_draws_is_loaded_by_what_draws(self) -> None:
        asked = "p.outlook(); p.targets('14FYP').frame(); p.roadmap().gaps(); p.whatif(gdp_growth=5.5).frame()"
        found = loaded(f"import tanfeng as tf\np = tf.region('{PROVINCE}')\n{asked}")
        assert not found & {"matplotlib", "seaborn", "statsmodels", "ipywidgets"}

    def test_region_stays_the_function(self) -> None:
        loaded("import tanfeng.region\nimport tanfeng as tf\nassert tf.region('330000').code == '330000'")
        loaded("import tanfeng as tf\ntf.region('330000')\nimport tanfeng.region\nassert tf.region(330000).code")


class TestRegion:
    @pytest.mark.parametrize("name", [PROVINCE, 330000, "浙江", "浙江省", "Zhejiang", "zhejiang", " 330000 "])
    def test_by_code_or_name(self, name: str | int) -> None:
        assert tf.region(name, start=ROOT).code == PROVINCE

    def test_every_region_of_the_tables_by_each_of_its_names(self, catalog: Catalog) -> None:
        rows = catalog.read("regions").query("level != 'grid'")
        for row in rows.itertuples():
            assert {tf.region(name, start=catalog.root).code for name in (row.id, row.zh, row.en)} == {row.id}
        assert tf.regions(catalog.root)["id"].tolist() == rows["id"].tolist()

    def test_it_shows_itself_shortly(self, p: tf.Region) -> None:
        assert repr(p) == "<Region 330000 浙江省 Zhejiang>"

    def test_from_a_folder_below(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(ROOT / "notebooks" / "explore")
        assert tf.region(PROVINCE).catalog.root == ROOT

    def test_without_a_project_it_says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(tf.ProjectError, match="inside the project folder"):
            tf.region(PROVINCE, start=tmp_path)

    def test_elsewhere_it_reads_the_shipped_tables(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        assert tf.region(PROVINCE).catalog.root == ROOT  # where a checkout keeps them

    def test_the_variable_names_the_project(self, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(ROOT)
        monkeypatch.setenv("TANFENG_ROOT", str(catalog.root))
        assert tf.region(PROVINCE).catalog.root == catalog.root
        assert tf.region(PROVINCE, start=ROOT).catalog.root == ROOT


class TestFigures:
    """Beside the functions below, so that a new row of data changes both."""

    @pytest.mark.parametrize("by", ["total", "field", "subsector", "fuel_group", "detail"])
    def test_emissions(self, p: tf.Region, catalog: Catalog, by: str) -> None:
        rows, below = p.emissions(by=by), emissions.emissions(catalog, PROVINCE, by)
        assert rows.columns.tolist()[:2] == ["year", "field"]
        assert rows.columns.tolist()[-3:] == ["co2_mt", "status", "source_id"]
        assert_frame_equal(rows.drop(columns="source_id"), below[rows.columns.drop("source_id")])
        assert (rows["source_id"] != "").all()

    def test_accounts_stay_apart(self, p: tf.Region) -> None:
        totals = [p.emissions(account=one).set_index("year")["co2_mt"] for one in ("direct", "assessment")]
        assert (totals[1] > totals[0].reindex(totals[1].index)).loc[2015:2022].all()
        assert p.emissions("field", account="indirect")["field"].unique().tolist()[1:]

    def test_an_indicator_by_id_and_by_name(self, p: tf.Region, catalog: Catalog) -> None:
        rows, below = p.indicator("pv_capacity"), observations.observations(catalog, "pv_capacity", PROVINCE)
        assert_frame_equal(rows, below[rows.columns])
        assert_frame_equal(p.indicator(catalog.label("indicators", "pv_capacity", "zh")), rows)
        assert "pv_capacity" in set(p.indicators()["indicator"])

    def test_the_outlook_is_that_of_the_pages_whatever_its_last_year(self, p: tf.Region, catalog: Catalog) -> None:
        below = paths.fields(catalog, PROVINCE).query("field == 'transport'").reset_index(drop=True)
        rows = p.outlook("transport")
        assert_frame_equal(rows, below[rows.columns])
        near = p.outlook("交通", until=2030)
        assert_frame_equal(near, rows[rows["year"] <= 2030])
        assert p.outlook("all")["field"].nunique() == len(emissions.emitting_fields(catalog)) + 1

    def test_a_lever_is_that_of_the_what_if(self, p: tf.Region, catalog: Catalog) -> None:
        scenario = scenarios.Scenario(gdp_growth=5.5)
        below = paths.fields(catalog, PROVINCE, scenario=scenario).query("field == 'total'").reset_index(drop=True)
        rows, asked = p.outlook(gdp_growth=5.5), p.whatif(gdp_growth=5.5)
        assert_frame_equal(rows, below[rows.columns])
        assert rows.iloc[-1]["co2_mt"] == pytest.approx(asked.answer.emissions(2035))
        chance = p.peak(gdp_growth=5.5).set_index("year")["p_peaked_by"]
        assert chance[2030] == asked.answer.peaked_by(2030)

    def test_peak(self, p: tf.Region, catalog: Catalog) -> None:
        columns = ["field", "year", "p_peaked_by"]
        assert_frame_equal(p.peak("all")[columns], peak.by_year(catalog, PROVINCE)[columns])

    def test_targets_are_a_mapping_in_the_order_of_the_table(self, p: tf.Region, catalog: Catalog) -> None:
        found, below = p.targets("14FYP"), verdict.judge(catalog, PROVINCE, "14FYP")
        assert list(found) == [one.target["id"] for one in below]
        assert [one.verdict for one in found.values()] == [one.verdict for one in below]
        assert found.counts().to_dict() == verdict.counts(below).to_dict()
        assert found.frame()["id"].tolist() == list(found)
        assert {"id", "name", "verdict", "probability", "reason"} <= set(found.frame("en"))

    def test_a_target_says_why(self, p: tf.Region) -> None:
        one = p.targets("14FYP")["E02"]
        assert (one.reason("zh"), one.reason("en")) == tuple(
            p.targets("14FYP").frame(lang).set_index("id").at["E02", "reason"] for lang in ("zh", "en")
        )
        assert len(one.evidence) == len(one.judged.evidence)
        assert one.evidence["role"].iloc[0] == "decides"
        assert one.requirement == one.judged.required
        assert one.probability is None

    def test_a_target_is_found_whatever_its_plan_and_counted_in_its_own(self, p: tf.Region) -> None:
        found = p.targets("15FYP")
        assert found["P05"].plan == "2030"
        assert "P05" in found
        assert "P05" not in list(found)
        assert "P05" in list(p.targets("2030"))
        assert set(p.targets(field="energy").frame()["field"]) == {"energy"}

    def test_roadmap(self, p: tf.Region, catalog: Catalog) -> None:
        road = p.roadmap()
        assert_frame_equal(road.gaps(), gaps.gaps(catalog, PROVINCE))
        assert set(road.gaps("assessment")["account"]) == {"assessment"}
        assert_frame_equal(road.least_cost(), least_cost.answers(catalog, PROVINCE))
        assert_frame_equal(road.measures(), registers.measures(catalog, PROVINCE))
        assert set(road.measures("energy", "soon")["due"]) <= {"soon"}

    def test_league(self, p: tf.Region, catalog: Catalog) -> None:
        rows = p.league(by="per_head", lang="en")
        found = league.standings(catalog, "per_head")
        assert rows["region"].tolist() == [*found.rows["region"], *found.unranked["region"]]
        assert set(p.league(level="city")["measure"]) == {"co2"}

    def test_what_if_beside_the_reference(self, p: tf.Region, catalog: Catalog) -> None:
        found = p.whatif(measures=["ME12"], gdp_growth=5.5)
        setting = levers.setting(catalog, PROVINCE, {"gdp_growth": 5.5}, ["ME12"])
        both = [whatif.answer(catalog, one) for one in (levers.Setting(PROVINCE), setting)]
        assert_frame_equal(found.frame(), whatif.compared(*both))
        assert found.sentence("zh") != found.sentence("en")
        assert list(p.whatif("all").answer.setting.measures) == levers.measures_of(catalog, PROVINCE)
        assert set(p.levers()["id"]) == set(levers.levers(catalog, PROVINCE))

    def test_the_panel(self, p: tf.Region) -> None:
        panel = p.whatif_panel("en")
        panel.set(gdp_growth=5.5)
        assert panel.said == p.whatif(gdp_growth=5.5).sentence("en")


class TestShow:
    @pytest.mark.parametrize(
        ("what", "given"),
        [
            ("emissions", {}),
            ("outlook", {"field": "energy", "until": 2030, "gdp_growth": 5.5}),
            ("peak", {}),
            ("indicator", {"name": "pv_capacity"}),
            ("indicators", {}),
            ("targets", {"plan": "14FYP"}),
            ("roadmap", {}),
            ("league", {"by": "co2"}),
            ("whatif", {"gdp_growth": 5.5}),
        ],
    )
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_a_figure_with_words_and_caption(self, p: tf.Region, what: str, given: dict[str, Any], lang: str) -> None:
        shown = p.show(what, lang=lang, **given)
        assert shown.alt
        html = shown._repr_html_()
        assert html.index("<figcaption>") < html.index("<svg")
        assert f'role="img" aria-label="{shown.alt}"' in unescape(html)

    def test_it_is_saved_as_a_file(self, p: tf.Region, tmp_path: Path) -> None:
        assert p.show("outlook").save(tmp_path / "outlook.svg").read_text(encoding="utf-8").startswith("<svg")


class TestWrongNames:
    @pytest.mark.parametrize(
        ("ask", "said"),
        [
            (lambda p: tf.region("浙疆", start=ROOT), r"no region '浙疆'; did you mean 浙江 \(330000\)\? Regions: "),
            (lambda p: tf.region(33, start=ROOT), r"no region 33.* Regions: "),
            (lambda p: p.outlook("transprot"), r"no field 'transprot'; did you mean 交通 \(transport\)\? Fields: "),
            (lambda p: p.targets(field="enrgy"), "did you mean 能源"),
            (lambda p: p.indicator("pv_capcity"), r"did you mean 光伏发电装机容量 \(pv_capacity\)\?.* more"),
            (lambda p: p.indicator("光伏"), "did you mean 光伏"),
            (lambda p: p.targets("14FPY"), r"no plan '14FPY'; did you mean .*14FYP"),
            (lambda p: p.targets("14FYP")["E002"], r"no target 'E002'; did you mean .*\(E02\)"),
            (lambda p: p.whatif(gdp_grwth=5), r"no lever 'gdp_grwth'; did you mean .*\(gdp_growth\)"),
            (lambda p: p.outlook(gdp_grwth=5), r"no lever 'gdp_grwth'"),
            (lambda p: p.whatif(gdp_growth=99), "gdp_growth = 99: expected 2 to 9 %"),
            (lambda p: p.peak(gdp_growth="much"), "expected a number"),
            (lambda p: p.whatif("ME1"), "no counted measure 'ME1'; did you mean ME"),
            (lambda p: p.league(by="intensty"), "no measure 'intensty'; did you mean intensity"),
            (lambda p: p.league(level="county"), "no level 'county'"),
            (lambda p: p.emissions("feld"), "no level 'feld'; did you mean field"),
            (lambda p: p.emissions(account="dirct"), "no account 'dirct'; did you mean direct"),
            (lambda p: p.emissions("field", account="assessment"), "not broken down by field"),
            (lambda p: p.roadmap().wedges("indirect"), "no account 'indirect'; did you mean direct"),
            (lambda p: p.roadmap().measures(due="son"), "did you mean soon"),
            (lambda p: p.targets("14FYP").frame("fr"), "no language 'fr'"),
            (lambda p: p.show(lang="fr"), "no language 'fr'"),
            (lambda p: p.show("outlok"), "no figure 'outlok'; did you mean outlook"),
            (lambda p: p.show("targets", plam="14FYP"), "no targets option 'plam'; did you mean plan"),
            (lambda p: p.outlook(until=2060), "runs from .* to 2035"),
        ],
    )
    def test_one_sentence_with_what_there_is(self, p: tf.Region, ask: Any, said: str) -> None:
        with pytest.raises(tf.ProjectError, match=said) as error:
            ask(p)
        assert "\n" not in str(error.value)


QUESTIONS = {
    "emissions": lambda one: one.emissions(),
    "fields": lambda one: one.emissions("field"),
    "assessment": lambda one: one.emissions(account="assessment"),
    "indirect": lambda one: one.emissions(account="indirect"),
    "indicator": lambda one: one.indicator("pv_capacity"),
    "indicators": lambda one: one.indicators(),
    "outlook": lambda one: one.outlook(),
    "lever": lambda one: one.outlook(gdp_growth=5),
    "peak": lambda one: one.peak(),
    "targets": lambda one: one.targets(),
    "gaps": lambda one: one.roadmap().gaps(),
    "measures": lambda one: one.roadmap().measures(),
    "wedges": lambda one: one.roadmap().wedges(),
    "least_cost": lambda one: one.roadmap().least_cost(),
    "front": lambda one: one.roadmap().front(),
    "league": lambda one: one.league(),
    "cities": lambda one: one.league(level="city"),
    "levers": lambda one: one.levers(),
    "whatif": lambda one: one.whatif(),
    "panel": lambda one: one.whatif_panel(),
    **{
        f"show {name}": lambda one, name=name: one.show(name) for name in ("emissions", "outlook", "peak", "indicators")
    },
    **{f"show {name}": lambda one, name=name: one.show(name) for name in ("targets", "roadmap", "league", "whatif")},
}
HELD = {
    OTHER: {"emissions", "fields", "indicators", "outlook", "peak", "league"},
    CITY: {"emissions", "indicators", "targets", "measures", "league", "cities", "show emissions"},
    BARE: {"league"},
    "100000": {"indicators", "targets", "measures", "league"},
}


class TestOtherRegions:
    @pytest.mark.parametrize("code", HELD)
    @pytest.mark.parametrize("question", QUESTIONS)
    def test_what_is_there_is_given_and_what_is_not_is_said(self, catalog: Catalog, code: str, question: str) -> None:
        try:
            QUESTIONS[question](tf.region(code, start=catalog.root))
            said = ""
        except tf.ProjectError as error:
            said = str(error)
        assert not (said and question in HELD[code]), said
        assert "\n" not in said

    def test_a_city_has_its_own_inventory(self, catalog: Catalog) -> None:
        city = tf.region(CITY, start=catalog.root)
        rows = city.emissions().set_index("year")["co2_mt"]
        own = league.city_series(catalog, CITY).set_index("year")["co2_mt"].dropna()
        assert rows.to_dict() == own.to_dict()
        assert set(city.league()["region"]) <= set(catalog.read("regions").query("parent == @PROVINCE")["id"])


class TestCommandLine:
    """The same question on the command line gives the same figures."""

    @pytest.mark.parametrize(
        ("arguments", "asked"),
        [
            (["inventory", "--by", "field"], lambda p: p.emissions(by="field")),
            (["targets", "--plan", "14FYP", "--format", "csv"], lambda p: p.targets("14FYP").frame()),
            (["league", "--by", "intensity", "--format", "csv"], lambda p: p.league(by="intensity")),
            (["compare", "--format", "csv"], lambda p: p.compare()),
            (["whatif", "--set", "gdp_growth=5.5", "--format", "csv"], lambda p: p.whatif(gdp_growth=5.5).frame()),
            (["roadmap", "--format", "csv"], lambda p: p.roadmap().wedges()),
            (["roadmap", "--front", "--format", "csv"], lambda p: p.roadmap().front()),
        ],
        ids=lambda one: " ".join(one) if isinstance(one, list) else "",
    )
    def test_same_figures(self, run: Run, p: tf.Region, arguments: list[str], asked: Any) -> None:
        status, told, _ = run(*arguments, cwd=p.catalog.root)
        assert status == 0
        rows, printed = asked(p), pd.read_csv(StringIO(told))
        shared = [name for name in rows.columns if name in printed]
        assert shared
        assert len(rows) == len(printed)
        for name in shared:
            if pd.api.types.is_numeric_dtype(rows[name]):
                values = rows[name].astype("float64").to_numpy()
                assert printed[name].astype("float64").to_numpy() == pytest.approx(values, abs=1e-3, nan_ok=True), name
            else:
                here, there = (one[name].astype(object).fillna("").astype(str) for one in (printed, rows))
                assert here.tolist() == there.tolist(), name


def test_what_a_caller_changes_stays_with_the_caller(catalog: Catalog) -> None:
    place = tf.region("330000", start=catalog.root)
    first = place.whatif(gdp_growth=5.5).answer.fan
    before = float(first["co2_mt"].iloc[-1])
    first["co2_mt"] = 0.0
    assert float(place.whatif(gdp_growth=5.5).answer.fan["co2_mt"].iloc[-1]) == before
    place.targets("14FYP")["E02"].judged.target["zh"] = "changed"
    assert place.targets("14FYP")["E02"].judged.target["zh"] != "changed"


def test_targets_are_a_mapping_that_keeps_its_word(catalog: Catalog) -> None:
    targets = tf.region("330000", start=catalog.root).targets("15FYP")
    assert targets.get("XX01") is None
    assert "XX01" not in targets
    assert ("P05" in targets) == (targets.get("P05") is not None)


def test_the_figure_of_the_peak_shows_every_field(catalog: Catalog) -> None:
    with pytest.raises(tf.ProjectError, match="shows the total and every field; leave field out"):
        tf.region("330000", start=catalog.root).show("peak", field="energy")
