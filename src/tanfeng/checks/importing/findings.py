"""Findings: what a file holds that was not expected, with sheet and cell as a spreadsheet shows them."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from tanfeng.data.spelling import form, unmarked
from tanfeng.data.wording import Wording, said, say

Severity = Literal["error", "mismatch", "note"]
SEVERITIES = {"error": "错误", "mismatch": "不符", "note": "提示"}
NOTHING = Wording("空白", "nothing")


@dataclass(frozen=True)
class Misfit:
    """One thing that was found and not expected.

    Attributes:
        sheet: name of the sheet; empty for a CSV file or the whole workbook.
        cell: address such as `B7`; empty for the whole sheet.
        found: what is there.
        expected: what should be there.
        severity: `error` keeps a file out; `mismatch` is a figure that does not agree with others of its sheet or
            with known ones, which keeps it out unless mismatches are accepted; `note` is told and changes nothing.
    """

    sheet: str
    cell: str
    found: str
    expected: str
    severity: Severity = "error"

    def __str__(self) -> str:
        """Return the finding as one line.

        Example:
            >>> str(Misfit("Zhejiang2019", "B7", "'n.a.'", "a number"))
            "error: Zhejiang2019, B7: found 'n.a.'; expected a number"
        """
        return self.told("en")

    def told(self, lang: str) -> str:
        """Return the finding as one line in a language.

        Example:
            >>> Misfit("Zhejiang2019", "B7", "'n.a.'", Wording("数字", "a number")).told("zh")
            "错误：Zhejiang2019，B7：为'n.a.'；应为数字"
        """
        parts = [part for part in (self.sheet, self.cell) if part]
        line = say(
            "{kind}：{place}：为{found}；应为{expected}",
            "{kind}: {place}: found {found}; expected {expected}",
            kind=Wording(SEVERITIES[self.severity], self.severity),
            place=Wording("，".join(said(part, "zh") for part in parts) or "文件", ", ".join(parts) or "file"),
            found=self.found,
            expected=self.expected,
        )
        return str(said(line, lang))


@dataclass(frozen=True)
class FileContent:
    """What a file says, in the columns of one of our tables; every cell is text, as in the CSV files of the project.

    Where rows are not those of the file below its heading, `places` says for each where it stands (`全部, row 12`).
    `summary` is told at the end.
    """

    table: str
    rows: pd.DataFrame
    findings: tuple[Misfit, ...]
    places: tuple[str, ...] = ()
    summary: str = ""


def address(row: int, column: int) -> str:
    """Return the address of a cell from its row and column, both counted from 0.

    Example:
        >>> address(6, 1), address(0, 26)
        ('B7', 'AA1')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def shown(cell: Any) -> str:
    """Return a cell as a message shows it: text in quotes, an empty cell as `nothing`.

    Example:
        >>> shown("n.a."), shown(""), shown(1.5)
        ("'n.a.'", 'nothing', '1.5')
    """
    return NOTHING if cell == "" or cell is None else repr(cell) if isinstance(cell, str) else str(cell)


def trimmed(cell: Any) -> str:
    """Return the text of a cell without white space around it; empty for a cell that is no text.

    Example:
        >>> trimmed(" Raw_Coal\u3000"), trimmed(3.0)
        ('Raw_Coal', '')
    """
    return cell.strip() if isinstance(cell, str) else ""


def plain(text: str) -> str:
    """Return a name without white space and full-width forms, for labels that are set with spaces to look even.

    Example:
        >>> plain("项        目"), plain("本省（区、市）调出量")
        ('项目', '本省(区、市)调出量')
    """
    return "".join(unicodedata.normalize("NFKC", text).split())


def nearest(name: str, known: Collection[str]) -> str:
    """Return the known name that differs from `name` in case, width or a few letters only; empty if there is none.

    Example:
        >>> nearest("ｒａｗ＿coal", ["Raw_Coal", "Coke"])
        'Raw_Coal'
    """
    forms = {plain(other).casefold().replace("_", ""): other for other in known}
    close = difflib.get_close_matches(plain(name).casefold().replace("_", ""), list(forms), n=1, cutoff=0.8)
    return forms[close[0]] if close else ""


def locate(
    labels: Iterable[tuple[int, str]],
    known: Mapping[str, str],
    what: Wording,
    sheet: str,
    cells: dict[int, str],
) -> tuple[dict[str, int], list[Misfit]]:
    """Find where each known name stands among the labels of a row or column.

    Args:
        labels: position and text of each label.
        known: form of each name (see `tanfeng.data.spelling.form`) -> the name it stands for, each expected once.
        what: what the names are, for messages (`a fuel`, `a sector`).
        sheet: name of the sheet, for messages.
        cells: address of each position, for messages.

    Returns:
        The position of each name found, and a finding for each unknown, repeated or missing name.

    Example:
        >>> names = {"煤": "煤", "气": "气"}
        >>> found, findings = locate([(1, "煤"), (2, "油")], names, Wording("品种", "a fuel"), "S", {1: "B1", 2: "C1"})
        >>> found, len(findings)
        ({'煤': 1}, 2)
    """
    found: dict[str, int] = {}
    findings = []
    for position, text in labels:
        name = known.get(form(text)) or known.get(form(unmarked(text)))
        if name in found:
            again = say("{text!r}重复", "{text!r} again", text=text)
            findings.append(
                Misfit(sheet, cells[position], again, say("每个{what}一次", "each of {what} once", what=what))
            )
        elif name:
            found[name] = position
        else:
            hint = nearest(text, known.values())
            expected = say("{what}，写作{hint!r}", "{what}, written {hint!r}", what=what, hint=hint)
            unknown = say("此格式中的{what}", "{what} known to this layout", what=what)
            findings.append(Misfit(sheet, cells[position], shown(text), expected if hint else unknown))
    for name in dict.fromkeys(known.values()):
        if name not in found:
            missing = say("没有{name!r}", "no {name!r}", name=name)
            findings.append(Misfit(sheet, "", missing, say("{what}{name!r}", "{what} {name!r}", what=what, name=name)))
    return found, findings
