"""What may go wrong while a build runs: the last good report stays, nothing half-written is left, no process either."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tanfeng.publishing import make, stale, values
from tanfeng.publishing.plan import reports
from tests.building import Command

pytestmark = pytest.mark.build

COMMAND = Path(sys.executable).parent / "tanfeng"
PARAMETERS = 'region = "330000"\nlang = "zh"\nout = ""'
GOOD = "shown = 1 + 1"
HOLDS = "import time; time.sleep(120)"
DEAF = "[signal.signal(one, signal.SIG_IGN) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]"
CHILD = "import subprocess; started = [subprocess.Popen(['sleep', '120']), os.fork() or time.sleep(120)]"


def notebook(path: Path, slug: str, code: str) -> None:
    """A report with an answer, and one cell that may do harm."""
    cells = [
        new_code_cell("import os, signal, time\nfrom tanfeng.pages.page import open_page"),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        new_code_cell(f'page = open_page("{slug}", region, lang, out, {{"plans": ("规划", "Plans")}})'),
        new_markdown_cell("答案是{{ region }}。", metadata={"tags": ["zh", "answer"]}),
        new_markdown_cell("The answer is {{ region }}.", metadata={"tags": ["en", "answer"]}),
        new_markdown_cell("## Plans"),
        new_code_cell(code),
        new_code_cell('page.data("plans", page.catalog.read("plans"))'),
    ]
    nbformat.write(new_notebook(cells=cells), path)


@dataclass
class Small:
    """A copy of the project with two small reports, `city` and `methods`."""

    folder: Path
    below: str = ""

    @property
    def out(self) -> Path:
        return self.folder / "reports"

    def write(self, slug: str, code: str) -> None:
        notebook(self.folder / "notebooks" / "reports" / f"{slug}.ipynb", slug, code)

    def start(self, *arguments: str, **given: Any) -> Command:
        return Command(self.folder / self.below, "build", "--lang", "zh", *arguments, **given)

    def build(self, *arguments: str, **given: Any) -> tuple[int, str]:
        return self.start(*arguments, **given).end()

    def anew(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """Build as a shell does, with another interpreter."""
        command, env = [COMMAND, "build", "--lang", "zh", *arguments], {**os.environ, **environment}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8"}
        ran = subprocess.run(command, cwd=self.folder / self.below, env=env, timeout=120, check=False, **pipes)
        return ran.returncode, ran.stdout

    def state(self) -> dict[str, str]:
        """Every published file with its hash."""
        files = [path for path in self.out.rglob("*") if path.is_file()]
        return {str(path.relative_to(self.out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    def processes(self) -> list[int]:
        """Processes of the builds of this test that still run: each is in its project, and so is what it started."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cwd"):
            with contextlib.suppress(OSError):
                ended = "\nState:\tZ" in (path.parent / "status").read_text()
                if path.readlink().is_relative_to(self.folder) and not ended:
                    found.append(int(path.parent.name))
        return found

    def wait_for(self, true: Callable[[], object], seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < until, "it did not happen in time"
            time.sleep(0.02)

    def running(self) -> bool:
        """Whether the cell that waits has been reached."""
        return (self.folder / "reached").is_file()

    def hold(self, code: str = "pass") -> Command:
        """Start a build whose report `methods` waits after some code, and return when it does."""
        self.write("methods", f"{code}; open('reached', 'w').close(); {HOLDS}")
        process = self.start("methods")
        self.wait_for(self.running)
        return process

    def assert_nothing_left(self, before: dict[str, str]) -> None:
        self.wait_for(lambda: not self.processes(), 10)
        assert self.state() == before
        assert not (self.folder / "build" / "scratch").exists()
        assert not (self.out / ".state" / "staging").exists()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The small project, built once: what it was built from does not depend on the place."""
    folder = tmp_path_factory.mktemp("built") / "project"
    for name in ("data", "notebooks", "src"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "local"))
    shutil.copy(root / "requirements.lock", folder)
    names = ("city", "methods")
    entries = ["groups: [{id: own, zh: 自有, en: Own}]", "reports:"]
    entries += [f"- {{id: {name}, notebook: {name}.ipynb, group: own, zh: {name}, en: {name}}}" for name in names]
    (folder / "notebooks" / "reports" / "reports.yaml").write_text("\n".join(entries) + "\n", encoding="utf-8")
    made = Small(folder)
    for name in ("city", "methods"):
        made.write(name, GOOD if name == "city" else f"{GOOD}\nread = page.catalog.read('targets')")
    status, said = made.build()
    assert status == 0, said
    return folder


@pytest.fixture
def small(built: Path, tmp_path: Path) -> Iterator[Small]:
    shutil.copytree(built, tmp_path / "project")
    made = Small(tmp_path / "project")
    yield made
    for process in made.processes():
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


FAULTS = {
    "an exception": ("1 / 0", "ZeroDivisionError"),
    "a killed process": ("os.kill(os.getpid(), signal.SIGKILL)", "ended without a result (exit status -9)"),
    "an exit": ("os._exit(0)", "ended without a result (exit status 0)"),
    "no end": (HOLDS, "did not end within 3 seconds"),
    "no end whatever the signal": (f"{DEAF}; {HOLDS}", "did not end within 3 seconds"),
    "children that stay": (f"{CHILD}; 1 / 0", "ZeroDivisionError"),
    "children that stay, and no end": (f"{CHILD}; {HOLDS}", "did not end within 3 seconds"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_notebook_that_fails(small: Small, name: str) -> None:
    code, words = FAULTS[name]
    before = small.state()
    small.write("methods", code)
    for _ in range(2):
        status, said = small.build("methods", "--timeout", "3" if "no end" in name else "60")
        assert status == 1, said
        assert "failed 330000/methods.zh: " in said
        assert words in said
        assert "Traceback" not in said
        small.assert_nothing_left(before)


def test_the_others_go_on(small: Small) -> None:
    before = small.state()
    small.write("methods", "os._exit(0)")
    small.write("city", "shown = 2")
    status, said = small.build()
    assert status == 1, said
    assert "built  330000/city.zh.html" in said
    after = small.state()
    changed = {name for name in after if after[name] != before[name]}
    assert "330000/city.zh.html" in changed
    assert not {name for name in changed if "methods" in name}
    small.assert_nothing_left(after)


@pytest.mark.parametrize("code", ["pass", CHILD, DEAF])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_the_build_is_ended(small: Small, number: signal.Signals, code: str) -> None:
    before = small.state()
    process = small.hold(code)
    process.send_signal(number)
    status, said = process.end(20)  # it does not wait for the notebook
    assert status != 0
    assert "Traceback" not in said
    small.assert_nothing_left(before)
    small.write("methods", GOOD + "  ")
    assert small.build()[0] == 0


@pytest.mark.parametrize("code", [GOOD + " ", HOLDS])
def test_broken_tables(small: Small, code: str) -> None:
    """The first notebook runs while the tables are checked; when they are refused nothing of it stays."""
    before = small.state()
    edit(small, "data/plans.csv", ",2005,2006,", ",x,2006,")
    for name in ("city", "methods"):
        small.write(name, code)
    status, said = small.start().end(60)  # it does not wait for the notebook
    assert status == 1, said
    assert "data/plans.csv, row 2, column base_year: found 'x'" in said
    assert said.endswith(" problems in the tables; no report was changed\n")
    assert "Traceback" not in said
    small.assert_nothing_left(before)


def test_a_check_is_repeated_where_a_table_it_read_changed(small: Small) -> None:
    """What was found good before is kept with every table that was read for it."""
    path = small.folder / "data" / "sources.csv"
    good = path.read_text(encoding="utf-8")
    fewer = [line for line in good.split("\n") if not line.startswith("nbs_annual_2026,")]
    path.write_text("\n".join(fewer), encoding="utf-8")
    status, said = small.build()
    assert status == 1, said
    assert re.search(r"data/observations.csv, rows? \d+[^:]*, column source_id: found 'nbs_annual_2026'", said)
    path.write_text(good, encoding="utf-8")
    assert small.build()[0] == 0


LACKS = """from tanfeng.data.project import Absent
raise Absent(("措施", "measures"), "data/measures.csv", region)
rows = 1"""


def test_a_section_for_which_the_tables_hold_too_little_says_so(small: Small) -> None:
    small.write("methods", f"if True:\n    {LACKS.splitlines()[0]}\n    {LACKS.splitlines()[1]}\nrows = 1")
    status, said = small.build("methods")
    assert status == 0, said
    page = (small.out / "330000/methods.zh.html").read_text(encoding="utf-8")
    assert page.count('<p class="absent">数据表中没有浙江省措施。</p>') == 1


def test_a_page_without_its_answer_is_not_made(small: Small) -> None:
    before = small.state()
    path = small.folder / "notebooks" / "reports" / "methods.ipynb"
    written = nbformat.read(path, as_version=4)
    written.cells[2].source += f"\n{LACKS}"
    written.cells[3].source += "{{ rows }}"
    nbformat.write(written, path)
    status, said = small.build("methods")
    assert status == 1
    assert "'rows' is undefined" in said
    small.assert_nothing_left(before)


def test_a_name_that_no_cell_binds_is_an_error(small: Small) -> None:
    small.write("methods", "shown = nothing_of_that_name")
    status, said = small.build("methods")
    assert status == 1
    assert "NameError" in said


def test_two_builds_at_once(small: Small) -> None:
    before = small.state()
    process = small.hold()
    status, said = small.build()
    assert status == 1
    assert f"another build (process {process.pid}) is at work" in said
    assert "Traceback" not in said
    assert process.poll() is None, "the first goes on"
    process.send_signal(signal.SIGINT)
    process.end(20)
    small.assert_nothing_left(before)


def test_a_full_disk(small: Small) -> None:
    before = small.state()
    small.write("methods", "shown = 'x' * 300000\nshown")

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    status, said = small.build("methods", ready=limit)
    assert status != 0
    assert "File too large" in said
    assert "Traceback" not in said
    small.assert_nothing_left(before)


def test_a_folder_that_cannot_be_written_to(small: Small) -> None:
    before = small.state()
    status, said = small.build("--out", "/proc/tanfeng")
    assert status == 2
    assert "/proc/tanfeng cannot be written to" in said
    assert "no report was changed" in said
    small.assert_nothing_left(before)


@pytest.mark.parametrize("change", ["removed", "cut", "another"])
def test_a_damaged_index_is_mended(small: Small, change: str) -> None:
    before = small.state()
    index = small.out / "index.html"
    if change == "removed":
        index.unlink()
    else:
        index.write_bytes(index.read_bytes()[:100] if change == "cut" else b"<html></html>")
    status, said = small.build()
    assert status == 0, said
    small.assert_nothing_left(before)


def test_a_foreign_shell(small: Small, tmp_path: Path) -> None:
    """Another folder, kernels of the same name, a very long folder for temporary files, zone, locale, hash seed."""
    before = small.state()
    for name in ("tanfeng", "python3"):
        spec = tmp_path / "foreign" / "kernels" / name / "kernel.json"
        spec.parent.mkdir(parents=True)
        spec.write_text('{"argv": ["/bin/false"], "display_name": "x", "language": "python"}')
    long = tmp_path / ("long" * 30) / ("folder" * 20)
    long.mkdir(parents=True)
    (tmp_path / "startup.py").write_text("raise SystemExit(3)")
    environment = {
        "JUPYTER_PATH": str(tmp_path / "foreign"),
        "JUPYTER_DATA_DIR": str(tmp_path / "foreign"),
        "PYTHONSTARTUP": str(tmp_path / "startup.py"),
        "TMPDIR": str(long),
        "TZ": "Asia/Shanghai",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "OMP_NUM_THREADS": "3",
    }
    small.below = "notebooks"
    status, said = small.anew("--force", **environment)
    assert status == 0, said
    small.assert_nothing_left(before | _records(small))
    assert list(long.iterdir()) == []


def test_processes_begun_anew_give_the_same(small: Small) -> None:
    before = small.state()
    assert (small.folder / values.FOLDER).is_dir()
    status, said = small.anew("--force", "--plain")
    assert status == 0, said
    small.assert_nothing_left(before | _records(small))


def _records(small: Small) -> dict[str, str]:
    """Records, which hold how long it took."""
    return {name: value for name, value in small.state().items() if name.startswith(".state")}


def jobs(small: Small) -> dict[str, bool]:
    """What a build would make, and whether the notebook would run."""
    stale.forget()
    chosen = reports(small.folder, "330000", "zh")
    return {job.report.slug: job.run for job in make.jobs_for(small.folder, small.out, chosen)}


def edit(small: Small, name: str, old: str = "", new: str = "") -> None:
    path = small.folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new) if old else text + "\n", encoding="utf-8")


EDITS: dict[str, tuple[Callable[[Small], None], dict[str, bool]]] = {
    "nothing": (lambda small: None, {}),
    "code of one": (lambda small: small.write("city", "shown = 3"), {"city": True}),
    "text of one": (
        lambda small: edit(small, "notebooks/reports/city.ipynb", "## Plans", "## Our plans"),
        {"city": False},
    ),
    "title of one": (  # it stands in the strip of pages of every other
        lambda small: edit(small, "notebooks/reports/reports.yaml", "zh: city", "zh: town"),
        {"city": False, "methods": False},
    ),
    "a table one reads": (lambda small: edit(small, "data/targets.csv"), {"methods": True}),
    "a table both read": (lambda small: edit(small, "data/plans.csv"), {"city": True, "methods": True}),
    "a table none reads": (lambda small: edit(small, "data/backtest.csv"), {}),
    "words": (lambda small: edit(small, "data/sources.csv"), {"city": False, "methods": False}),
    "template of pages": (
        lambda small: edit(small, "src/tanfeng/pages/templates/style.css"),
        {"city": False, "methods": False},
    ),
    "template of notebooks": (
        lambda small: edit(small, "src/tanfeng/pages/templates/verdict.html.j2"),
        {"city": True, "methods": True},
    ),
    "a module": (lambda small: edit(small, "src/tanfeng/pages/text.py"), {"city": True, "methods": True}),
    "a module neither uses": (lambda small: edit(small, "src/tanfeng/pages/charts/league.py"), {}),
    "lock": (lambda small: edit(small, "requirements.lock"), {"city": True, "methods": True}),
    "a page": (lambda small: edit(small, "reports/330000/city.zh.html"), {"city": False}),
    "a page and its outputs": (
        lambda small: (edit(small, "reports/330000/city.zh.html"), shutil.rmtree(small.folder / "build"))[0],
        {"city": True},
    ),
    "command line": (lambda small: edit(small, "src/tanfeng/cli/data.py"), {}),
}


@pytest.mark.parametrize("name", EDITS)
def test_exactly_what_a_change_concerns_is_made(small: Small, name: str) -> None:
    change, expected = EDITS[name]
    change(small)
    assert jobs(small) == expected


def test_a_sentence_is_drawn_as_if_everything_had_run(small: Small) -> None:
    edit(small, "notebooks/reports/city.ipynb", "## Plans", "## Our plans")
    status, said = small.build()
    assert status == 0
    assert "drawn  330000/city.zh.html" in said
    drawn = small.state()
    assert small.build("--force")[0] == 0
    assert small.state() == drawn | _records(small)
