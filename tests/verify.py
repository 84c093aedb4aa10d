"""`make verify`: every page and table is the same to the last bit, wherever and however it is built.

Two builds of all reports in two folders, one with an ordinary kernel a notebook, under another hash seed, zone, locale
and number of threads: the sha256 of every file is the same. A table is changed in one folder and built from what is
kept there, which gives what a new folder gives. Then the tables on two simulated types of processor.
`--reports NAME` chooses some reports, `--python FILE` takes another environment for the second build.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
CHANGED, ROW, VALUE = "data/inventory.csv", "330000,2014,buildings,commerce,gas,", 5
COPIED = ("data", "notebooks", "src")
HERE = {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"}
THERE = {"PYTHONHASHSEED": "77", "TZ": "Asia/Shanghai", "LC_ALL": "C", "OMP_NUM_THREADS": "4"}
OLD = "AVX512F,AVX512CD,AVX512_SKX,AVX512_CLX,AVX512_CNL,AVX512_ICL,AVX2,FMA3"
PROCESSORS = {
    "newer": {"OPENBLAS_CORETYPE": "Haswell"},
    "older": {"OPENBLAS_CORETYPE": "Sandybridge", "NPY_DISABLE_CPU_FEATURES": OLD},
}


def built(folder: Path, settings: dict[str, str], names: list[str], python: str, *options: str) -> dict[str, str]:
    """Build in a copy of the project and return the sha256 of every file."""
    copied(folder)
    return built_in(folder, settings, names, python, *options)


def copied(folder: Path) -> None:
    """Copy the project."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "local"))
    shutil.copy(ROOT / "requirements.lock", folder)


def built_in(folder: Path, settings: dict[str, str], names: list[str], python: str, *options: str) -> dict[str, str]:
    """Build where a copy is and return the sha256 of every file."""
    command = [python, "-m", "tanfeng.cli.start", "build", *names, *options]
    env = {**os.environ, **settings, "PYTHONPATH": str(folder / "src"), "PYTHONWARNINGS": "ignore:.*NPY_DISABLE.*"}
    for said in (" built, ", "up to date: "):  # the second time nothing is left to do
        ran = subprocess.run(command, cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False)
        if ran.returncode or said not in ran.stderr:
            raise SystemExit(f"{said!r} expected:\n{ran.stderr}")
    out = folder / "reports"
    files = [path for path in out.rglob("*") if path.is_file() and ".state" not in path.parts]
    return {path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def changed(folder: Path) -> None:
    """Raise a figure of the inventory that the estimates, the outlook and the verdicts come from by a hundredth."""
    path = folder / CHANGED
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if line.startswith(ROW))
    cells = lines[place].split(",")
    cells[VALUE] = f"{float(cells[VALUE]) * 1.01:.6g}"
    lines[place] = ",".join(cells)
    path.write_text("".join(lines), encoding="utf-8")


def compared(what: str, one: dict[str, str], other: dict[str, str]) -> int:
    """Print how many files are the same and which are not; return the number of those."""
    different = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    print(f"{what}: {len(one)} files, {len(different)} differ", flush=True)
    for name in different:
        print(f"    {name}")
    return len(different)


def main() -> None:
    """Compare; exit status 1 if any file differs."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--reports", nargs="*", default=[])
    given.add_argument("--python", default=sys.executable)
    chosen = given.parse_args()
    with tempfile.TemporaryDirectory(prefix="tanfeng-verify-") as name:
        folder = Path(name)
        here = built(folder / "a", HERE, chosen.reports, sys.executable)
        there = built(folder / "another place" / "b", THERE, chosen.reports, chosen.python, "--plain")
        wrong = compared("another place, hash seed, zone, locale, threads, plain kernels", here, there)
        changed(folder / "a")
        copied(folder / "c")
        changed(folder / "c")
        kept, anew = (built_in(folder / name, HERE, chosen.reports, sys.executable) for name in ("a", "c"))
        wrong += compared("a table changed, built from what is kept and in a new folder", kept, anew)
        print(f"    {sum(here[name] != kept[name] for name in here)} files differ from those before the change")
        types = {kind: built(folder / kind, PROCESSORS[kind], chosen.reports, sys.executable) for kind in PROCESSORS}
        tables = [{name: value for name, value in types[kind].items() if "tables/" in name} for kind in PROCESSORS]
        wrong += compared("tables on two types of processor", *tables)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
