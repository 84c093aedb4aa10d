"""What is released: sdist and wheel are made, installed where nothing of the checkout is, and used there.

The environment is new; libraries are those of the environment that runs the tests, so nothing is downloaded.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

import tanfeng
from tests.conftest import ROOT
from tests.test_repository import MACHINE

pytestmark = pytest.mark.build
SECONDS = 600
PYTHON = """
import tanfeng as tf
print(repr(tf.region("330000")), len(tf.region("330000").targets().frame()))
"""


def ran(command: list[str | Path], **given: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False, **given)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr
    return done


def built(source: Path, kind: str, folder: Path) -> Path:
    ran([sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", folder], cwd=source)
    (found,) = folder.iterdir()
    return found


@dataclass
class Installed:
    """An environment with the wheel, a folder that is no project, and one that `tanfeng init` made there."""

    folder: Path
    binaries: Path

    @property
    def elsewhere(self) -> Path:
        return self.folder / "elsewhere"

    @property
    def package(self) -> Path:
        (found,) = (self.folder / "env").rglob("site-packages/tanfeng")
        return found

    def __call__(self, command: str, *given: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        env = {"PATH": os.defpath, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        return ran([self.binaries / command, *given], cwd=cwd or self.elsewhere, env=env)


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made of the sdist alone."""
    folder = tmp_path_factory.mktemp("source")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (source,) = folder.iterdir()
    return built(source, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("installed")
    (folder / "elsewhere").mkdir()
    venv.create(folder / "env", with_pip=False, symlinks=os.name != "nt")
    binaries = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    (libraries,) = (folder / "env").rglob("site-packages")
    places = [place for place in sys.path if Path(place).name == libraries.name]
    (libraries / "of_the_tests.pth").write_text("\n".join(places), encoding="utf-8")
    shared = next(one for place in places if (one := Path(place).parents[2] / "share" / "jupyter").is_dir())
    (folder / "env" / "share").mkdir()
    (folder / "env" / "share" / "jupyter").symlink_to(shared)  # templates of nbconvert
    pip = [sys.executable, "-m", "pip", "--python", binaries / "python", "--disable-pip-version-check"]
    ran([*pip, "install", "-q", "--no-deps", "--no-index", wheel])
    made = Installed(folder, binaries)
    made("tanfeng", "init", "project")
    return made


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


class TestArchives:
    def test_wheel_and_sdist_depend_on_no_machine(self, sdist: Path, wheel: Path, tmp_path: Path) -> None:
        assert built(ROOT, "sdist", tmp_path / "sdist").read_bytes() == sdist.read_bytes()
        assert built(ROOT, "wheel", tmp_path / "wheel").read_bytes() == wheel.read_bytes()

    def test_the_sdist_names_no_machine_and_nobody(self, sdist: Path) -> None:
        with tarfile.open(sdist) as archive:
            members = archive.getmembers()
            assert {(one.uname, one.gname, one.uid, one.gid) for one in members} == {("", "", 0, 0)}
            for one in members:
                held = archive.extractfile(one)
                assert not MACHINE.search(held.read().decode(errors="replace") if held else ""), one.name
        names = {one.name.partition("/")[2] for one in members}
        assert {"LICENSE", "Makefile", "docs/quality/plan.md", "tests/test_release.py", "data/sources.csv"} <= names
        assert not [name for name in names if name.startswith(("data/local/", "build/", "dist/", "reports/3"))]

    def test_the_wheel_holds_what_a_project_needs_and_nothing_local(self, wheel: Path) -> None:
        with zipfile.ZipFile(wheel) as archive:
            names = set(archive.namelist())
        shipped = {name.removeprefix("tanfeng/shipped/") for name in names if name.startswith("tanfeng/shipped/")}
        assert {"data/datapackage.json", "data/settings.yaml", "notebooks/explore/start.ipynb"} <= shipped
        assert "requirements.lock" in shipped
        assert not [name for name in names if not re.match(r"tanfeng(-[\d.]+\.dist-info)?/", name)]
        assert not [name for name in shipped if name.startswith(("data/local/", "data/scenarios/"))]


class TestInstalled:
    def test_it_is_the_wheel_that_runs(self, installed: Installed) -> None:
        assert installed("tanfeng", "--version").stdout.split() == ["tanfeng", tanfeng.__version__]
        where = installed("python", "-c", "import tanfeng; print(tanfeng.__file__)").stdout
        assert Path(where.strip()).parent == installed.package

    def test_a_project_has_the_tables_and_notebooks(self, installed: Installed) -> None:
        project = installed.elsewhere / "project"
        for name in ("data", "notebooks"):
            assert files(project / name) == files(installed.package / "shipped" / name)
        assert {path.name for path in project.iterdir()} == {
            "data", "notebooks", "requirements.lock", "README.md", "Makefile", ".gitignore"
        }  # fmt: skip
        assert tanfeng.__version__ in (project / "README.md").read_text(encoding="utf-8")

    def test_a_report_is_built_in_it(self, installed: Installed) -> None:
        project = installed.elsewhere / "project"
        built = installed("tanfeng", "build", "targets", "--lang", "zh", cwd=project)
        assert "1 of 1 reports built" in built.stderr
        assert (project / "reports" / "330000" / "targets.zh.html").stat().st_size > 100_000
        assert "up to date" in installed("tanfeng", "build", "targets", "--lang", "zh", cwd=project).stderr
        said = installed("tanfeng", "--root", project, "explain", "targets").stdout
        assert "330000/targets.zh: up to date" in said

    def test_without_a_project_the_shipped_tables_answer_and_stay_as_they_are(self, installed: Installed) -> None:
        before = files(installed.package)
        shown, count = installed("python", "-c", PYTHON).stdout.rsplit(maxsplit=1)
        assert re.fullmatch(r"<Region 330000 浙江省 Zhejiang, shipped tables of \d{4}-\d\d>", shown)
        assert int(count) == len(tanfeng.region("330000", start=ROOT).targets().frame())
        told = installed("tanfeng", "targets", "--plan", "14FYP", "--format", "csv")
        assert "not in a project folder" in told.stderr
        assert told.stdout.count("\n") > 50
        assert files(installed.package) == before
