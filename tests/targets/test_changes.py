"""Two states of the tables: rows, schema, verdicts and indicators that differ, and nothing else."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.targets.lookback import changes

Run = Callable[..., tuple[int, str, str]]
GIT = shutil.which("git")


def _replace(root: Path, table: str, old: str, new: str) -> Catalog:
    path = root / "data" / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return Catalog(root)


def _row(root: Path, table: str, start: str) -> str:
    lines = (root / "data" / f"{table}.csv").read_text(encoding="utf-8").split("\n")
    return next(line for line in lines if line.startswith(start))


def _without(root: Path, *names: str) -> None:
    """Take tables, and the references to them, out of the data package."""
    path = root / "data" / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    package["resources"] = [one for one in package["resources"] if one["name"] not in names]
    for one in package["resources"]:
        keys = one["schema"].pop("foreignKeys", [])
        if kept := [key for key in keys if key["reference"]["resource"] not in names]:
            one["schema"]["foreignKeys"] = kept
    path.write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")


@pytest.fixture
def diff(run: Run) -> Run:
    def command(*arguments: object, cwd: Path) -> tuple[int, str, str]:
        return run("data", "diff", *arguments, cwd=cwd)

    return command


class TestRows:
    def test_the_same_tables(self, catalog: Catalog, tables: Path) -> None:
        assert changes.compare(catalog, Catalog(tables)).empty

    def test_a_changed_figure(self, catalog: Catalog, tables: Path) -> None:
        row = _row(tables, "observations", "paper_output,330000,2019,")
        new = _replace(tables, "observations", row, row.replace("1768.4", "1803.768"))
        (found,) = changes.compare_rows(catalog, new).to_dict("records")
        assert found["table"] == "observations"
        assert found["change"] == "changed"
        assert found["key"] == "paper_output, 330000, 2019, nbs_annual_industrial_products"
        assert (found["column"], found["old"], found["new"]) == ("value", "1768.4", "1803.768")
        assert found["change_pct"] == pytest.approx(2.0)

    def test_the_way_a_number_is_written_is_no_change(self, catalog: Catalog, tables: Path) -> None:
        row = _row(tables, "observations", "paper_output,330000,2019,")
        new = _replace(tables, "observations", row, row.replace("1768.4", "1768.400"))
        assert changes.compare(catalog, new).empty

    def test_a_row_removed_and_added(self, catalog: Catalog, tables: Path) -> None:
        row = _row(tables, "observations", "paper_output,330000,2019,")
        new = _replace(tables, "observations", f"{row}\n", "")
        there = changes.compare_rows(catalog, new).to_dict("records")
        back = changes.compare_rows(new, catalog).to_dict("records")
        assert [(one["change"], one["old"], one["new"]) for one in there] == [("removed", "1768.4 10^4 t", "")]
        assert [(one["change"], one["old"], one["new"]) for one in back] == [("added", "", "1768.4 10^4 t")]

    def test_one_table_only(self, catalog: Catalog, tables: Path) -> None:
        _replace(tables, "units", "百亿千焦", "拍焦")
        row = _row(tables, "observations", "paper_output,330000,2019,")
        new = _replace(tables, "observations", row, row.replace("1768.4", "1"))
        assert set(changes.compare_rows(catalog, new)["table"]) == {"units", "observations"}
        assert set(changes.compare_rows(catalog, new, ["units"])["table"]) == {"units"}

    def test_an_unknown_table(self, catalog: Catalog) -> None:
        with pytest.raises(ProjectError, match="no table 'rumours' on either side"):
            changes.compare_rows(catalog, catalog, ["rumours"])

    def test_a_correction(self, catalog: Catalog, tables: Path) -> None:
        path = tables / "data" / "corrections.yaml"
        text = path.read_text(encoding="utf-8").replace("multiply: 0.0754", "multiply: 0.1")
        text = text.replace("{industry: 1.5489, energy: 0.1006}", "{industry: 2.0542, energy: 0.1335}")
        path.write_text(text, encoding="utf-8")
        found = changes.compare(catalog, Catalog(tables))
        assert sorted(found.query("part == 'rows'")[["table", "column", "old", "new"]].to_numpy().tolist()) == [
            ["corrections", "after", "{energy: 0.1006, industry: 1.5489}", "{energy: 0.1335, industry: 2.0542}"],
            ["corrections", "multiply", "0.0754", "0.1"],
        ]
        moved = found.query("part == 'indicators'").set_index("key")
        assert "co2_total, 330000, 2022" in moved.index
        assert moved.at["co2_total, 330000, 2022", "change_pct"] == pytest.approx(
            100 * 21.877 * 0.0246 / 440.667, abs=0.002
        )

    def test_a_local_row_counts(self, catalog: Catalog, tables: Path) -> None:
        head = _row(tables, "observations", "indicator,")
        (tables / "data" / "local").mkdir()
        local = "paper_output,330000,2019,1000,10^4 t,exact,reported,nbs_annual_industrial_products,,"
        (tables / "data" / "local" / "observations.csv").write_text(f"{head}\n{local}\n", encoding="utf-8")
        found = changes.compare_rows(catalog, Catalog(tables))
        assert found[["old", "new"]].to_numpy().tolist() == [["1768.4", "1000"]]


class TestSchema:
    def test_a_table_and_a_column_that_one_side_lacks(self, catalog: Catalog, tables: Path) -> None:
        path = tables / "data" / "datapackage.json"
        package = json.loads(path.read_text(encoding="utf-8"))
        package["resources"] = [one for one in package["resources"] if one["name"] != "other_inventories"]
        plans = next(one for one in package["resources"] if one["name"] == "plans")
        plans["schema"]["fields"] = [one for one in plans["schema"]["fields"] if one["name"] != "base_year"]
        path.write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
        names = ["other_inventories", "plans"]
        found = changes.compare_rows(Catalog(tables), catalog, names)
        assert found[["table", "change", "column"]].to_numpy().tolist() == [
            ["other_inventories", "table added", ""],
            ["plans", "column added", "base_year"],
        ]
        back = changes.compare_rows(catalog, Catalog(tables), names)
        assert back["change"].tolist() == ["table removed", "column removed"]

    def test_a_table_that_the_verdicts_need(self, catalog: Catalog, tables: Path) -> None:
        _without(tables, "observations")
        found = changes.compare(Catalog(tables), catalog)
        lost = found[found["change"] == "not comparable"].set_index("part")
        assert set(lost.index) == {"verdicts", "indicators"}
        assert "observations" in lost.at["verdicts", "old"]

    def test_a_broken_table(self, catalog: Catalog, tables: Path) -> None:
        new = _replace(tables, "observations", ",738.05,", ",73x8,")
        with pytest.raises(ProjectError, match="run tanfeng data check there first"):
            changes.compare(catalog, new)

    def test_a_key_that_stands_twice(self, catalog: Catalog, tables: Path) -> None:
        row = _row(tables, "observations", "paper_output,330000,2019,")
        new = _replace(tables, "observations", row, f"{row}\n{row}")
        with pytest.raises(ProjectError, match="stands twice"):
            changes.compare(catalog, new)


class TestVerdicts:
    def test_a_figure_that_answers_no_more(self, catalog: Catalog, tables: Path) -> None:
        path = tables / "data" / "observations.csv"
        lines = path.read_text(encoding="utf-8").split("\n")
        path.write_text(
            "\n".join(line for line in lines if not line.startswith("pumped_storage_capacity,330000,")), "utf-8"
        )
        moves = {move.target["id"]: move for move in changes.compare_verdicts(catalog, Catalog(tables))}
        move = moves["E06"]
        assert move.old is not None
        assert move.new is not None
        assert (move.old.verdict, move.new.verdict) == ("met", "not_assessable")
        frame = changes.verdict_frame([move]).set_index("column")
        assert frame.loc["verdict", ["key", "old", "new"]].tolist() == ["E06, 330000", "met", "not_assessable"]

    def test_a_target_on_one_side(self, catalog: Catalog, tables: Path) -> None:
        row = _row(tables, "targets", "A01,")
        (move,) = changes.compare_verdicts(catalog, _replace(tables, "targets", f"{row}\n", ""))
        assert (move.target["id"], move.new) == ("A01", None)
        assert changes.verdict_frame([move])["change"].unique().tolist() == ["removed"]

    def test_an_indicator_moves(self, catalog: Catalog, tables: Path) -> None:
        row = _row(tables, "observations", "energy_consumption,330000,2019,")
        new = _replace(tables, "observations", row, row.replace("22393.0", "22840.86"))
        found = changes.compare_indicators(catalog, new).set_index("key")
        assert found.at["energy_consumption, 330000, 2019", "change_pct"] == pytest.approx(2.0)


class TestCommand:
    def test_two_folders(self, diff: Run, root: Path, tables: Path) -> None:
        row = _row(tables, "observations", "paper_output,330000,2019,")
        _replace(tables, "observations", row, row.replace("1768.4", "1803.768"))
        status, out, err = diff(str(root), str(tables), "--format", "csv", "--lang", "en", cwd=root)
        assert status == 0
        (found,) = csv.DictReader(io.StringIO(out))
        assert (found["part"], found["table"], found["old"]) == ("rows", "observations", "1768.4")
        assert err == "1 differences in the tables; they move 0 verdicts and 0 indicator figures\n"
        status, out, err = diff(str(root), str(tables / "data"), cwd=root)
        assert err == "数据表有1处不同，判定变化0项，指标数据变化0个\n"
        assert (status, "改动  observations" in out, "判定变化：\n  无" in out) == (0, True, True)
        assert "(+2.00 %)" in out

    def test_a_table_with_many_changes_is_one_line(self, diff: Run, root: Path, tables: Path) -> None:
        path = tables / "data" / "inventory.csv"
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        mine = (rows["region"] == "130000") & rows["year"].isin(["2008", "2009", "2010", "2011"])
        rows.loc[mine, "co2_mt"] = [f"{float(cell) * 1.1:.6f}" for cell in rows.loc[mine, "co2_mt"]]
        rows.loc[mine.idxmax(), "co2_mt"] = f"{float(rows.loc[mine.idxmax(), 'co2_mt']) * 2:.6f}"
        rows.to_csv(path, index=False)
        _, out, err = diff(str(root), str(tables), cwd=root)
        (line,) = [line for line in out.splitlines() if "inventory" in line]
        assert line.startswith("  inventory  改动 24；最大变动 130000, 2008, ")
        assert "(+120.0" in line
        assert line.endswith("；逐行列出请用--all或--format csv")
        assert err == "数据表有24处不同，判定变化0项，指标数据变化0个\n"
        listed = diff(str(root), str(tables), "--all", cwd=root)[1]
        assert listed.count("改动  inventory") == 24
        english = diff(str(root), str(tables), "--lang", "en", cwd=root)[1]
        assert "  inventory  changed 24; largest change 130000, 2008, " in english
        assert len(diff(str(root), str(tables), "--format", "csv", cwd=root)[1].splitlines()) == 25

    def test_what_cannot_be_compared_is_not_counted(self, diff: Run, root: Path, tables: Path) -> None:
        _without(tables, "observations", "units")
        _, out, err = diff(str(tables), str(root), "--table", "units", cwd=root)
        count = len(Catalog(root).read("units"))
        assert f"  新增数据表  units  {count}行\n" in out
        assert err == "数据表有1处不同；无法比较：判定、四个指标\n"
        assert diff(str(tables), str(root), "--table", "units", "--lang", "en", cwd=root)[2] == (
            "1 differences in the tables; not comparable: verdicts, indicators\n"
        )

    def test_a_data_folder_of_another_name(self, diff: Run, root: Path, tables: Path) -> None:
        (tables / "data").rename(tables / "data-2026-10")
        status, out, err = diff(str(tables / "data-2026-10"), str(root), "--lang", "en", cwd=root)
        assert (status, out, err) == (0, "The tables are the same.\n", "no difference\n")

    def test_moved_verdicts_with_both_reasons(self, diff: Run, root: Path, tables: Path) -> None:
        path = tables / "data" / "observations.csv"
        lines = path.read_text(encoding="utf-8").split("\n")
        path.write_text(
            "\n".join(line for line in lines if not line.startswith("pumped_storage_capacity,330000,")), "utf-8"
        )
        status, out, err = diff(str(root), str(tables), "--lang", "en", cwd=root)
        block = out[out.index("Verdicts moved:") :]
        assert status == 0
        assert "\n  E06  " in block
        assert "\n    - met  " in block
        assert "\n    + no public evidence  " in block
        assert "verdicts" in err

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("nowhere", "."), "neither a folder nor a revision"),
            (("{tmp}", "."), "neither a project nor a data folder"),
            ((".", ".", "--format", "xml"), "'xml'"),
            ((".", ".", "--lang", "fr"), "'fr'"),
            ((".", ".", "--table", "rumours"), "no table 'rumours'"),
        ],
    )
    def test_a_wrong_question(
        self, diff: Run, root: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
    ) -> None:
        status, out, err = diff(*(one.format(tmp=tmp_path) for one in arguments), cwd=root)
        assert (status, out) == (2, "")
        assert message in err
        assert "Traceback" not in err

    @pytest.mark.skipif(GIT is None, reason="git is not installed")
    def test_a_revision(self, diff: Run, tables: Path) -> None:
        def git(*arguments: str) -> None:
            who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
            subprocess.run([str(GIT), *who, *arguments], cwd=tables, check=True, capture_output=True)

        git("init", "-q")
        git("add", "data")
        git("commit", "-q", "-m", "tables")
        row = _row(tables, "observations", "paper_output,330000,2019,")
        _replace(tables, "observations", row, row.replace("1768.4", "1803.768"))
        status, out, _ = diff("HEAD", ".", "--format", "json", cwd=tables)
        assert status == 0
        assert [one["new"] for one in json.loads(out)] == ["1803.768"]
        status, _, _ = diff("--", "--output=stolen", "HEAD", cwd=tables)
        assert (status, list(tables.glob("stolen*"))) == (2, [])
