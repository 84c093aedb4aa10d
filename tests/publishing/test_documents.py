"""The documents state today's figures; whatever moves, a sentence says it with its direction in both languages."""

from __future__ import annotations

import difflib
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.data.settings import settings
from tanfeng.publishing import datalog, documents, plan
from tests.conftest import ROOT, Run

PATHS = [documents.FILE, datalog.FILE, *documents.DOCUMENTS, *documents.METHODS]


@pytest.fixture(scope="module")
def today(live: Catalog) -> dict[Path, str]:
    if live.local_rows():
        pytest.skip("data/local/ holds rows: the documents state the figures of the shipped tables")
    return documents.contents(live)


@pytest.fixture(scope="module")
def frozen(catalog: Catalog) -> pd.DataFrame:
    """Those of the reports that sentences state; the others take long, and `today` has them all."""
    return documents.figures(catalog, [*documents.STATED.values(), "targets"])


@pytest.mark.parametrize("path", PATHS, ids=Path.as_posix)
def test_it_states_the_figures_of_today(today: dict[Path, str], path: Path) -> None:
    """The one test that new data may break: look at what moved, then run `make figures`."""
    lines = [content.splitlines() for content in (documents.read(ROOT, path), today[path])]
    moved = [line for line in difflib.unified_diff(*lines, n=0, lineterm="") if line[:2] not in {"--", "++", "@@"}]
    assert not moved, "\n".join([f"{path.as_posix()} does not state today's figures; run make figures:", *moved])


def test_every_report_of_the_set_is_there_in_order(live: Catalog, today: dict[Path, str]) -> None:
    lines = today[documents.FILE].splitlines()
    assert lines[0] == "report,id,value,unit,period,lo80,hi80,lo95,hi95,status"
    keys = [line.split(",")[:2] for line in lines[1:]]
    assert keys == sorted(keys)
    assert {name for name, _ in keys} == {one.slug for one in plan.reports(live.root, settings(live.root).home, "zh")}
    assert not any("e+" in line or "nan" in line for line in lines)


def test_one_figure_a_line(frozen: pd.DataFrame) -> None:
    lines = documents._csv(frozen).splitlines()
    assert len(lines) == 1 + len(frozen)
    assert "overview,co2_2030,488.252,Mt CO2,2030,393.849,630.252,,,forecast" in lines
    assert "targets,verdict_met,15,targets,,,,,,reported" in lines


def test_both_languages_state_the_same(catalog: Catalog, frozen: pd.DataFrame) -> None:
    zh, en = (documents.sentence(catalog, frozen, "answers", lang) for lang in ("zh", "en"))
    assert "2030年为4.88亿吨，80%预测区间为3.94—6.30亿吨" in zh
    assert "488.3 Mt CO2 in 2030, with an 80% interval of 393.8–630.3 Mt CO2" in en
    assert "概率为37%" in zh
    assert "Probability 37%" in en
    assert "计数的63项目标中，判定17项：已完成15项，未完成2项；未判定46项：旁证倾向完成7项" in zh
    assert "17 of 63 targets are judged: met 15, missed 2. 46 are not" in en
    assert (zh.count("\n"), zh.startswith("数据版本：2026年11月。")) == (en.count("\n"), True)


def test_the_readme_says_what_the_first_page_says(catalog: Catalog, frozen: pd.DataFrame) -> None:
    zh, en = (documents.sentence(catalog, frozen, "first", lang) for lang in ("zh", "en"))
    assert (
        "\n2. 2030年碳强度下降65%的目标：**计入外调电，达到的概率为16%，约差0.80亿吨，已知措施可补上0.10亿吨**。" in zh
    )
    assert "\n3. 14th Five-Year Plan, 63 targets: **15 met, 2 missed**; 46 without a comparable figure" in en
    assert (zh[:3], en[:3], zh.count("**"), en.count("**")) == ("1. ", "1. ", 6, 6)
    assert "数据版本：2026年11月。2022年二氧化碳排放4.41亿吨（订正）" in zh
    assert "Emissions were 440.7 Mt CO2 in 2022 (adjusted)" in en


