"""Figures written shorter: most of a figure's text is the outlines of its characters, most of those are Chinese."""

from __future__ import annotations

import re

GLYPH = re.compile(r' d="([^"]*)" transform="scale\(0\.015625\)"')
COMMAND = re.compile(r"([MLQCz])([^MLQCz]*)")
GAPS = re.compile(r">\s+<")
UNSEEN = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->", re.DOTALL)
FINE = re.compile(r"(\d{2,}\.\d\d)\d+")  # a hundredth of a point; factors of a scale are below ten and stay
COARSER = 16  # outlines to a four-hundredth of the size of a character: finer than a screen shows


def shorten(svg: str) -> str:
    r"""Return the same drawing in fewer letters.

    No comments and no space between elements, places to a hundredth of a point, outlines of characters in steps.

    Example:
        >>> shorten('<g>\n <path d="M 160 320 \nL 160 0 \nz\n" transform="scale(0.015625)"/>\n</g>')
        '<g><path d="m10 20l0-20z" transform="scale(0.25)"/></g>'
    """
    scale = COARSER / 64
    drawn = FINE.sub(r"\1", GAPS.sub("><", UNSEEN.sub("", svg)))
    return GLYPH.sub(lambda found: f' d="{_relative(found[1])}" transform="scale({scale})"', drawn)


def _relative(outline: str) -> str:
    """Return an outline with each point as whole steps from where the pen stands."""
    parts, pen, start, last = [], (0, 0), (0, 0), ""
    for command, numbers in COMMAND.findall(outline):
        steps = [round(float(number) / COARSER) for number in numbers.split()]
        points = list(zip(steps[::2], steps[1::2], strict=True))
        moved = [value for x, y in points for value in (x - pen[0], y - pen[1])]
        letter = command.lower()
        parts.append(_joined(moved, "" if letter == last and letter in "lqc" else letter))
        pen = points[-1] if points else start
        start, last = (pen if command == "M" else start), letter
    return "".join(parts)


def _joined(numbers: list[int], letter: str) -> str:
    """Return numbers after a command letter, a minus sign or a space between them."""
    spaced = "".join(str(number) if number < 0 else f" {number}" for number in numbers)
    return letter + (spaced.removeprefix(" ") if letter else spaced)
