"""Pages that may be passed on: no internal figure stands behind them, and a folder that holds others is told."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.publishing import public, stale
from tanfeng.publishing.render import INTERNAL_CLASS, internal_notice
from tanfeng.targets.verdict import judge_target
from tests.conftest import Run

HEAD = "indicator,region,period,value,unit,bound,status,source_id,note_zh,note_en\n"
ROWS = (
    "nuclear_capacity,330000,2025,917.25,10^4 kW,exact,internal,internal_a,,\n"
    "pumped_storage_capacity,330000,2024,700,10^4 kW,exact,reported,filled_a,,\n"
)
SOURCES = (
    "id,citation_zh,citation_en,url,document_date,retrieved,licence,grade\n"
    'internal_a,省能源局（浙江省）填报，未公开,"Zhejiang Energy Bureau, not public",,,2026-11,internal,C\n'
    "filled_a,公报,Bulletin,,,2026-11,official-publication,C\n"
)


def supply(root: Path, rows: str = ROWS) -> Path:
    folder = root / "data" / "local"
    folder.mkdir()
    (folder / "observations.csv").write_text(HEAD + rows, encoding="utf-8")
    (folder / "sources.csv").write_text(SOURCES, encoding="utf-8")
    return root


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


class TestWithoutInternal:
    def test_without_any_it_is_the_project_itself(self, tables: Path) -> None:
        assert public.without_internal(tables) == tables
        assert public.without_internal(supply(tables, ROWS.splitlines(keepends=True)[1])) != tables  # the source is one

    def test_only_what_is_internal_is_missing(self, tables: Path) -> None:
        (tables / "notebooks").mkdir()
        view = public.without_internal(supply(tables))
        assert view == tables / "build" / "public"
        assert names(view / "data") == names(tables / "data")
        own, shown = Catalog(tables), Catalog(view)
        for name in own.tables:
            before, after = own.read(name), shown.read(name)
            if name in public.MARKED:
                before = before[before[public.MARKED[name]] != "internal"]
                after = after[~after.apply(tuple, axis=1).isin(_superseded(before, after))]
                before = before.reset_index(drop=True)
            pd.testing.assert_frame_equal(after.reset_index(drop=True), before)
        assert judge_target(own, "E05", "330000").reason == "fell_short"
        assert judge_target(shown, "E05", "330000").reason == "bound_plants_on_grid"
        assert "917.25" not in "".join(path.read_text(encoding="utf-8") for path in (view / "data/local").iterdir())

    def test_it_follows_the_project(self, tables: Path) -> None:
        (tables / "notebooks").mkdir()
        view = public.without_internal(supply(tables))
        stale.forget()
        first = stale.state(view).data
        (tables / "data" / "local" / "breaks.csv").write_text("x\n", encoding="utf-8")
        public.without_internal(tables)
        stale.forget()
        assert stale.state(view).data != first
        (tables / "data" / "local" / "breaks.csv").unlink()
        public.without_internal(tables)
        stale.forget()
        assert stale.state(view).data == first

    def test_a_shipped_table_and_a_workbook(self, tables: Path) -> None:
        (tables / "notebooks").mkdir()
        supply(tables)
        rows = pd.read_csv(io.StringIO(HEAD + ROWS), dtype=str, keep_default_na=False)
        (tables / "data/local/observations.csv").unlink()
        rows.to_excel(tables / "data/local/observations.xlsx", index=False)
        with (tables / "data/observations.csv").open("a", encoding="utf-8") as file:
            file.write("car_stock,330000,2025,1,10^4 vehicles,exact,internal,internal_a,,\n")
        found = Catalog(public.without_internal(tables)).read("observations")
        assert "internal" not in set(found["status"])
        assert "filled_a" in set(found["source_id"])


def _superseded(before: pd.DataFrame, after: pd.DataFrame) -> list[tuple[object, ...]]:
    """Shipped rows that an internal one stood in for."""
    known = set(before.apply(tuple, axis=1))
    return [row for row in after.apply(tuple, axis=1) if row not in known]


class TestNotice:
    @pytest.mark.parametrize(
        ("lang", "words"),
        [
            ("zh", "不得外传：所用数据表有1项未公布（核电装机容量2025年）。"),
            ("en", "1 that is not public (Nuclear capacity 2025)"),
        ],
    )
    def test_it_names_the_figures(self, tables: Path, lang: str, words: str) -> None:
        assert words in internal_notice(Catalog(supply(tables)), lang)

    def test_a_page_that_read_no_observations_has_none(self, tables: Path) -> None:
        catalog = Catalog(supply(tables))
        assert internal_notice(catalog, "zh", ["data/plans.csv"]) == ""
        assert internal_notice(catalog, "zh", ["data/plans.csv", "data/local/observations.csv"])

    def test_without_internal_figures_there_is_none(self, catalog: Catalog) -> None:
        assert internal_notice(catalog, "zh") == ""


class TestUnfit:
    def test_pages_with_internal_figures_are_named(self, project: Path) -> None:
        folder = project / "reports" / "330000"
        folder.mkdir(parents=True)
        (folder / "targets.zh.html").write_text(f"<p {INTERNAL_CLASS}>x</p>", encoding="utf-8")
        (folder / "peak.zh.html").write_text("<p class='notice'>x</p>", encoding="utf-8")
        assert public.unfit(project, project / "reports") == ["330000/targets.zh.html"]
        (folder / "peak.zh.pdf").write_bytes(b"of an earlier page")
        assert public.unfit(project, project / "reports") == ["330000/targets.zh.html", "330000/peak.zh.pdf"]


@pytest.mark.build
def test_a_build(run: Run, project: Path) -> None:
    """The same page with and without: the figure, the banner and the verdict go; what is left behind is told."""
    supply(project)
    page = project / "reports" / "330000" / "targets.zh.html"
    assert run("build", "targets", "--lang", "zh", cwd=project)[0] == 0
    own = page.read_text(encoding="utf-8")
    assert INTERNAL_CLASS in own
    assert "917.25万千瓦（内部）" in own
    status, _, err = run("build", "targets", "--lang", "zh", "--public", cwd=project)
    assert status == 0, err
    shown = page.read_text(encoding="utf-8")
    assert "917.25" not in shown
    assert "内部" not in shown
    for file in (project / "reports").rglob("*.csv"):
        assert "917.25" not in file.read_text(encoding="utf-8"), file
    assert run("build", "targets", "--lang", "zh", cwd=project)[0] == 0
    assert INTERNAL_CLASS in page.read_text(encoding="utf-8")


def test_what_is_frozen_rests_on_no_internal_figure_unless_told(run: Run, tables: Path) -> None:
    status, _, err = run("freeze", "--name", "own", cwd=supply(tables))
    assert status == 2
    assert "1 internal figures (nuclear_capacity 2025)" in err
    assert not (tables / "data" / "vintages" / "own.csv").exists()
    status, _, err = run("freeze", "--name", "own", "--with-internal", cwd=tables)
    assert status == 0, err
    assert (tables / "data" / "vintages" / "own.csv").is_file()
