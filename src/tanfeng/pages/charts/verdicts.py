"""Verdicts on targets: stacked bars of their number."""

from __future__ import annotations

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.pages import text
from tanfeng.pages.charts.style import INK, VERDICT_COLORS, Chart, canvas, drawn, finish, key, unit_title
from tanfeng.targets.rules import VERDICTS


@drawn
def verdict_counts(catalog: Catalog, table: pd.DataFrame, lang: str) -> Chart:
    """Draw the number of targets by field and verdict as stacked bars.

    Args:
        catalog: the tables.
        table: result of `tanfeng.targets.verdict.counts_by_field`.
        lang: `zh` or `en`.
    """
    table = table[table.sum(axis=1) > 0]
    names = [catalog.label("fields", name, lang) for name in table.index]
    with canvas((8.4, 3.6), 3.8) as figure:
        axes = figure.subplots()
        left = pd.Series(0, index=table.index)
        for verdict in [name for name in VERDICT_COLORS if table[name].any()]:
            bars = axes.barh(
                names,
                table[verdict],
                left=left,
                color=VERDICT_COLORS[verdict],
                height=0.66,
                label=text.word(catalog, f"verdict_{verdict}", lang),
            )
            counts = [str(value) if value else "" for value in table[verdict]]
            axes.bar_label(
                bars,
                labels=counts,
                label_type="center",
                fontsize=9,
                color="white" if verdict in {"met", "missed"} else INK,
            )
            left += table[verdict]
        axes.invert_yaxis()
        axes.grid(visible=False)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        key(figure, 6)
        unit_title(axes, {"zh": "目标数（项）", "en": "Number of targets"}[lang])
        parts = [
            f"{name} {'/'.join(str(table.at[field, v]) for v in VERDICTS)}"
            for field, name in zip(table.index, names, strict=True)
        ]
        order = " / ".join(text.word(catalog, f"verdict_{v}", lang) for v in VERDICTS)
        return finish(figure, f"{order}: " + "; ".join(parts))
