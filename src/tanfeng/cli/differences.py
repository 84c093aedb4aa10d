"""The command `data diff`: what changed between two states of the tables, and which verdicts that moves."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tanfeng.cli import common
from tanfeng.cli.common import Output, data_app, emit, formatted, note
from tanfeng.project import PACKAGE_FILE, ProjectError, find_root

if TYPE_CHECKING:
    from tanfeng.vintages import Move

WORDS = {
    "nothing": ("两个版本的数据相同。", "The tables are the same."),
    "rows": ("数据", "Rows"),
    "verdicts": ("判定变化", "Verdicts moved"),
    "indicators": ("四个指标变化", "The four indicators moved"),
    "none": ("无", "none"),
    "no_target": ("无此目标", "no such target"),
    "added": ("新增", "added"),
    "removed": ("删除", "removed"),
    "changed": ("改动", "changed"),
    "table added": ("新增数据表", "table added"),
    "table removed": ("删除数据表", "table removed"),
    "column added": ("新增列", "column added"),
    "column removed": ("删除列", "column removed"),
    "key changed": ("主键改变", "key changed"),
    "not comparable": ("无法比较", "not comparable"),
}


@data_app.command("diff")
def data_diff(
    old: Annotated[str, typer.Argument(help="Project folder, data folder or git revision, such as HEAD~1.")],
    new: Annotated[str, typer.Argument(help="The same, of the later state.")],
    format: Annotated[str, typer.Option(help="table, csv or json.")] = "table",
    table: Annotated[list[str] | None, typer.Option(help="Only this table; may be repeated.")] = None,
    lang: Annotated[str, typer.Option(help="Language of the table: zh or en.")] = "zh",
    out: Output = None,
) -> None:
    """Say which rows, verdicts and indicators differ between two states of the tables (exit status 0 either way)."""
    if format not in {"table", "csv", "json"} or lang not in {"zh", "en"}:
        raise ProjectError(f"format {format!r}, language {lang!r}: expected table, csv or json, and zh or en")
    with tempfile.TemporaryDirectory(prefix="tanfeng-") as folder:
        before, after = (
            common.catalog(_state(given, Path(folder) / name)) for given, name in ((old, "old"), (new, "new"))
        )
        from tanfeng.vintages import compare, compare_verdicts

        rows = compare(before, after, table)
        if format == "table":
            comparable = not (rows["change"] == "not comparable").any()
            moves = compare_verdicts(before, after) if len(rows) and comparable else []
            emit(_report(rows, moves, after, lang), out)
        else:
            emit(formatted(rows, format), out)
    note.print(_summary(rows))


def _summary(rows: Any) -> str:
    if rows.empty:
        return "no difference"
    counts = rows["part"].value_counts()
    lost = sorted(rows.loc[rows["change"] == "not comparable", "part"])
    targets = rows.loc[(rows["part"] == "verdicts") & (rows["key"] != ""), "key"].nunique()
    figures = int(counts.get("indicators", 0)) - lost.count("indicators")
    moved = f"{counts['rows']} differences in the tables; they move {targets} verdicts and {figures} indicator figures"
    return f"{moved}; not comparable: {', '.join(lost)}" if lost else moved


def _state(given: str, folder: Path) -> Path:
    """Return the project folder of one side: a folder as it is, or a revision written to a folder of its own."""
    path = Path(given)
    if path.is_dir():
        return _project(path, folder)
    return _revision(given, folder)


def _project(path: Path, folder: Path) -> Path:
    if (path / PACKAGE_FILE).is_file():
        return path.resolve()
    if not (path / PACKAGE_FILE.name).is_file():
        raise ProjectError(
            f"{path}: neither a project nor a data folder: no {PACKAGE_FILE} or {PACKAGE_FILE.name} in it"
        )
    if path.resolve().name == PACKAGE_FILE.parent.name:
        return path.resolve().parent
    shutil.copytree(path, folder / PACKAGE_FILE.parent)
    return folder


def _revision(name: str, folder: Path) -> Path:
    """Write `data/` of a git revision of this project to a folder."""
    root = find_root(Path.cwd())
    git = shutil.which("git")
    if git is None:
        raise ProjectError(
            f"{name}: no such folder, and git, which would know a revision of that name, is not installed"
        )
    command = [git, "-C", str(root), "archive", "--format=tar", f"{name}^{{commit}}", PACKAGE_FILE.parent.as_posix()]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise ProjectError(f"{name}: neither a folder nor a revision of this project: {' '.join(reason[-1:])}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return _project(folder, folder)


def _report(rows: Any, moves: list[Move], catalog: Any, lang: str) -> str:
    """Return what differs as text: changes of the tables, moved verdicts with both reasons, moved indicators."""
    if rows.empty:
        return f"{_word('nothing', lang)}\n"
    lines = [f"{_word('rows', lang)}:", *(_line(row, lang) for row in rows[rows["part"] == "rows"].to_dict("records"))]
    lines += [f"{_word('verdicts', lang)}:", *_verdict_lines(moves, catalog, lang), *_failed(rows, "verdicts", lang)]
    found = rows[(rows["part"] == "indicators") & (rows["change"] != "not comparable")].to_dict("records")
    lines += [f"{_word('indicators', lang)}:", *(_line(row, lang) for row in found), *_failed(rows, "indicators", lang)]
    return "".join(
        f"{line}\n" if not line.endswith(":") else f"{line[:-1]}{'：' if lang == 'zh' else ':'}\n" for line in lines
    )


def _failed(rows: Any, part: str, lang: str) -> list[str]:
    mine = rows[rows["part"] == part]
    failed = mine[mine["change"] == "not comparable"]
    if len(failed):
        return [f"  {_word('not comparable', lang)}  {failed['old'].iloc[0]}"]
    return [f"  {_word('none', lang)}"] if mine.empty else []


def _word(name: str, lang: str) -> str:
    return WORDS[name][0 if lang == "zh" else 1]


def _line(row: dict[str, Any], lang: str) -> str:
    change = row["change_pct"]
    percent = "" if change is None or change != change else f"  ({change:+.2f} %)"  # NaN is not itself
    place = "  ".join(part for part in (row["table"], row["key"], row["column"]) if part)
    values = f"  {row['old']} -> {row['new']}" if row["old"] or row["new"] else ""
    return f"  {_word(row['change'], lang)}  {place}{values}{percent}"


def _verdict_lines(moves: list[Move], catalog: Any, lang: str) -> list[str]:
    lines = []
    for move in moves:
        target = move.target
        lines.append(f"  {target['id']}  {target[lang]}")
        lines += [f"    {mark} {_verdict(side, catalog, lang)}" for mark, side in (("-", move.old), ("+", move.new))]
    return lines


def _verdict(side: Any, catalog: Any, lang: str) -> str:
    from tanfeng import text

    if side is None:
        return _word("no_target", lang)
    return f"{text.word(catalog, f'verdict_{side.verdict}', lang)}  {text.reason(catalog, side, lang)}"
