"""The four indicators by plan: the golden bars, what is not published, and the arithmetic of chains."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog
from tanfeng.facts import by_plan, indicators, plans, uncertainty

REGION = "330000"
RATES = st.lists(st.floats(-60, 60), min_size=1, max_size=8)


@pytest.fixture(scope="module")
def changes(catalog: Catalog) -> pd.DataFrame:
    return by_plan.plan_changes(catalog, REGION)


def one(changes: pd.DataFrame, indicator: str, scope: str, plan: str, account: str = "") -> pd.Series:
    found = changes.query("indicator == @indicator and scope == @scope and plan == @plan and account == @account")
    assert len(found) == 1
    return found.iloc[0]


def rates_frame(rates: list[float], base: int = 2000) -> pd.DataFrame:
    years = range(base + 1, base + 1 + len(rates))
    frame = pd.DataFrame({"first": [year - 1 for year in years], "year": list(years), "value": rates})
    return frame.assign(status="reported", source_id="s")


@pytest.mark.parametrize(("plan", "golden"), [("11FYP", -19.99), ("12FYP", -20.70), ("13FYP", -8.26)])
def test_energy_intensity_by_plan(changes: pd.DataFrame, plan: str, golden: float) -> None:
    row = one(changes, "energy_intensity", "statistical", plan)
    assert row["change_pct"] == pytest.approx(golden, abs=0.02)
    assert (row["complete"], row["reason"]) == (True, "")
    published = row["years_published"] == row["years"]
    assert row["status"] == ("reported" if published else "estimate"), "a computed rate makes the chain an estimate"
    assert row["basis"] == ("computed" if published else "")


def test_the_first_four_years_of_the_13th_plan(catalog: Catalog) -> None:
    rows = indicators.by_scope(catalog, REGION).query("indicator == 'energy_intensity' and scope == 'statistical'")
    found = by_plan.change(rows, indicators.CHANGE, 2015, 2019)
    assert found["change_pct"] == pytest.approx(-13.73, abs=0.02)
    assert found["years_published"] == 4


def test_years_published_leaves_out_derived_rates(catalog: Catalog, changes: pd.DataFrame) -> None:
    published = [
        one(changes, "energy_intensity", "statistical", plan)["years_published"] for plan in plans.begun(catalog)
    ]
    assert published == [4, 4, 5, 0]


@pytest.mark.parametrize(
    ("indicator", "scope"),
    [("energy_consumption", "assessment"), ("energy_intensity", "statistical"), ("energy_intensity", "assessment")],
)
def test_nothing_is_published_for_2021_to_2025(changes: pd.DataFrame, indicator: str, scope: str) -> None:
    row = one(changes, indicator, scope, "14FYP")
    assert pd.isna(row["change_pct"])
    assert (row["reason"], row["years_published"], row["complete"]) == ("not_published", 0, False)
    assert row["status"] == row["sources"] == ""


def test_a_plan_that_is_known_in_part_says_to_which_year(changes: pd.DataFrame) -> None:
    row = one(changes, "co2_total", "territorial", "14FYP", "direct")
    assert (row["first"], row["last"], row["complete"], row["reason"]) == (2020, 2022, False, "ends_early")
    assert row["change_pct"] == pytest.approx(100 * (440.667 / 374.229 - 1), abs=0.01)
    assert row["status"] == "adjusted"
    row = one(changes, "energy_consumption", "statistical", "14FYP")
    assert (row["first"], row["last"], row["reason"], row["status"]) == (2020, 2022, "ends_early", "reported")


def test_only_direct_emissions_have_limits(catalog: Catalog, changes: pd.DataFrame) -> None:
    known = changes["lo95"].notna()
    assert set(changes.loc[known, "account"]) == {"direct"}
    assert known.sum() == 2 * len(plans.begun(catalog)), "CO2 and its intensity in every plan"
    inside = changes[known]
    assert (inside["lo95"] < inside["change_pct"]).all()
    assert (inside["change_pct"] < inside["hi95"]).all()


def test_limits_of_an_intensity_are_those_of_emissions_over_gdp(catalog: Catalog) -> None:
    emitted = by_plan.limits(catalog, REGION, "co2_total", 2020, 2022)
    assert emitted == uncertainty.change(catalog, REGION, "total", 2020, 2022)[1:]
    index = indicators.gdp_index(catalog, REGION)
    growth = index[2022] / index[2020]
    expected = [(100 + limit) / growth - 100 for limit in emitted]
    assert by_plan.limits(catalog, REGION, "carbon_intensity", 2020, 2022) == pytest.approx(expected)


def test_basis_tells_published_from_computed() -> None:
    rows = rates_frame([1.0, 2.0])
    assert by_plan.change(rows, indicators.CHANGE, 2000, 2001)["basis"] == by_plan.PUBLISHED
    assert by_plan.change(rows, indicators.CHANGE, 2000, 2002)["basis"] == by_plan.COMPUTED
    mixed = rows.assign(status=["reported", "estimate"])
    found = by_plan.change(mixed, indicators.CHANGE, 2000, 2002)
    assert (found["status"], found["basis"]) == ("estimate", "")


def test_official_reports_give_part_of_carbon_intensity(changes: pd.DataFrame) -> None:
    row = one(changes, "carbon_intensity", "statistical", "12FYP")
    assert row["change_pct"] == pytest.approx(-13.37)
    assert (row["last"], row["status"]) == (2013, "reported")
    row = one(changes, "carbon_intensity", "statistical", "13FYP")
    assert row["change_pct"] == pytest.approx(-13.99)
    assert (row["last"], row["complete"]) == (2018, False)


def test_the_assessment_account_begins_in_2015(catalog: Catalog, changes: pd.DataFrame) -> None:
    reasons = [one(changes, "co2_total", "assessment", plan, "assessment")["reason"] for plan in plans.begun(catalog)]
    assert reasons == ["not_computed", "starts_later", "", "ends_early"]
    direct = one(changes, "co2_total", "territorial", "13FYP", "direct")["change_pct"]
    assert one(changes, "co2_total", "assessment", "13FYP", "assessment")["change_pct"] > direct + 5, "more imports"


def test_every_row_answers_or_says_why(catalog: Catalog, changes: pd.DataFrame) -> None:
    assert len(changes) == len(indicators.SCOPE_SERIES) * len(plans.begun(catalog))
    assert (changes["change_pct"].isna() == changes["first"].isna()).all()
    assert (changes["complete"] == (changes["reason"] == "")).all()
    cited = {source for names in changes["sources"] for source in names.split()}
    assert cited <= set(catalog.read("sources")["id"])
    assert (changes.loc[changes["change_pct"].notna(), "sources"] != "").all()


def test_what_the_plans_asked(catalog: Catalog) -> None:
    asked = by_plan.requirements(catalog, REGION).set_index("plan")
    assert asked["planned_pct"].to_dict() == {"11FYP": -20.0, "12FYP": -18.0, "13FYP": -17.0, "14FYP": -14.5}
    assert asked["planned_scope"].to_dict()["14FYP"] == "assessment"
    assert asked["official_pct"].dropna().to_dict() == {"11FYP": -20.0, "12FYP": -17.8}
    assert asked.at["12FYP", "official_last"] == 2014


@given(RATES)
def test_a_chain_of_rates_is_the_ratio_of_levels(rates: list[float]) -> None:
    levels = [100.0]
    for rate in rates:
        levels.append(levels[-1] * (1 + rate / 100))
    last = 2000 + len(rates)
    chained = by_plan.change(rates_frame(rates), indicators.CHANGE, 2000, last)
    years = list(range(2000, last + 1))
    frame = pd.DataFrame({"first": years, "year": years, "value": levels, "status": "reported", "source_id": "s"})
    assert chained["change_pct"] == pytest.approx(
        by_plan.change(frame, indicators.LEVEL, 2000, last)["change_pct"], abs=1e-7
    )
    assert chained["change_pct"] == pytest.approx(100 * (levels[-1] / levels[0] - 1), abs=1e-7)


@given(RATES, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rates: list[float], random: object) -> None:
    rows = rates_frame(rates)
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    last = 2000 + len(rates)
    straight = by_plan.change(rows, indicators.CHANGE, 2000, last)
    mixed = by_plan.change(rows.iloc[order], indicators.CHANGE, 2000, last)
    assert mixed == straight


@given(RATES, st.integers(0, 7))
def test_a_gap_ends_the_chain(rates: list[float], gap: int) -> None:
    rows = rates_frame(rates)
    last = 2000 + len(rates)
    found = by_plan.change(rows[rows["year"] != 2001 + gap], indicators.CHANGE, 2000, last)
    if gap == 0:
        assert pd.isna(found["change_pct"])
        assert found["reason"] == ("not_published" if len(rates) == 1 else "starts_later")
    elif gap < len(rates):
        assert (found["last"], found["complete"], found["reason"]) == (2000 + gap, False, "ends_early")
    else:
        assert found["complete"]


def test_yearly_rates_come_before_a_change_over_several_years() -> None:
    rows = rates_frame([10.0, 10.0])
    longer = pd.DataFrame({"first": [2000], "year": [2002], "value": [99.0], "status": "reported", "source_id": "t"})
    found = by_plan.change(pd.concat([longer, rows], ignore_index=True), indicators.CHANGE, 2000, 2002)
    assert found["change_pct"] == pytest.approx(21.0)
    assert found["sources"] == "s"


def test_a_level_without_its_base_year_gives_no_change() -> None:
    frame = pd.DataFrame({"first": [2001, 2002], "year": [2001, 2002], "value": [1.0, 2.0]})
    found = by_plan.change(frame.assign(status="reported", source_id="s"), indicators.LEVEL, 2000, 2002)
    assert pd.isna(found["change_pct"])
    assert found["reason"] == "starts_later"


def test_computed_and_published_rates_agree_except_in_2013(catalog: Catalog) -> None:
    table = by_plan.rates(catalog, REGION).set_index("year")
    assert table.index[~table["agrees"]].tolist() == [2013]
    assert table.drop(2013)["difference"].abs().max() <= by_plan.TOLERANCE_POINTS
    assert table.at[2013, "difference"] == pytest.approx(-1.08, abs=0.01)
    energy = indicators.yearly(catalog, "energy_consumption", REGION).set_index("year")["value"]
    assert table.at[2020, "computed"] == pytest.approx(100 * (energy[2020] / energy[2019] / 1.036 - 1), abs=0.01)


def test_rates_that_were_derived_are_not_checked_against_themselves(catalog: Catalog) -> None:
    years = by_plan.rates(catalog, REGION)["year"].tolist()
    assert years == [year for year in range(2006, 2021) if year not in {2010, 2014}]


def test_official_cumulative_changes_agree_with_the_chain(catalog: Catalog) -> None:
    table = by_plan.chains(catalog, REGION)
    assert table[["first", "year"]].to_numpy().tolist() == [
        [2005, 2009],
        [2005, 2010],
        [2010, 2012],
        [2010, 2013],
        [2010, 2014],
    ]
    assert table["difference"].abs().max() < 0.1
    assert table.set_index(["first", "year"]).at[(2005, 2010), "bound"] == "about"
