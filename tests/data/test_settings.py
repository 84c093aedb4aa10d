"""The settings: what is chosen, not measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanfeng.data.project import ProjectError
from tanfeng.data.settings import LOCAL, settings
from tests.conftest import Run


def write(tables: Path, text: str) -> None:
    (tables / LOCAL).parent.mkdir(exist_ok=True)
    (tables / LOCAL).write_text(text, encoding="utf-8")


def test_a_local_key_wins_over_the_shipped_one(tables: Path, run: Run) -> None:
    write(tables, 'home: "320000"\n')
    assert settings(tables).home == "320000"
    assert settings(tables).learnt_from == settings(Path.cwd()).learnt_from
    assert run("data", "check", cwd=tables)[0] == 0
    status, out, err = run("targets", "--format", "csv", cwd=tables)
    assert status == 0, err
    assert out == run("targets", "--region", "320000", "--format", "csv")[1]


def test_the_default_of_a_command_is_the_home_region(run: Run) -> None:
    assert run("outlook", "--format", "csv")[1] == run("outlook", "--region", "330000", "--format", "csv")[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("home: 330000\n", "data/local/settings.yaml: found 330000 for home; expected a code in quotes"),
        ("hme: '330000'\n", "unknown key 'hme' (did you mean home?)"),
        ("home: '999999'\n", "found '999999' for home; expected an id of data/regions.csv"),
    ],
)
def test_a_wrong_setting_is_named(tables: Path, run: Run, text: str, said: str) -> None:
    write(tables, text)
    status, out, err = run("data", "check", cwd=tables)
    assert status == 1
    assert said in (out + err).replace("\n", " ")


def test_a_setting_that_is_missing_is_named(tables: Path) -> None:
    (tables / "data" / "settings.yaml").write_text('home: "330000"\n', encoding="utf-8")
    with pytest.raises(ProjectError, match="for comparison"):
        settings(tables)
