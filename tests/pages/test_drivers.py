"""Sentences on what drove emissions, in both languages."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.facts import decomposition
from tanfeng.pages import text
from tanfeng.pages.drivers import decoupled, driven, field_by_field

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


def test_fields_from_the_largest_change(catalog: Catalog) -> None:
    rows = decomposition.fields(catalog, REGION)
    rows = rows[rows["period"] == "11FYP"]
    assert field_by_field(catalog, rows, "zh").startswith(
        "2010年全省二氧化碳排放比2005年增加1.05亿吨，其中能源增加7170万吨，工业增加"
    )
    assert field_by_field(catalog, rows, "en").startswith(
        "Total CO2 emissions rose by 105.3 Mt from 2005 to 2010: energy up 71.7 Mt, industry up"
    )


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
        assert "基本持平（−0.1%，95%区间−8.6%至" in shown["13FYP"]
        assert "减少47万吨" not in shown["13FYP"]
        assert shown["14FYP"].endswith("碳排放强度的影响小于误差，方向不能确定（含估算数据）。")

    def test_fields_within_their_error_come_last(self, catalog: Catalog) -> None:
        rows = decomposition.fields(catalog, REGION).query("period == '13FYP'")
        sentence = field_by_field(catalog, rows, "zh", limits_mt=(-32.6, 31.7))
        assert "基本持平" in sentence
        assert sentence.endswith("能源、居民生活、交通、农业变化不显著（含估算数据）。")
        assert "no significant change of energy, residential, transport and agriculture" in field_by_field(
            catalog, rows, "en"
        )


ROW = {
    "start": 2010, "end": 2015, "quantity": "co2_total", "change_pct": 4.9, "gdp_change_pct": 48.4,
    "elasticity": 0.101, "state": "weak", "status": "reported",
}  # fmt: skip


class TestDecoupled:
    def test_a_small_elasticity_shows_its_sign(self, catalog: Catalog) -> None:
        row = {**ROW, "change_pct": -0.1, "elasticity": -0.003, "state": "strong"}
        assert "下降0.1%" in decoupled(catalog, row, "zh")
        assert "脱钩弹性为−0.003，属强脱钩" in decoupled(catalog, row, "zh")

    def test_without_a_change_of_gdp_nothing_is_judged(self, catalog: Catalog) -> None:
        row = {**ROW, "gdp_change_pct": 0.0, "elasticity": None, "state": "undefined"}
        assert decoupled(catalog, row, "zh").endswith("脱钩状态不作判定。")
        assert decoupled(catalog, row, "en").endswith("decoupling not defined.")

    def test_an_interval_across_a_limit_gives_no_state(self, catalog: Catalog) -> None:
        row = {**ROW, "change_pct": -0.1, "lo95_pct": -8.6, "hi95_pct": 8.4, "state": "not_significant"}
        assert decoupled(catalog, row, "zh").endswith("变化不显著，脱钩状态不作判定。")
        assert "变化−0.1%（95%区间−8.6%至8.4%）" in decoupled(catalog, row, "zh")
        assert decoupled(catalog, row, "en").endswith("change not significant; no state given.")
        row = {**row, "change_pct": 16.2, "lo95_pct": 6.3, "hi95_pct": 26.1, "state": "not_certain"}
        assert "增长16.2%（95%区间6.3%至26.1%）" in decoupled(catalog, row, "zh")
        assert decoupled(catalog, row, "zh").endswith("区间跨越不同脱钩状态，不作判定。")
        assert "elasticity" not in decoupled(catalog, row, "en")

    @pytest.mark.parametrize("lang", text.LANGS)
    def test_every_row_has_a_sentence(self, catalog: Catalog, lang: str) -> None:
        for row in decomposition.decoupling(catalog, REGION).to_dict("records"):
            assert "nan" not in decoupled(catalog, row, lang).lower()


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
