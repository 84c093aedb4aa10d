"""The command `request`: a workbook with a sheet a body, protected but for what is to be filled in."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.targets.requests import requests
from tests.conftest import Run

HEAD = ["编号", "目标", "指标", "口径", "地区", "时期", "单位", "填报值", "公开", "来源", "备注"]


def test_the_workbook(run: Run, catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    status, out, err = run("request", "--out", path)
    rows = requests(catalog, "330000")
    assert (status, out) == (0, "")
    assert f"{len(rows)} figures, {rows['holder_zh'].nunique()} bodies" in err
    book = openpyxl.load_workbook(path)
    bodies = sorted(rows["holder_zh"].unique())
    assert book.sheetnames == ["全部", *bodies, "重点排放单位", "说明"]
    counts = rows["holder_zh"].value_counts()
    for name in ["全部", *bodies]:
        sheet = book[name]
        assert [cell.value for cell in sheet[1]] == HEAD
        assert sheet.max_row == 1 + (len(rows) if name == "全部" else counts[name])
        assert sheet.protection.sheet
        for row in sheet.iter_rows(min_row=2):
            assert all(cell.value and cell.protection.locked for cell in row[:7])
            assert not any(cell.value or cell.protection.locked for cell in row[7:])
            assert row[7].comment.text
        (offered,) = sheet.data_validations.dataValidation
        assert offered.formula1 == '"是,否"'
        assert str(offered.sqref) in {f"I2:I{sheet.max_row}", "I2"}
    told = {row[0]: row[3] for row in book["说明"].iter_rows(min_row=2, values_only=True)}
    assert told["P04-2025"] == "可据以判定P04；反映P06的进度"
    assert set(rows["id"]) <= set(told)


def test_the_same_bytes_again(run: Run, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        assert run("request", "--out", tmp_path / name, "--body", "省林业局")[0] == 0
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_in_english_and_of_a_part(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    assert run("request", "--out", path, "--field", "transport", "--lang", "en")[0] == 0
    book = openpyxl.load_workbook(path)
    assert [cell.value for cell in book["All"][1]][-4:] == ["Value", "Public", "Source", "Note"]
    assert not any("\u4e00" <= letter <= "\u9fff" for row in book["All"].iter_rows() for letter in str(row[1].value))
    assert {row[0].value[0] for row in book["All"].iter_rows(min_row=2)} == {"T"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--out", "f.csv"), "a name that ends in .xlsx"),
        (("--out", "f.xlsx", "--lang", "de"), "and zh or en"),
        (("--out", "f.xlsx", "--body", "省林业"), "did you mean Zhejiang Forestry Bureau (省林业局)?"),
        (("--out", "f.xlsx", "--field", "transprt"), "did you mean 交通 (transport)?"),
        (("--out", "f.xlsx", "--region", "650000"), "no figure is asked for in region 650000"),
    ],
)
def test_wrong_questions(run: Run, arguments: tuple[str, ...], words: str) -> None:
    status, _, err = run("request", *arguments)
    assert status == 2
    assert words in err
