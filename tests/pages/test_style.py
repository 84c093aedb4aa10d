"""Figures in fewer letters show the same outlines."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.pages.charts.style import canvas, finish
from tanfeng.pages.charts.svg import COARSER, shorten

POINTS = st.tuples(st.integers(-3000, 6000), st.integers(-3000, 6000))
SIZES = {"M": 1, "L": 1, "Q": 2, "C": 3}
STEPS = re.compile(r"([mlqcz])([^mlqcz]*)")


def glyph(commands: list[tuple[str, list[tuple[int, int]]]]) -> str:
    outline = "".join(f"{letter} {' '.join(f'{x} {y}' for x, y in points)} \n" for letter, points in commands)
    return f'<g><path d="{outline}" transform="scale(0.015625)"/></g>'


def corners(outline: str) -> list[tuple[int, int]]:
    """Return the absolute points of an outline in relative steps."""
    pen, start, found = (0, 0), (0, 0), []
    for letter, numbers in STEPS.findall(outline):
        values = [int(number) for number in re.findall(r"-?\d+", numbers)]
        pairs = list(zip(values[::2], values[1::2], strict=True))
        size = {"m": 1, "l": 1, "q": 2, "c": 3, "z": 1}[letter]
        for place in range(0, len(pairs), size):
            moved = [(pen[0] + x, pen[1] + y) for x, y in pairs[place : place + size]]
            found += moved
            pen = moved[-1]
        start = pen if letter == "m" else start
        pen = start if letter == "z" else pen
    return found


@given(st.data(), st.lists(st.sampled_from("LQC"), max_size=12), st.booleans())
def test_every_point_is_within_half_a_step(data: st.DataObject, letters: list[str], closed: bool) -> None:
    contours = []
    for start in ("M", "M"):
        drawn = [start, *letters]
        contours += [(letter, [data.draw(POINTS) for _ in range(SIZES[letter])]) for letter in drawn]
        contours += [("z", [])] if closed else []
    written = re.search(r'd="([^"]*)"', shorten(glyph(contours)))
    assert written
    found = corners(written[1])
    expected = [point for _, points in contours for point in points]
    assert len(found) == len(expected)
    for (x, y), (own_x, own_y) in zip(found, expected, strict=True):
        assert abs(x - own_x / COARSER) <= 0.5
        assert abs(y - own_y / COARSER) <= 0.5


def test_other_outlines_stay_as_they_are() -> None:
    drawn = '<g><path d="M 1.5 2.25 L 3 4 z" style="fill: #fff"/></g>'
    assert shorten(drawn) == drawn


@pytest.mark.parametrize("gap", ["\n", "  \n   "])
def test_nothing_stands_between_elements(gap: str) -> None:
    assert shorten(f"<g>{gap}<g/>{gap}</g>") == "<g><g/></g>"


def test_comments_and_metadata_go_and_places_are_to_a_hundredth() -> None:
    drawn = (
        '<g><metadata><a/></metadata><!-- 2005 --><use x="123.456789" y="-20.009" transform="scale(0.075 -0.075)"/></g>'
    )
    assert shorten(drawn) == '<g><use x="123.45" y="-20.00" transform="scale(0.075 -0.075)"/></g>'


@pytest.mark.parametrize("name", ["US$ 5 {x", "$a_{b$", "$100^$", "a $ b"])
def test_a_dollar_sign_in_a_name_is_drawn(name: str) -> None:
    with canvas() as figure:
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], label=name)
        axes.set_xticks([0, 1], [name, name])
        axes.set_title(name)
        axes.legend()
        assert "<svg" in finish(figure, name).svg
