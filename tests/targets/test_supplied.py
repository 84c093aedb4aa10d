"""What an office supplies decides: every gap of the 14th plan filled with made-up figures, met, then missed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from tanfeng.checks import magnitude
from tanfeng.data import units
from tanfeng.data.catalog import Catalog
from tanfeng.pages.reports import lookback
from tanfeng.pages.sentences import reason
from tanfeng.targets.lookback import barometer, hindcasts, plans
from tanfeng.targets.requests import requests
from tanfeng.targets.verdict import STRICT, Verdict, judge
from tests.conftest import ROOT, Run

PLAN, REGION = "14FYP", "330000"
COMMAND = Path(sys.executable).parent / "tanfeng"
SOURCE = "bulletin_2025"
UNPUBLISHED = re.compile("未公布|未查到|尚未|没有同口径|not published|was found|nothing since|no public evidence")
COLUMNS = ["indicator", "region", "period", "value", "unit", "bound", "status", "source_id", "note_zh", "note_en"]


def made_up(catalog: Catalog, target: dict[str, Any], met: bool) -> list[dict[str, Any]]:
    """Return figures of a target's own indicator that answer it, in the unit of the target."""
    asked, direction, year = target["target_value"], target["direction"], int(target["target_year"])
    kind = catalog.read("indicators").set_index("id").at[target["indicator"], "kind"]
    figures = {str(year): asked * (1.0 if met else 0.9)}
    if direction == "at_most":
        figures = {str(year): asked * (1.0 if met else 1.1)}
    elif kind == "change":
        figures = {f"{int(target['base_year'])}/{year}": -asked if met else 1 - asked}
    elif direction == "increase_by" and kind == "stock":
        base = int(target["base_year"])
        figures = {str(base): asked / 5, str(year): asked * (1.2 if met else 0.99)}  # the stock has a target too
    return [
        {
            **dict.fromkeys(COLUMNS, ""),
            **{"indicator": target["indicator"], "region": REGION, "period": period, "value": value},
            **{"unit": target["unit"], "bound": "exact", "status": "reported", "source_id": SOURCE},
        }
        for period, value in figures.items()
    ]


def supplied(root: Path, rows: list[dict[str, Any]]) -> Catalog:
    """Put figures into `data/local/` and open the tables."""
    folder = root / "data" / "local"
    folder.mkdir(exist_ok=True)
    frame = pd.DataFrame(rows, columns=COLUMNS).drop_duplicates(["indicator", "period"], keep="last")
    frame.to_csv(folder / "observations.csv", index=False)
    return Catalog(root)


def counted(catalog: Catalog) -> dict[str, Verdict]:
    return {one.target["id"]: one for one in judge(catalog, REGION, PLAN) if one.counts}


@pytest.mark.parametrize("met", [True, False])
def test_every_gap_filled_is_judged_and_no_sentence_denies_it(catalog: Catalog, tables: Path, met: bool) -> None:
    before = counted(catalog)
    gaps = {name: one for name, one in before.items() if one.verdict not in STRICT}
    assert gaps
    rows = [row for one in gaps.values() for row in made_up(catalog, one.target, met)]
    filled = supplied(tables, rows)
    after = counted(filled)
    assert {name: after[name].verdict for name in gaps} == dict.fromkeys(gaps, "met" if met else "missed")
    assert {name: one.verdict for name, one in after.items() if name not in gaps} == {
        name: one.verdict for name, one in before.items() if name not in gaps
    }
    for one in after.values():
        for lang in ("zh", "en"):
            said = reason(filled, one, lang)
            assert one.lean == ""
            assert one.probability_range is None
            assert not UNPUBLISHED.search(said), said


def test_every_gap_filled_ten_times_too_large_is_refused(catalog: Catalog, tables: Path) -> None:
    """Each row is named; the figures of base years are good ones."""
    gaps = [one.target for one in counted(catalog).values() if one.verdict not in STRICT]
    rows = {
        (row["indicator"], row["period"]): {**row, "value": 10 * row["value"]}
        for target in gaps
        for row in made_up(catalog, target, met=True)
        if row["period"].endswith(str(target["target_year"]))
    }
    filled = supplied(tables, list(rows.values()))
    named = {one.row: one.expected for one in magnitude.check(filled) if one.file == "data/local/observations.csv"}
    assert set(named) == set(range(2, len(rows) + 2))
    assert all(words for words in named.values())


def of_change(indicator: str, period: str, value: float) -> dict[str, Any]:
    given = {"indicator": indicator, "region": REGION, "period": period, "value": value, "unit": "%"}
    return {**dict.fromkeys(COLUMNS, ""), **given, "bound": "exact", "status": "reported", "source_id": SOURCE}


