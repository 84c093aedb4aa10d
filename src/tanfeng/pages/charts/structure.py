"""What emissions are made of: stacked columns by field, subsector or fuel group."""

from __future__ import annotations

import pandas as pd
import seaborn as sns

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import Absent
from tanfeng.facts import emissions
from tanfeng.pages import text
from tanfeng.pages.charts.style import (
    DIRECT,
    FIELD_COLORS,
    PALE,
    Chart,
    canvas,
    drawn,
    finish,
    key,
    on_phone,
    tonne_axis,
    year_axis,
)


@drawn
def by_field(catalog: Catalog, region: str, lang: str) -> Chart:
    """Draw the emissions of every field as stacked columns, one a year; years with estimates are lighter."""
    rows = emissions.emissions(catalog, region)
    complete = set(emissions.emissions(catalog, region, by="total")["year"])
    table = rows[rows["year"].isin(complete)].pivot_table(index="year", columns="field", values="co2_mt")
    order = [name for name in FIELD_COLORS if name in table.columns]
    estimated = set(emissions.emissions(catalog, region, by="total").query("status == 'estimate'")["year"])
    alt = {"zh": "各领域二氧化碳排放堆积柱状图，", "en": "Stacked columns of CO2 emissions by field, "}[lang]
    labels = [catalog.label("fields", name, lang) for name in order]
    return _stacked(table[order], [FIELD_COLORS[name] for name in order], labels, estimated, alt, lang)


@drawn
def composition(catalog: Catalog, region: str, field: str, by: str, lang: str) -> Chart:
    """Draw the emissions of a field by subsector or fuel group as stacked columns, for the years that are broken down.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        field: id of the field.
        by: `subsector` or `fuel_group`.
        lang: `zh` or `en`.
    """
    rows = emissions.emissions(catalog, region, by=by).query("field == @field")
    if rows.empty or (rows[by] == "all").all():
        what = {
            "subsector": ("分行业的排放", "emissions by subsector"),
            "fuel_group": ("分品种的排放", "emissions by fuel"),
        }
        raise Absent(what[by], "data/inventory.csv", region)
    table = rows[rows[by] != "all"].pivot_table(index="year", columns=by, values="co2_mt").fillna(0)
    table = table[table.iloc[-1].sort_values(ascending=False).index]
    names = [catalog.label(f"{by}s", name, lang) for name in table.columns]
    alt = {
        "zh": f"{catalog.label('fields', field, lang)}排放构成堆积柱状图，",
        "en": f"Stacked columns of the emissions of {catalog.label('fields', field, lang)}, ",
    }[lang]
    return _stacked(table, list(sns.color_palette("colorblind", len(names))), names, set(), alt, lang)


def _stacked(table: pd.DataFrame, colors: list, labels: list[str], estimated: set, alt: str, lang: str) -> Chart:  # type: ignore[type-arg]
    years = [int(year) for year in table.index]
    with canvas(phone=2.8 + 0.16 * len(labels)) as figure:
        axes = figure.subplots()
        bottom = pd.Series(0.0, index=table.index)
        for column, color, label in zip(table.columns, colors, labels, strict=True):
            bars = axes.bar(years, table[column], bottom=bottom, color=color, width=0.8, label=label)
            for year, bar in zip(years, bars, strict=True):
                bar.set_alpha(0.55 if year in estimated else 1.0)
            bottom += table[column]
        handles, names = axes.get_legend_handles_labels()
        if on_phone():
            key(figure, 2, handles[::-1])
        else:
            axes.legend(handles[::-1], names[::-1], loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=9)
        tonne_axis(axes, DIRECT[lang], lang)
        year_axis(axes)
        return finish(figure, alt + _stacked_alt(table, labels, lang), (PALE,) if estimated else ())


def _stacked_alt(table: pd.DataFrame, labels: list[str], lang: str) -> str:
    last = table.iloc[-1]
    parts = [f"{label} {text.tonnes(value, lang)}" for label, value in zip(labels, last, strict=True)]
    if lang == "zh":
        return f"{table.index[-1]}年（万吨）：" + "、".join(parts) + "。"
    return f"{table.index[-1]} (Mt): " + ", ".join(parts) + "."
