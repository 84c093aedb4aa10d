"""What the repository promises: a hashed lock without addresses, tables that hold, no machine in any file."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from tanfeng.data.catalog import Catalog

ROOT = Path(__file__).parents[1]
GIT = shutil.which("git")
MAX_BYTES = 1_500_000
ARCHIVE = {"vintages/index.csv", "vintages/hindcast_2010.csv"}  # the register, and the form of what it names
PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)(?:\[[a-z0-9,-]+\])?==([^\s;\\]+)(?: ; [^\\]+?)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
# Written in parts, so that this file holds none of them.
MACHINE = re.compile(
    "|".join(["/" + "work/", "/" + "root/", r"/" + r"home/\w", "/" + r"Users/\w", r"[A-Z]:\\" + "Users"])
)
ADDRESS = re.compile("https?:" + "//|index-url|find-links| @ ")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name)[0]).lower()


def lock_lines() -> list[str]:
    return (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()


def locked() -> set[str]:
    return {normal(line) for line in lock_lines() if re.match("[a-z0-9]", line)}


def wanted() -> list[str]:
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def tracked() -> list[Path]:
    if GIT is None or not (ROOT / ".git").exists():
        pytest.skip("not a git clone: the list of tracked files is not known")
    names = subprocess.run([GIT, "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


class TestRequirements:
    def test_the_lock_holds_only_hashed_pins(self) -> None:
        lines = [line for line in lock_lines() if not line.startswith("#")]
        assert len(lines) > 1000
        for line, after in zip(lines, [*lines[1:], "end"], strict=True):
            if HASH.match(line):
                assert line.endswith("\\") == after.startswith("    --hash"), line
            else:
                assert PIN.match(line), line
                assert HASH.match(after), line

    def test_the_lock_has_no_address(self) -> None:
        assert [line for line in lock_lines() if ADDRESS.search(line)] == []

    def test_no_package_is_pinned_twice_without_a_marker(self) -> None:
        pins = [line for line in lock_lines() if PIN.match(line)]
        names = [normal(line) for line in pins if " ; " not in line]
        assert len(names) == len(set(names))

    def test_every_direct_dependency_is_locked(self) -> None:
        assert {normal(line) for line in wanted()} <= locked()

    def test_the_package_needs_nothing_that_is_not_asked_for(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert {normal(line) for line in project["dependencies"]} <= {normal(line) for line in wanted()}
        assert project["requires-python"] == ">=3.11"
        assert project["scripts"]["tanfeng"] == "tanfeng.cli.start:main"

    def test_the_version_is_named_once(self) -> None:
        import tanfeng

        text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        assert tomllib.loads(text)["project"]["version"] == tanfeng.__version__

    def test_conda_takes_everything_from_the_lock(self) -> None:
        environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
        assert environment["name"] == "tanfeng"
        plain = [item for item in environment["dependencies"] if isinstance(item, str)]
        assert {re.split("[=<>]", item)[0] for item in plain} == {"python", "pip"}
        (pip,) = [item["pip"] for item in environment["dependencies"] if isinstance(item, dict)]
        assert pip == ["-r requirements.lock"]


MARKS = {
    "variant": dict.fromkeys(["B07", "B08", "C01", "C01b", "C04", "C06", "C07", "C08", "E02b", "E19", "E20"], "draft")
    | dict.fromkeys(["E08s", "E09s", "I01s"], "stretch"),
    "binding": dict.fromkeys(["N01", "N02", "P01"], "binding"),
    "same_as": {"A02b": "A02", "C01b": "C01", "I01b": "I01", "P04b": "P04", "P04c": "P04", "T01b": "T01"},
}


class TestData:
    def test_frictionless_finds_every_table_valid(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from frictionless import Package

        monkeypatch.chdir(ROOT)
        report = Package("data/datapackage.json").validate()
        assert report.valid, report.to_summary()
        assert len(report.tasks) == len(list((ROOT / "data").glob("*.csv"))) + len(ARCHIVE)

    def test_every_table_of_the_folder_is_in_the_package(self, live: Catalog) -> None:
        assert {table.path for table in live.tables.values()} == {
            path.name for path in (ROOT / "data").glob("*.csv")
        } | ARCHIVE

    def test_every_column_is_described(self, live: Catalog) -> None:
        for table in live.tables.values():
            assert table.description, table.name
            assert all(field.get("description") for field in table.fields), table.name

    def test_a_target_keeps_its_marks(self, catalog: Catalog, live: Catalog) -> None:
        """Of today's targets, those that are frozen too have the marks of the copy; whatever was added has its own."""
        marks = ["variant", "binding", "same_as"]
        frozen, today = (tables.read("targets").set_index("id")[marks] for tables in (catalog, live))
        assert frozen.index.is_unique
        assert today.index.is_unique
        both = frozen.index.intersection(today.index)
        assert today.loc[both].equals(frozen.loc[both])
        for name, mark in MARKS.items():
            assert today.loc[list(mark), name].to_dict() == mark

    def test_146_published_outcomes(self, live: Catalog) -> None:
        with (Path(__file__).parent / "outcomes.csv").open(encoding="utf-8", newline="") as file:
            outcomes = list(csv.DictReader(file))
        assert len(outcomes) == 146
        key = ["indicator", "region", "period", "unit", "bound", "status"]
        rows = live.read("observations")
        known = {(*found[:-1], round(float(found[-1]), 6)) for found in rows[[*key, "value"]].itertuples(index=False)}
        for row in outcomes:
            assert (*(row[name] for name in key), round(float(row["value"]), 6)) in known, row

    def test_the_figures_behind_the_bars(self, live: Catalog) -> None:
        rows = live.read("observations").query("region == '330000'")
        found = set(rows[["indicator", "period", "value", "unit"]].itertuples(index=False, name=None))
        assert found >= {
            ("pv_capacity", "2025-06", 5947.0, "10^4 kW"),
            ("pumped_storage_capacity", "2025-12", 1030.5, "10^4 kW"),
            ("installed_capacity", "2025-06", 16500.0, "10^4 kW"),
            ("sea_rail_containers_port", "2025", 200.0, "10^4 TEU"),
            ("forest_cover_new_survey", "2025", 58.55, "%"),
            ("forest_cover_shrubs_included", "2021", 61.17, "%"),
            ("gdp_current_5th_census", "2024", 90007.0, "10^8 yuan"),
        }

    def test_every_row_has_a_source_with_citation_licence_and_grade(self, live: Catalog) -> None:
        sources = live.read("sources").set_index("id")
        assert (sources[["citation_zh", "citation_en", "licence", "grade"]] != "").all(axis=None)
        for name in ("observations", "inventory", "targets", "measures", "emission_factors", "energy_balance"):
            assert set(live.read(name)["source_id"]) <= set(sources.index), name