def test_the_first_sentence_turns_with_the_figures(catalog: Catalog, frozen: pd.DataFrame) -> None:
    turned = frozen.assign(value=frozen["value"].mask(frozen["id"] == "p_by_2030", 80.0))
    turned["value"] = turned["value"].mask(turned["id"] == "co2_2030_change", -3.0)
    zh, en = (documents.sentence(catalog, turned, "first", lang) for lang in ("zh", "en"))
    assert "2030年前达峰的概率为80%，**按期达峰的可能性较大**。" in zh
    assert "比2022年低3.0%" in zh
    assert "by 2030 is 80%: **peaking in time is likelier than not**." in en
    assert "3.0% below 2022" in en


def test_a_fall_is_called_one(catalog: Catalog, frozen: pd.DataFrame) -> None:
    turned = frozen.assign(value=frozen["value"].mask(frozen["id"].isin(["co2_change_2020", "told_came"]), -3.0))
    zh, en = (documents.sentence(catalog, turned, "answers", lang) for lang in ("zh", "en"))
    assert "下降3.0%（95%区间" in zh
    assert "down 3.0% on 2020" in en
    assert "这类概率偏高" in zh
    assert "probabilities were too high" in en


class TestFilling:
    @pytest.fixture(autouse=True)
    def _frozen_figures(self, monkeypatch: pytest.MonkeyPatch, frozen: pd.DataFrame) -> None:
        monkeypatch.setattr(documents, "figures", lambda _: frozen)
        monkeypatch.setattr(documents.results, "results", lambda _, page: f"What {page} gives.")

    @pytest.fixture
    def written(self, tables: Path) -> Path:
        """A project with the documents, and not with the figures of its tables."""
        shutil.copytree(ROOT / "docs", tables / "docs", ignore=shutil.ignore_patterns("img", "figures.csv"))
        (tables / "docs" / "figures.csv").write_text("of another day\n", encoding="utf-8")
        shutil.copytree(ROOT / "notebooks", tables / "notebooks")
        for name in ("README.md", "README.zh-CN.md"):
            shutil.copy(ROOT / name, tables)
        text = (tables / "docs" / "reference" / "data.md").read_text(encoding="utf-8")
        wrong = re.sub(r"\| plans \| \d+ \|", "| plans | 600 |", text)
        (tables / "docs" / "reference" / "data.md").write_text(wrong, encoding="utf-8")
        return tables

    def test_only_figures_change(self, written: Path) -> None:
        found = documents.contents(Catalog(written))
        before = (written / "docs" / "reference" / "data.md").read_text(encoding="utf-8")
        assert "| plans | 600 |" in before
        assert "What league gives." in found[Path("docs", "methods", "league.md")]
        after = found[Path("docs", "reference", "data.md")]
        assert f"| plans | {len(Catalog(written).read('plans'))} |" in after
        assert [line for line in before.splitlines() if "<!--" in line] == [
            line for line in after.splitlines() if "<!--" in line
        ]
        (written / "README.md").write_text(found[Path("README.md")], encoding="utf-8")
        assert documents.contents(Catalog(written))[Path("README.md")] == found[Path("README.md")]

    def test_the_command(self, run: Run, written: Path) -> None:
        status, out, err = run("data", "figures", "--check", cwd=written)
        assert (status, "run `make figures`" in err) == (1, True)
        assert {"docs/figures.csv", "docs/reference/data.md"} <= set(out.split())
        assert (written / "docs" / "figures.csv").read_text(encoding="utf-8") == "of another day\n"
        status, out, _ = run("data", "figures", cwd=written)
        assert (status, "docs/reference/data.md" in out) == (0, True)
        assert run("data", "figures", "--check", cwd=written) == (0, "", "every document states today's figures\n")

    def test_local_rows_are_in_no_document(self, run: Run, written: Path) -> None:
        (written / "data" / "local").mkdir()
        shutil.copy(written / "data" / "plans.csv", written / "data" / "local")
        status, _, err = run("data", "figures", cwd=written)
        assert (status, "data/local/ holds plans" in err) == (2, True)

    def test_a_document_without_marks_is_named(self, written: Path) -> None:
        (written / "README.md").write_text("# Tanfeng\n", encoding="utf-8")
        with pytest.raises(ProjectError, match=r"README\.md: 0 times <!-- figures:first -->"):
            documents.contents(Catalog(written))
