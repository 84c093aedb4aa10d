"""A year as its months told it: the estimate with each month known, its 80 % band, and what came."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from tanfeng.data.project import ProjectError
from tanfeng.pages import text
from tanfeng.pages.charts.style import DASHED, DOTTED, INK, Chart, canvas, drawn, finish, mark, panels, unit_title

BAND, R1 = "#2a6f97", "#8a949c"
WIDE, TALL = 2, 2.4


@drawn
def replayed(rows: pd.DataFrame, lang: str) -> Chart:
    """Draw the estimates of each year over the months known, a small chart a year.

    Args:
        rows: result of `tanfeng.outlook.pulse.replay`.
        lang: `zh` or `en`.

    Raises:
        ProjectError: if there is no row.
    """
    if rows.empty:
        raise ProjectError("no estimate within a year to draw")
    years = sorted(rows["year"].unique())
    with canvas((8.4, TALL * -(-len(years) // WIDE) + 0.4), 2 * len(years) + 0.3) as figure:
        every = panels(figure, len(years), WIDE, sharex=True, sharey=True)
        for axes, year in zip(every, years, strict=True):
            _draw(axes, rows[rows["year"] == year], lang)
        return finish(figure, _alt(rows, years, lang))


def _draw(axes: Axes, rows: pd.DataFrame, lang: str) -> None:
    last = rows.iloc[-1]
    axes.fill_between(rows["months"], rows["lo80_pct"], rows["hi80_pct"], color=BAND, alpha=0.24, linewidth=0)
    axes.plot(rows["months"], rows["growth_pct"], color=BAND, linewidth=1.8, linestyle=DASHED, label=mark("forecast"))
    axes.plot(rows["months"], rows["r1_pct"], color=R1, linewidth=1.0)
    if pd.notna(last["came_pct"]):
        axes.axhline(last["came_pct"], color=INK, linewidth=1.8)
    elif pd.notna(last["told_pct"]):
        axes.axhline(last["told_pct"], color=INK, linewidth=1.4, linestyle=DOTTED, label=mark("estimate"))
    axes.xaxis.set_major_locator(MultipleLocator(2))
    axes.set_xlim(2, 12)
    unit_title(axes, _title(last, lang))


def _title(row: pd.Series, lang: str) -> str:
    came, told = row["came_pct"], row["told_pct"]
    said = [f"末次估计{_rate(row['growth_pct'])}" if lang == "zh" else f"last estimate {_rate(row['growth_pct'])}"]
    if pd.notna(came):
        said.append(f"清单{_rate(came)}" if lang == "zh" else f"inventory {_rate(came)}")
    elif pd.notna(told):
        said.append(f"全年驱动因素推算{_rate(told)}" if lang == "zh" else f"told by the whole year {_rate(told)}")
    return f"{int(row['year'])}年：{'，'.join(said)}" if lang == "zh" else f"{int(row['year'])}: {', '.join(said)}"


def _rate(value: float) -> str:
    return ("+" if value > 0 else "") + text.percent(value)


def _alt(rows: pd.DataFrame, years: list[int], lang: str) -> str:
    told = [_title(rows[rows["year"] == year].iloc[-1], lang) for year in years]
    if lang == "zh":
        return f"各年按已知月数估计的二氧化碳排放增速（%）及80%区间，横轴为已知月数。{'；'.join(told)}。"
    return f"Growth of CO2 in % as estimated by months known, with 80% bands; months along the axis. {'; '.join(told)}."