class TestFiles:
    def test_no_tracked_file_names_a_machine(self) -> None:
        found = []
        for path in tracked():
            try:
                text = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
            found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in MACHINE.finditer(text)]
        assert found == []

    def test_no_tracked_file_is_large(self) -> None:
        assert [path.name for path in tracked() if path.stat().st_size > MAX_BYTES] == []

    def test_nothing_that_is_built_is_tracked(self) -> None:
        names = {path.relative_to(ROOT).as_posix() for path in tracked()}
        assert not [name for name in names if name.startswith(("build/", ".venv/", "data/local/", "raw/"))]
        assert {name for name in names if name.startswith("reports/")} == {"reports/README.md"}

    @pytest.mark.parametrize(
        "name",
        [
            "README.md",
            "README.zh-CN.md",
            "LICENSE",
            "CHANGELOG.md",
            "CITATION.cff",
            "Makefile",
            ".ci/run",
            ".pre-commit-config.yaml",
            "environment.yml",
            "requirements.in",
            "requirements.lock",
            "notebooks/explore/start.ipynb",
        ],
    )
    def test_it_is_there_and_not_empty(self, name: str) -> None:
        assert (ROOT / name).stat().st_size > 100

    def test_the_script_of_the_ci_can_be_run(self) -> None:
        assert (ROOT / ".ci" / "run").stat().st_mode & 0o100
        text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
        assert [line.split("#")[0].strip() for line in text.splitlines() if line.startswith("make")].count("make") >= 1
        assert "make test" in text
        assert "make check" in text

    def test_the_citation_parses(self) -> None:
        citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
        assert {"cff-version", "message", "title", "authors", "version"} <= set(citation)
        import tanfeng

        assert str(citation["version"]) == tanfeng.__version__

    def test_the_licence_of_the_code_is_mit(self) -> None:
        text = (ROOT / "LICENSE").read_text(encoding="utf-8")
        assert "MIT License" in text
        assert "data" in text

    def test_hooks_are_local_commands(self) -> None:
        config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
        assert [entry["repo"] for entry in config["repos"]] == ["local"]
        for hook in config["repos"][0]["hooks"]:
            assert hook["language"] == "system", hook["id"]
            assert "additional_dependencies" not in hook
            assert not ADDRESS.search(hook["entry"])


class TestMakefile:
    def _help(self) -> str:
        if shutil.which("make") is None:
            pytest.skip("make is not installed")
        command = ["make", "--no-print-directory", "help"]
        return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout

    def test_help_lists_every_target(self) -> None:
        text = (ROOT / "Makefile").read_text(encoding="utf-8")
        phony = set(re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)[0].split())
        shown = set(re.findall(r"^  make (\w+)", self._help(), re.MULTILINE))
        assert shown == phony
        assert {"all", "test", "check", "lab", "bench", "clean", "help"} <= shown

    def test_every_line_of_the_help_says_something(self) -> None:
        assert all(len(line.split(maxsplit=2)) == 3 for line in self._help().splitlines())

    def test_nothing_runs_for_help(self) -> None:
        assert "environment:" not in self._help()
