"""Numbers as people and spreadsheets write them: one grammar for every reader of files and tables.

A number may have blanks around it, thousands in groups of three, full-width digits, an exponent, a leading point and a
Unicode minus, or be negative in brackets. The marks of yearbooks for no figure, or less than half a unit, are a closed
list. Nothing is guessed: other text is no number.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")  # as the tables have it
LEADING = re.compile(
    r"([+-]?)([0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]+|(?=\.[0-9]))(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?(?![0-9.,])\s*(.*)",
    re.DOTALL,
)
NEGATIVE = re.compile(r"\(\s*([0-9.][0-9., ]*)\)")  # as accounts write it
NO_FIGURE = frozenset(
    {"", "-", "--", "–", "—", "――", "——", "―", "─", "──", ".", "...", "......", "#", "/", "空", "空格", "空白"}
)
BLANKS = "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
NARROW = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys(BLANKS, " ")
    | {"−": "-", "…": "..."}
)  # no other form: a footnote mark such as ² is no digit


def form(text: str) -> str:
    """Return a text with plain digits, signs and blanks in place of full-width and typographic ones.

    Example:
        >>> form(" −１，１６２ ")
        '-1,162'
    """
    return text.translate(NARROW).strip()


def leading(text: str) -> tuple[Decimal, str] | None:
    """Return the number that a text begins with, and what stands behind it; None if it begins with none.

    Example:
        >>> leading("1,162.5 万千瓦")
        (Decimal('1162.5'), '万千瓦')
    """
    found = LEADING.fullmatch(form(text))
    if found is None:
        return None
    sign, whole, rest, power, behind = (part or "" for part in found.groups())
    return Decimal(f"{sign}{re.sub('[, ]', '', whole) or '0'}{rest}{power}"), behind


def parse(cell: Any, percent: bool = False) -> Decimal | None:
    """Return the number of a cell with the digits it is written with; None for a mark that stands for no figure.

    Args:
        cell: text or number.
        percent: whether the unit is per cent, so that a sign behind the number says nothing new.

    Raises:
        ValueError: if it is no number.

    Example:
        >>> parse("10,000.0"), parse("…"), parse("23.6%", percent=True), parse("１．２E+01"), parse("（3.5）")
        (Decimal('10000.0'), None, Decimal('23.6'), Decimal('12'), Decimal('-3.5'))
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and math.isfinite(cell):
        return Decimal(repr(cell)) if not float(cell).is_integer() else Decimal(int(cell))
    if not isinstance(cell, str):
        raise ValueError(f"{cell!r} is no number")
    text = NEGATIVE.sub(r"-\1", form(cell)) if NEGATIVE.fullmatch(form(cell)) else form(cell)
    if "".join(text.split()) in NO_FIGURE:
        return None
    found = leading(text)
    if found is None or found[1] not in ({"", "%"} if percent else {""}) or not math.isfinite(float(found[0])):
        raise ValueError(f"{cell!r} is no number")
    return found[0]


def written(number: Decimal) -> str:
    """Return a number as the tables have it: without an exponent, with the digits it has.

    Example:
        >>> written(Decimal("1e-05")), written(Decimal("-0.0"))
        ('0.00001', '0')
    """
    return f"{number:f}" if number else "0"


def decimals(number: Decimal) -> int:
    """Return the number of digits behind the point, as written.

    Example:
        >>> decimals(Decimal("12.50")), decimals(Decimal("100"))
        (2, 0)
    """
    return max(0, -int(number.as_tuple().exponent))
