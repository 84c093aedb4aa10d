"""Sentences on what drove emissions, in both languages."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.facts import decomposition
from tanfeng.pages import text
from tanfeng.pages.reports.indicators import driven

REGION = "330000"


@pytest.fixture(scope="module")
def kaya(catalog: Catalog) -> pd.DataFrame:
    return decomposition.kaya(catalog, REGION)


def test_what_drove_the_12th_plan(catalog: Catalog, kaya: pd.DataFrame) -> None:
    rows = kaya[kaya["period"] == "12FYP"]
    assert driven(catalog, rows, "zh") == (
        "2015年全省二氧化碳排放比2010年增加1772万吨：人均地区生产总值拉动1.14亿吨，人口拉动3566万吨；"
        "能耗强度抵减9271万吨，单位能耗碳排放抵减3916万吨。"
    )
    assert driven(catalog, rows, "en") == (
        "Total CO2 emissions rose by 17.7 Mt from 2010 to 2015: GDP per head added 113.9 Mt and population 35.7 Mt; "
        "energy intensity took off 92.7 Mt and CO2 per unit of energy 39.2 Mt."
    )


def made(effects: dict[str, float], status: str = "reported", item: str = "total") -> pd.DataFrame:
    rows = pd.DataFrame({"factor": list(effects), "effect_mt": list(effects.values())})
    end = 100 + sum(effects.values())
    return rows.assign(period="P", start=2000, end=2005, item=item, first_mt=100.0, last_mt=end, status=status)


def test_a_fall_says_so_and_one_group_stands_alone(catalog: Catalog) -> None:
    rows = made({"gdp": -5.0, "co2_per_gdp": -7.5}, item="transport")
    assert driven(catalog, rows, "zh") == (
        "2005年交通领域二氧化碳排放比2000年减少1250万吨：碳排放强度抵减750万吨，经济规模抵减500万吨。"
    )
    assert driven(catalog, rows, "en") == (
        "CO2 emissions of transport fell by 12.5 Mt from 2000 to 2005: carbon intensity took off 7.5 Mt and GDP 5.0 Mt."
    )


@pytest.mark.parametrize(("status", "word"), [("estimate", "估算"), ("adjusted", "订正")])
def test_a_sentence_says_what_it_rests_on(catalog: Catalog, status: str, word: str) -> None:
    assert driven(catalog, made({"gdp": 1.0}, status), "zh").endswith(f"（含{word}数据）。")
    assert "rests on" in driven(catalog, made({"gdp": 1.0}, status), "en")


def with_limits(rows: pd.DataFrame, low: float, high: float) -> pd.DataFrame:
    return rows.assign(lo95_mt=low, hi95_mt=high)


class TestWhatTheInventoryCannotTell:
    def test_a_change_within_its_error_has_no_direction(self, catalog: Catalog) -> None:
        rows = with_limits(made({"gdp": 10.0, "energy_per_gdp": -10.5}), -6.0, 5.0)
        assert driven(catalog, rows, "zh").startswith(
            "2005年全省二氧化碳排放与2000年相比基本持平（−0.5%，95%区间−6.0%至5.0%）：经济规模拉动1000万吨；"
        )
        assert driven(catalog, rows, "en").startswith(
            "Total CO2 emissions hardly changed from 2000 to 2005 (−0.5%, 95% interval −6.0% to 5.0%): GDP added"
        )

    @pytest.mark.parametrize(("effect", "told"), [(-3.9, False), (-4.1, True), (3.9, False), (4.1, True)])
    def test_a_factor_made_of_emissions_needs_more_than_half_the_interval(
        self, catalog: Catalog, effect: float, told: bool
    ) -> None:
        rows = made({"gdp": 20.0, "co2_per_gdp": effect})
        rows = with_limits(rows, 20 + effect - 4, 20 + effect + 4)
        sentence = driven(catalog, rows, "zh")
        assert ("碳排放强度的影响小于误差，方向不能确定" in sentence) is not told
        assert ("direction not certain" in driven(catalog, rows, "en")) is not told

    def test_the_error_of_emissions_does_not_touch_population(self, catalog: Catalog) -> None:
        rows = with_limits(made({"population": 1.0, "gdp_per_head": 30.0}), 11.0, 51.0)
        assert "人口拉动100万吨" in driven(catalog, rows, "zh")

    def test_golden_sentences_of_the_plans(self, catalog: Catalog, kaya: pd.DataFrame) -> None:
        shown = {plan: driven(catalog, kaya[kaya["period"] == plan], "zh") for plan in ("11FYP", "13FYP", "14FYP")}
        assert shown["11FYP"].endswith("单位能耗碳排放的影响小于误差，方向不能确定。")
        assert "基本持平（−1.2%，95%区间−5.7%至" in shown["13FYP"]
        assert "减少461万吨" not in shown["13FYP"]
        assert shown["14FYP"].endswith("单位能耗碳排放的影响小于误差，方向不能确定（含订正数据）。")


@pytest.mark.parametrize("lang", text.LANGS)
def test_every_period_has_a_clean_sentence(catalog: Catalog, kaya: pd.DataFrame, lang: str) -> None:
    for rows in (kaya, decomposition.power(catalog, REGION)):
        for _, part in rows.groupby("period"):
            sentence = driven(catalog, part, lang)
            assert sentence.endswith("。" if lang == "zh" else ".")
            assert not re.search(r"nan|None|_|\{", sentence)
            if lang == "zh":
                assert " " not in sentence


def test_several_periods_are_refused(catalog: Catalog, kaya: pd.DataFrame) -> None:
    with pytest.raises(ProjectError, match="about one period"):
        driven(catalog, kaya, "zh")
    with pytest.raises(ProjectError, match="about one period; found no rows"):
        driven(catalog, kaya.head(0), "zh")
