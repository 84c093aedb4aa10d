"""Expected effects: quantity times factors with a source, golden numbers, nothing asserted, nothing counted twice."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.pages.reports import registers as reports_registers
from tanfeng.roadmap import effects

ZHEJIANG = "330000"
FOSSIL, EAST = 0.8273, 0.55


@pytest.fixture(scope="module")
def gross(catalog: Catalog) -> pd.DataFrame:
    return effects.gross(catalog, ZHEJIANG).set_index("id")


@pytest.fixture(scope="module")
def expected(catalog: Catalog) -> pd.DataFrame:
    return effects.expected(catalog, ZHEJIANG).set_index("id")


class TestGolden:
    @pytest.mark.parametrize(
        ("measure", "twh", "direct", "assessment"),
        [
            ("ME01", 1.2e6 * 7972 / 1e9, -1.2e6 * 7972 * FOSSIL * 0.6 / 1e9, -1.2e6 * 7972 * FOSSIL * 0.6 / 1e9),
            ("ME12", 36.0, -36 * FOSSIL, -36 * (FOSSIL - EAST)),
            ("ME17", 12.45e6 * 942 / 1e9, -12.45e6 * 942 * FOSSIL / 1e9, -12.45e6 * 942 * FOSSIL / 1e9),
            ("ME37", 2e6 * 5454 / 1e9, 2e6 * 5454 * FOSSIL / 1e9, 2e6 * 5454 * FOSSIL / 1e9),
        ],
    )
    def test_power(self, gross: pd.DataFrame, measure: str, twh: float, direct: float, assessment: float) -> None:
        row = gross.loc[measure]
        found = [row["electricity_twh_central"], row["direct_mt_central"], row["assessment_mt_central"]]
        assert found == pytest.approx([twh, direct, assessment], rel=1e-9)

    def test_trucks(self, gross: pd.DataFrame) -> None:
        row, km = gross.loc["MT03"], 500 * 58430
        assert row["direct_mt_central"] == pytest.approx(-km * 10.82 * 75.7 / 1e12)
        assert row["indirect_mt_central"] == pytest.approx(km * 1.38 * 0.5153 / 1e9)
        assert row["electricity_twh_central"] == pytest.approx(km * 1.38 / 1e9)

    def test_coal_equivalent_is_the_calorific_value(self, gross: pd.DataFrame) -> None:
        assert gross.at["ME12", "energy_mtce_central"] == pytest.approx(36 * 0.1229)

    def test_a_scenario_and_a_measure_say_the_same_of_a_unit(self, catalog: Catalog, gross: pd.DataFrame) -> None:
        from tanfeng.outlook.scenarios import displaced

        assert gross.at["ME01", "direct_mt_central"] == pytest.approx(-displaced(catalog, "330000", 1.2))


class TestHonest:
    def test_passed_targets_have_no_potential(self, expected: pd.DataFrame) -> None:
        passed = ["ME16", "ME17", "ME27", "ME28", "ME41", "ME48"]
        assert (expected.loc[passed, "reason"] == "target_passed").all()
        assert expected.loc[passed, effects.EFFECTS].isna().all(axis=None)

    def test_parts_are_not_counted_beside_their_whole(self, catalog: Catalog, expected: pd.DataFrame) -> None:
        left = set(expected.index[expected["reason"] == ""])
        parents = expected["part_of"]
        assert not [name for name in left if parents[name] in left]
        assert expected.loc[["ME18", "ME19", "ME20"], "reason_item"].tolist() == ["ME17"] * 3

    @pytest.mark.parametrize(
        ("measure", "reason"),
        [
            ("ME33", "no_method"),
            ("MI17", "no_method"),
            ("MA03", "carbon"),
            ("MA10", "not_co2"),
            ("ME52", "who_pays"),
            ("ME14", "in_service"),
            ("ME51", "scope"),
            ("MT06", "no_factor"),
        ],
    )
    def test_why_there_is_none(self, expected: pd.DataFrame, measure: str, reason: str) -> None:
        assert expected.at[measure, "reason"] == reason

    def test_every_measure_has_an_effect_or_a_reason(self, expected: pd.DataFrame) -> None:
        has = expected["direct_mt_central"].notna()
        assert (has == (expected["reason"] == "")).all()
        assert len(expected) == 117

    def test_new_coal_adds_co2(self, expected: pd.DataFrame) -> None:
        assert (expected.loc[["ME37", "ME40"], "direct_mt_central"] > 0).all()

    def test_imports_cut_less_in_the_assessment_account(self, gross: pd.DataFrame) -> None:
        rows = gross.loc[["ME12", "ME14", "ME15"]]
        assert (rows["assessment_mt_central"] > rows["direct_mt_central"]).all()

    def test_units_count_from_their_first_whole_year(self, expected: pd.DataFrame) -> None:
        rows = expected[(expected["reason"] == "") & expected["by_year"].notna()]
        assert (rows["first_year"] > rows["by_year"]).all()
        assert expected.at["ME12", "first_year"] == 2028

    def test_the_factors_that_must_not_be_used_are_not_there(self, live: Catalog) -> None:
        rows = live.read("measure_parameters")
        per_kwh = rows[(rows["unit"] == "kgCO2/kWh")]
        assert (per_kwh["emission_factor_id"] != "").all()
        assert not rows["central"].isin([0.75, 0.64, 0.832]).any()
        assert not rows["id"].str.contains("afforestation|shadow").any()

    def test_every_effect_cites_its_factors(self, catalog: Catalog, expected: pd.DataFrame) -> None:
        known = set(catalog.read("sources")["id"])
        for sources in expected.loc[expected["reason"] == "", "sources"]:
            assert len(sources.split()) >= 2
            assert set(sources.split()) <= known


def test_low_central_high(gross: pd.DataFrame) -> None:
    for account in ("direct_mt", "assessment_mt"):
        rows = gross[[f"{account}_{level}" for level in effects.LEVELS]].abs()
        assert (rows.iloc[:, 0] <= rows.iloc[:, 1]).all()
        assert (rows.iloc[:, 1] <= rows.iloc[:, 2]).all()


def with_quantity(tables: Path, quantity: float) -> pd.DataFrame:
    path = tables / "data" / "measures.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    place = next(place for place, line in enumerate(lines) if line.startswith("ME01,"))
    cells = lines[place].split(",")
    cells[5] = repr(quantity)
    (tables / "data" / "local").mkdir(exist_ok=True)
    local = tables / "data" / "local" / "measures.csv"
    local.write_text(f"{lines[0]}\n{','.join(cells)}\n", encoding="utf-8")
    return effects.gross(Catalog(tables), ZHEJIANG).set_index("id")


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    import shutil

    folder = tmp_path_factory.mktemp("tables")
    shutil.copytree(root / "data", folder / "data", ignore=shutil.ignore_patterns("local"))
    return folder


@given(quantity=st.floats(1, 5000))
@settings(max_examples=5, deadline=None)
def test_the_effect_is_proportional_to_the_quantity(copied: Path, gross: pd.DataFrame, quantity: float) -> None:
    from tanfeng.data import catalog as reading
    from tanfeng.roadmap import registers

    for cache in (reading._read, registers._register, effects.parameters, effects.expected):
        cache.clear()
    found = with_quantity(copied, quantity)
    assert found.at["ME01", "direct_mt_central"] == pytest.approx(
        gross.at["ME01", "direct_mt_central"] * quantity / 120, rel=1e-9
    )
    assert found.at["ME02", "direct_mt_central"] == pytest.approx(gross.at["ME02", "direct_mt_central"])


def test_factors_that_give_no_co2_are_refused(tables: Path) -> None:
    path = tables / "data" / "measure_factors.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    kept = [line for line in lines if not line.startswith("ME37,burnt,2,")]
    path.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(ProjectError, match=r"ME37.*expected a mass of CO2"):
        effects.gross(Catalog(tables), ZHEJIANG)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        (
            "zh",
            "替代火电：360亿千瓦时/年×0.8273千克二氧化碳/千瓦时；外来电排放：360亿千瓦时/年×0.55千克二氧化碳/千瓦时",
        ),
        (
            "en",
            "fossil power displaced: 36 TWh a year x 0.8273 kg CO2 per kWh; "
            "imported electricity: 36 TWh a year x 0.55 kg CO2 per kWh",
        ),
    ],
)
def test_formula_in_words(catalog: Catalog, lang: str, text: str) -> None:
    assert reports_registers.formula(catalog, "ME12", lang) == text