class TestLookBack:
    """A figure of one kind changes what is said of it, and nothing else."""

    @pytest.mark.parametrize(("value", "word"), [(-14.9, "已完成"), (-9.0, "未完成")])
    def test_the_plan_that_is_assessed(self, tables: Path, value: float, word: str) -> None:
        filled = supplied(tables, [of_change(plans.ASSESSED, "2020/2025", value)])
        results = plans.results(filled, REGION)
        assert f"下降{-value:g}%（要求下降14.5%），判定为{word}" in lookback.assessed(filled, results, "zh")
        assert lookback.assessed_years(results, "2025年", "zh") == "考核口径的结果列在表中"

    def test_a_first_year_alone_is_no_result_and_leaves_the_words_of_notices(self, tables: Path) -> None:
        filled = supplied(tables, [of_change(plans.ASSESSED, "2020/2021", -3.0)])
        results = plans.results(filled, REGION)
        assert lookback.assessed(filled, results, "en") == ""
        assert "目标年的没有" in lookback.assessed_years(results, "2021年", "zh")
        rows = barometer.replay(filled, REGION).set_index(["measure", "period"])
        assert rows.loc[("intensity", "2021-03"), ["basis", "agreement"]].tolist() == ["stated", "agrees"]

    def test_what_a_plan_asked_of_carbon(self, tables: Path) -> None:
        filled = supplied(tables, [of_change("co2_intensity_change_planned", "2015/2020", -20.5)])
        figures = lookback.key_figures(filled, REGION, hindcasts.measured(filled, [2014])).set_index("id")
        assert figures.at["energy_intensity_rate", "period"] == "2019/2020"  # not the last year of carbon
        assert "要求未查到" not in lookback.carbon_unjudged(filled, plans.results(filled, REGION), "zh")

    def test_a_published_result_is_not_said_to_be_missing(self, tables: Path) -> None:
        filled = supplied(tables, [of_change("energy_intensity_change_white_paper", "2015/2020", -8.3)])
        assert not lookback.is_computed(plans.results(filled, REGION), "13FYP")


PAGES = ("targets", "overview", "registers", "lookback")
CLAIMS = {  # what a page says of figures that the workbook supplies
    "zh": re.compile("官方变化率[^。；]{0,3}未公布|考核结果[^。；]{0,3}未公布|同口径结果未公布|无公开依据[1-9]"),
    "en": re.compile("no official rate was|results are not published|plan nothing is published|[1-9] have no public"),
}
RATE, RATES = -3.0, ("energy_intensity_change", "co2_intensity_change")  # of each year; percent


def fill(catalog: Catalog, path: Path) -> None:
    """Fill a request workbook with figures that meet every target, every other one public; series of rates as well."""
    known = {
        (row["indicator"], row["period"]): (row["value"], row["unit"])
        for one in counted(catalog).values()
        if one.verdict not in STRICT
        for row in made_up(catalog, one.target, met=True)
    }
    asked = requests(catalog, REGION).set_index("id")
    book = openpyxl.load_workbook(path)
    for place, row in enumerate(book["全部"].iter_rows(min_row=2)):
        one = asked.loc[row[0].value]
        rate = (RATE, "%") if one["indicator"] in RATES and "-" in row[0].value else None
        value, unit = known.get((one["indicator"], one["period"]), rate) or (None, "")
        if value is not None:
            row[7].value = value * units.factor(catalog, unit, one["unit"])
            row[8].value, row[9].value = ("是", SOURCE) if place % 2 else ("否", None)
    book.save(path)


def words(path: Path) -> str:
    return unescape(re.sub("<[^>]+>", "", re.sub("(?s)<(script|style).*?</\\1>", "", path.read_text(encoding="utf-8"))))


@pytest.mark.build
def test_a_filled_workbook_is_believed_on_every_page(run: Run, project: Path) -> None:
    before = Catalog(project)
    gaps = {name for name, one in counted(before).items() if one.verdict not in STRICT}
    assert run("request", "--out", project / "f.xlsx", cwd=project)[0] == 0
    fill(before, project / "f.xlsx")
    status, _, err = run("data", "import", project / "f.xlsx", cwd=project)
    assert status == 0, err
    told = subprocess.run([COMMAND, "targets", "--plan", PLAN, "--format", "json"], cwd=project, capture_output=True)
    assert told.returncode == 0, told.stderr.decode()
    answers = {row["id"]: row["verdict"] for row in json.loads(told.stdout)}
    assert {name: answers[name] for name in gaps} == dict.fromkeys(gaps, "met")
    built = subprocess.run([COMMAND, "build", *PAGES], cwd=project, capture_output=True)
    assert built.returncode == 0, built.stderr.decode()
    for lang, claims in CLAIMS.items():
        for page in PAGES:
            said = words(project / "reports" / REGION / f"{page}.{lang}.html")
            assert not claims.findall(said), page


@pytest.mark.parametrize("lang", CLAIMS)
def test_the_claims_are_those_of_the_pages(catalog: Catalog, lang: str) -> None:
    """What the pages say while nothing is supplied is what a filled workbook must silence."""
    later = lookback.assessed_years(plans.results(catalog, REGION), "", lang)
    assert CLAIMS[lang].search({"zh": "“十四五”", "en": "for the 14th plan "}[lang] + later)
    assert "{{ later }}" in (ROOT / "notebooks/reports/lookback.ipynb").read_text(encoding="utf-8")
