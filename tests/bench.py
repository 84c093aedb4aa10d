"""`make bench`: building all reports beside other ways to run the same notebooks; ratios count, not seconds.

`--reports NAME` chooses some reports, `--runs N` repeats, `--book COMMAND` is jupyter-book 1 of another environment.
The forecast engine follows (`bench_forecast`).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import nbformat

from tanfeng.publishing import plan
from tanfeng.publishing.environment import SETTINGS
from tanfeng.publishing.run import prepare

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
FLOOR = """
import sys, time, nbformat
from pathlib import Path
from tanfeng.publishing import stale, work
state = stale.state(Path.cwd())
work.prepare(state.others(name for name in state.modules if name.startswith("tanfeng.pages.")))
started = time.perf_counter()
for path in sys.argv[1:]:
    space = {}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            exec(cell.source, space)
print(time.perf_counter() - started)
"""


class Bench:
    """A folder with the notebooks of the reports as papermill takes them."""

    def __init__(self, folder: Path, names: list[str], book: str) -> None:
        self.folder, self.names, self.book = folder, names, book
        self.given = folder / "given"
        self.given.mkdir(parents=True)
        self.notebooks = [self._prepared(report) for report in plan.reports(ROOT, "330000", names=names)]

    def _prepared(self, report: plan.Report) -> Path:
        path, out = self.given / f"{report.slug}.{report.lang}.ipynb", self.folder / "tables" / report.name
        out.mkdir(parents=True)
        notebook = prepare(nbformat.read(ROOT / report.notebook, as_version=4), report.lang)
        parameters = {**report.notebook_parameters, "out": str(out)}
        cell = nbformat.v4.new_code_cell("\n".join(f"{name} = {value!r}" for name, value in parameters.items()))
        first = next(n for n, one in enumerate(notebook.cells) if "parameters" in one.metadata.get("tags", ()))
        notebook.cells.insert(first + 1, cell)
        nbformat.write(notebook, path)
        return path

    def run(self, *command: str) -> float:
        """Run a command and return its wall time in seconds."""
        for attempt in (1, 2):  # two plain kernels that start at once may choose the same port
            started = time.perf_counter()
            ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, **SETTINGS})
            if not ran.returncode:
                return time.perf_counter() - started
            print(f"    failed ({attempt}): {' '.join(command)[:80]}\n{ran.stderr[-1500:]}", flush=True)
        raise SystemExit(1)

    def make(self, jobs: int) -> float:
        """Papermill command, then nbconvert command, for each notebook."""
        lines = ["all: " + " ".join(f"{path.stem}.html" for path in self.notebooks)]
        for path in self.notebooks:
            ran = self.folder / f"{path.stem}.ran.ipynb"
            lines += [f"{path.stem}.html:", f"\t{BIN}/papermill -k python3 {path} {ran}"]
            lines += [f"\t{BIN}/jupyter nbconvert --to html {ran}"]
        file = self.folder / "Makefile"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self.run("make", "-f", str(file), f"-j{jobs}")

    def tanfeng(self) -> float:
        """`tanfeng build`, everything anew."""
        out = self.folder / "reports"
        return self.run(str(BIN / "tanfeng"), "build", *self.names, "--force", "--out", str(out))

    def nothing(self) -> float:
        """`tanfeng build` with nothing to do."""
        return self.run(str(BIN / "tanfeng"), "build", *self.names, "--out", str(self.folder / "reports"))

    def floor(self) -> float:
        """The work of the notebooks alone: one process a core that has imported the libraries."""
        cores = os.cpu_count() or 1
        command, env = [sys.executable, "-c", FLOOR], {**os.environ, **SETTINGS}
        shares = [self.notebooks[core::cores] for core in range(cores)]
        started = [
            subprocess.Popen([*command, *map(str, share)], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=env)
            for share in shares
        ]
        return max(float(process.communicate()[0]) for process in started)

    def jupyter_book(self) -> float:
        """jupyter-book 1 on the same notebooks; it runs them where they are, so they are put into the project."""
        folder = ROOT / "build" / "bench-book"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.given, folder)
        (folder / "_config.yml").write_text("title: x\nexecute: {execute_notebooks: force, timeout: 600}\n")
        chapters = "".join(f"- file: {path.stem}\n" for path in self.notebooks[1:])
        (folder / "_toc.yml").write_text(f"format: jb-book\nroot: {self.notebooks[0].stem}\nchapters:\n{chapters}")
        seconds = self.run(*self.book.split(), "build", "-q", str(folder))
        failed = list((folder / "_build").rglob("reports/*.log"))  # it ends with 0 all the same
        if failed:
            raise SystemExit(f"jupyter-book: {failed[0].name}: {failed[0].read_text(encoding='utf-8')[-1000:]}")
        shutil.rmtree(folder)
        return seconds


def main() -> None:
    """Print the medians of interleaved runs and their ratios."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--reports", nargs="*", default=[])
    given.add_argument("--runs", type=int, default=3)
    given.add_argument("--book", default="")
    chosen = given.parse_args()
    with tempfile.TemporaryDirectory(prefix="tanfeng-bench-") as name:
        bench = Bench(Path(name), chosen.reports, chosen.book)
        ways: dict[str, Callable[[], float]] = {
            "tanfeng build": bench.tanfeng,
            "tanfeng build, nothing to do": bench.nothing,
            "the notebooks' work alone": bench.floor,
            "papermill and nbconvert, make -j2": lambda: bench.make(2),
            "papermill and nbconvert, one by one": lambda: bench.make(1),
        }
        if chosen.book:
            ways["jupyter-book 1"] = bench.jupyter_book
        times: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(chosen.runs):
            for way, run in ways.items():
                times[way].append(run())
                print(f"    {way}: {times[way][-1]:.2f} s", flush=True)
    ours = median(times["tanfeng build"])
    print(f"\n{len(bench.notebooks)} reports, median of {chosen.runs}      seconds   x tanfeng build")
    for way, seconds in times.items():
        print(f"{way:38} {median(seconds):8.2f} {median(seconds) / ours:8.2f}", flush=True)
    if not chosen.reports:
        subprocess.run([sys.executable, "-m", "tests.bench_forecast"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
