"""The waterfall: valid SVG, the same each time, its words in both languages, its steps from first year to last."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.facts import decomposition
from tanfeng.pages import text
from tanfeng.pages.charts.waterfall import DOWN, UP, waterfall

REGION = "330000"


@pytest.fixture(scope="module")
def tables(catalog: Catalog) -> dict[str, pd.DataFrame]:
    runs = {"kaya": decomposition.kaya, "power": decomposition.power, "fields": decomposition.fields}
    return {name: run(catalog, REGION).query("period == '12FYP'") for name, run in runs.items()}


@pytest.mark.parametrize("lang", text.LANGS)
@pytest.mark.parametrize("name", ["kaya", "power", "fields"])
def test_a_valid_chart_the_same_each_time(
    catalog: Catalog, tables: dict[str, pd.DataFrame], name: str, lang: str
) -> None:
    chart = waterfall(catalog, tables[name], lang)
    assert ET.fromstring(chart.svg).tag.endswith("svg")
    assert waterfall(catalog, tables[name], lang).svg == chart.svg
    assert UP in chart.svg


def test_both_colours_stand_for_both_directions(catalog: Catalog, tables: dict[str, pd.DataFrame]) -> None:
    svg = waterfall(catalog, tables["kaya"], "zh").svg
    assert (UP in svg, DOWN in svg) == (True, True)
    up_only = tables["kaya"].query("effect_mt > 0")
    assert DOWN not in waterfall(catalog, up_only, "zh").svg


def test_the_words_for_who_cannot_see_it(catalog: Catalog, tables: dict[str, pd.DataFrame]) -> None:
    assert waterfall(catalog, tables["kaya"], "zh").alt == (
        "二氧化碳排放变化瀑布图：2010年3.61亿吨；人口+0.36，人均地区生产总值+1.14，能耗强度−0.93，"
        "单位能耗碳排放−0.39；2015年3.79亿吨。"
    )


def test_several_fields_are_one_step_each_from_the_largest(catalog: Catalog, tables: dict[str, pd.DataFrame]) -> None:
    alt = waterfall(catalog, tables["fields"], "en").alt
    assert re.findall(r"([A-Z]\w+) [+−][\d.]+", alt) == [
        "Transport", "Residential", "Buildings", "Industry", "Agriculture", "Energy",
    ]  # fmt: skip
    assert "2010 361.1" in alt
    assert "2015 378.8" in alt


def test_several_periods_are_refused(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match="a waterfall shows one period"):
        waterfall(catalog, decomposition.kaya(catalog, REGION), "zh")
