"""The fan of a what-if beside that of the reference, written as SVG without matplotlib: a move of a control redraws it.

The letters are text of the browser, so this figure is for notebooks; pages use the other modules.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from tanfeng.pages import text
from tanfeng.pages.charts.style import FIELD_COLORS, GRID, INK, Chart

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 806, 350, 52, 96, 30, 26  # pixels
PIXELS = 96
GREY = "#8a949c"
STEP_MT, STEP_YEARS = 200, 5
WORDS = {
    "zh": ("二氧化碳排放（{}）", "现有走势", "所设条件", "80%区间"),
    "en": ("CO2 emissions ({})", "reference", "setting", "80% interval"),
}


def fan(past: pd.Series, reference: pd.DataFrame, setting: pd.DataFrame, lang: str) -> Chart:
    """Draw the history, the reference with its 80 % interval (grey), and the setting with its own (colour).

    Args:
        past: emissions by year, Mt CO2.
        reference: year, co2_mt, lo80, hi80 of the reference (`tanfeng.roadmap.whatif.Answer.fan`).
        setting: the same of the setting.
        lang: `zh` or `en`.

    Example:
        >>> past = pd.Series([400.0, 440.0], index=[2021, 2022])
        >>> ahead = pd.DataFrame({"year": [2030], "co2_mt": [530.0], "lo80": [385.0], "hi80": [748.0]})
        >>> fan(past, ahead, ahead, "en").alt
        'CO2 emissions (Mt): 440.0 in 2022; in 2030 530.0 in the reference and 530.0 in the setting.'
    """
    axes = _Axes(int(past.index[0]), int(setting["year"].max()), max(reference["hi80"].max(), setting["hi80"].max()))
    own = FIELD_COLORS["energy"]
    parts = [
        *axes.grid(lang),
        axes.band(past, reference, GREY, 0.25),
        axes.band(past, setting, own, 0.22),
        axes.line(past.index.tolist(), past.tolist(), INK, ""),
        axes.line(*_joined(past, reference), GREY, "5 3"),
        axes.line(*_joined(past, setting), own, "5 3"),
        *axes.names(reference, setting, own, lang),
    ]
    alt = _alt(past, reference, setting, lang)
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {box}>'
    return Chart(head + "".join(parts) + "</svg>", WIDTH / PIXELS, HEIGHT / PIXELS, alt)


class _Axes:
    """Where years and megatonnes lie."""

    def __init__(self, first: int, last: int, highest: float) -> None:
        self.first, self.last, self.top = first, last, STEP_MT * -(-highest // STEP_MT)

    def x(self, year: float) -> float:
        return round(LEFT + (year - self.first) / (self.last - self.first) * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        return round(HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM), 1)

    def grid(self, lang: str) -> list[str]:
        title = WORDS[lang][0].format(text.TONNES[lang])
        parts = [f'<text x="4" y="16" fill="#56616a">{escape(title)}</text>']
        for value in range(0, int(self.top) + 1, STEP_MT):
            y = self.y(value)
            parts.append(f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="{GRID}"/>')
            parts.append(
                f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end" fill="{INK}">{text.tonnes(value, lang, 0)}</text>'
            )
        first = -(-self.first // STEP_YEARS) * STEP_YEARS
        years = range(first, self.last + 1, STEP_YEARS)
        return parts + [
            f'<text x="{self.x(year)}" y="{HEIGHT - 8}" text-anchor="middle" fill="{INK}">{year}</text>'
            for year in years
        ]

    def line(self, years: Sequence[float], values: Sequence[float], color: str, dash: str) -> str:
        points = " ".join(f"{self.x(year)},{self.y(value)}" for year, value in zip(years, values, strict=True))
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        return f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"{dashed}/>'

    def band(self, past: pd.Series, rows: pd.DataFrame, color: str, strength: float) -> str:
        upper, lower = _joined(past, rows, "hi80"), _joined(past, rows, "lo80")
        around = [*zip(*upper, strict=True), *reversed(list(zip(*lower, strict=True)))]
        points = " ".join(f"{self.x(year)},{self.y(value)}" for year, value in around)
        return f'<polygon points="{points}" fill="{color}" fill-opacity="{strength}"/>'

    def names(self, reference: pd.DataFrame, setting: pd.DataFrame, own: str, lang: str) -> list[str]:
        """Write the names of lines and band at their ends, apart where two ends meet."""
        _, plain, chosen, between = WORDS[lang]
        ends = [self.y(rows["co2_mt"].iloc[-1]) for rows in (reference, setting)]
        apart = 14 if abs(ends[0] - ends[1]) < 14 else 0
        down = ends[0] >= ends[1]
        heights = [ends[0] + (apart if down else 0), ends[1] + (0 if down else apart), self.y(setting["hi80"].iloc[-1])]
        named = zip(heights, (plain, chosen, between), ("#56616a", own, own), strict=True)
        return [
            f'<text x="{WIDTH - RIGHT + 6}" y="{height + 4}" fill="{color}">{escape(name)}</text>'
            for height, name, color in named
        ]


def _joined(past: pd.Series, rows: pd.DataFrame, column: str = "co2_mt") -> tuple[list[float], list[float]]:
    """Return years and values of a line that starts at the last known figure."""
    return [float(past.index[-1]), *rows["year"]], [float(past.iloc[-1]), *rows[column]]


def _alt(past: pd.Series, reference: pd.DataFrame, setting: pd.DataFrame, lang: str) -> str:
    year, last = int(past.index[-1]), int(setting["year"].iloc[-1])
    known, plain, chosen = (
        text.tonnes(value, lang) for value in (past.iloc[-1], reference["co2_mt"].iloc[-1], setting["co2_mt"].iloc[-1])
    )
    title = WORDS[lang][0].format(text.TONNES[lang])
    if lang == "zh":
        return f"{title}：{year}年{known}；{last}年按现有走势{plain}，按所设条件{chosen}。"
    return f"{title}: {known} in {year}; in {last} {plain} in the reference and {chosen} in the setting."
