"""What is wrong in a table, with file, row, column and what was expected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tanfeng.data.wording import Wording, listed, said, say


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a table.

    Attributes:
        file: the file within the project, such as `data/observations.csv`.
        row: the line of the file (the header is line 1), 0 for the whole file.
        column: the column, empty for a whole row.
        found: what stands there.
        expected: what should stand there.
        severity: `error` (the table cannot be used), or `high`, `medium`, `low` (the figure should be looked at).
        known: kind of the usage warning that explains it, empty if there is none.
        chain: chain of the registers that it breaks (see `tanfeng.data.links`), empty if it breaks none.
        paste: what to do with the row to paste, the row last; empty if there is none.
        others: other rows of the file with the same problem, see `gathered`.

    Example:
        >>> print(Problem("data/fields.csv", 2, "sort", "'x'", "a whole number"))
        error: data/fields.csv, row 2, column sort: found 'x'; expected a whole number
    """

    file: str
    row: int
    column: str
    found: str
    expected: str
    severity: str = "error"
    known: str = ""
    chain: str = ""
    paste: str = ""
    others: tuple[int, ...] = ()

    @property
    def rows(self) -> tuple[int, ...]:
        """Rows of the file that it is in: its own, and those of the same problem."""
        return (self.row, *self.others) if self.row else ()

    def __str__(self) -> str:
        """Return the problem as one line: severity, file, row, column, found, expected, and the chain it breaks."""
        return self.told("en")

    def told(self, lang: str, places: Sequence[str] = ()) -> str:
        """Return the problem as one line in a language.

        Args:
            lang: zh or en.
            places: where each row of the file stands, if its rows are not those of the table.

        Example:
            >>> Problem("data/fields.csv", 2, "sort", "'x'", Wording("整数", "a whole number")).told("zh")
            "错误：data/fields.csv，第2行，sort列：为'x'；应为整数"
        """
        severity = Wording(SEVERITIES[self.severity], self.severity)
        known = say("（已说明：{known}）", " (known: {known})", known=self.known) if self.known else ""
        at = [
            say(
                "{severity}{known}：{file}", "{severity}{known}: {file}", severity=severity, known=known, file=self.file
            )
        ]
        at += [_numbered([places[row - 2] for row in self.rows] if places else self.rows)] if self.row else []
        at += [Wording(f"{self.column}列", f"column {self.column}")] if self.column else []
        chains = listed(self.chain.split("; "), "；", "; ")
        ends = [say("涉及：{chain}", "chain: {chain}", chain=chains)] if self.chain else []
        ends += [say("{paste}", "{paste}", paste=self.paste)] if self.paste else []
        parts = [
            say("{at}：为{found}", "{at}: found {found}", at=listed(at, "，", ", "), found=self.found),
            say("应为{expected}", "expected {expected}", expected=self.expected),
            *ends,
        ]
        return str(said(listed(parts, "；", "; "), lang))


SEVERITIES = {"error": "错误", "high": "重要", "medium": "一般", "low": "次要"}
ROWS_SHOWN = 10


def _numbered(rows: Sequence[int | str]) -> Wording:
    """Return numbers of rows, or places, as messages name them."""
    names = ", ".join(map(str, rows[:ROWS_SHOWN]))
    left = len(rows) - ROWS_SHOWN
    more = say("（另有{count}处）", " and {count} more", count=left) if left > 0 else ""
    if isinstance(rows[0], str):
        return say("{names}{more}", "{names}{more}", names=names, more=more)
    return say("第{names}行{more}", "row{s} {names}{more}", names=names, more=more, s="s" if len(rows) > 1 else "")


def gathered(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems with those that say the same of other rows as one, the most frequent first.

    A source that is missing from many rows is told once.

    Example:
        >>> one = Problem("a.csv", 2, "source_id", "'x'", "an id of data/sources.csv")
        >>> print(*gathered([one, replace(one, row=5)]))
        error: a.csv, rows 2, 5, column source_id: found 'x'; expected an id of data/sources.csv
    """
    groups: dict[tuple[object, ...], list[Problem]] = {}
    for one in problems:
        key = (one.file, one.column, one.found, one.expected, one.severity, one.known, one.paste, bool(one.row))
        groups.setdefault(key, []).append(one)
    most_first = sorted(groups.values(), key=len, reverse=True)
    return [replace(same[0], others=tuple(one.row for one in same[1:] if one.row)) for same in most_first]
