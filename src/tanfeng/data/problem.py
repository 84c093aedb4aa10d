"""What is wrong in a table, with file, row, column and what was expected."""

from __future__ import annotations

from dataclasses import dataclass


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

    def __str__(self) -> str:
        """Return the problem as one line: severity, file, row, column, found, expected, and the chain it breaks."""
        place = f"{self.severity}{f' (known: {self.known})' if self.known else ''}: {self.file}"
        place += f", row {self.row}" if self.row else ""
        place += f", column {self.column}" if self.column else ""
        ends = [f"chain: {self.chain}" if self.chain else "", self.paste]
        return "; ".join([f"{place}: found {self.found}", f"expected {self.expected}", *(one for one in ends if one)])
