"""The page of one province, as far as the tables that hold every province go: its key figures."""

from __future__ import annotations

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import emissions, uncertainty
from tanfeng.facts import league as standings
from tanfeng.facts.observations import joined, weakest
from tanfeng.outlook import paths
from tanfeng.pages.figures import SIGNS, figure, frame, known_emissions
from tanfeng.pages.reports.league import standing_figures
from tanfeng.pages.text import CHANCE

TEXTS = {
    "figures": ("关键数字", "Key figures"),
    "outlook": ("分领域排放与外推", "Emissions and outlook by field"),
    "outlook_figure": (
        "2005年{{ k.co2_2005 }}，{{ k.co2_latest.year }}{{ k.co2_latest }}，外推2035年{{ k.co2_2035 }}，区间很宽",
        "{{ k.co2_2005 }} in 2005, {{ k.co2_latest }} in {{ k.co2_latest.year }}, {{ k.co2_2035 }} in 2035 by extrapolation, with a wide interval",
    ),
    "by_field_figure": (
        "{{ k.share_energy.year }}能源领域占{{ k.share_energy }}",
        "{{ k.share_energy.year }}: energy makes up {{ k.share_energy }}",
    ),
    "emissions": ("分领域二氧化碳排放", "CO2 emissions by field"),
    "ranks": ("各指标名次", "Ranks by measure"),
    "standing": ("在各省份中的名次（低为先）", "Rank among the provinces, lowest first"),
}
CARDS = {
    "co2_latest": ("二氧化碳排放（{{ k.co2_latest.year }}）", "CO2 emissions ({{ k.co2_latest.year }})"),
    "change_2019": ("比2019年", "Since 2019"),
    "co2_2030": ("2030年（外推）", "2030 (extrapolated)"),
    "p_by_2030": ("2030年前达峰的概率", "Probability of a peak by 2030"),
}

BASES = (2005, 2019)
AHEAD = (2030, 2035)


@cached
def key_figures(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the key figures of a province: emissions known and ahead, the peak, where it stands among the provinces.

    Raises:
        ProjectError: if the region has no inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = key_figures(open_catalog(), "320000").set_index("id")
        >>> rows.at["co2_latest", "period"], round(float(rows.at["co2_latest", "value"]), 1)
        ('2022', 821.3)
    """
    known = emissions.series(catalog, region, "total").set_index("year")
    last, top = int(known.index[-1]), int(known["co2_mt"].idxmax())
    rows = [known_emissions("co2_latest", known, last), known_emissions("maximum", known, top)]
    for base in (one for one in BASES if one in known.index):
        change, low, high = uncertainty.change(catalog, region, "total", base, last)
        both = known.loc[[base, last]]
        about = {"status": weakest(both["status"]), "source": joined(both["source_id"])}
        rows += [known_emissions("co2", known, base, of=base)]
        rows += [figure("change", change, "%", f"{base}/{last}", lo95=low, hi95=high, **about, of=base)]
    every = paths.fields(catalog, region)
    for year in AHEAD:
        row = paths.at(every, "total", year)
        rows.append(
            figure("co2", row["co2_mt"], "Mt CO2", year, "forecast", lo80=row["lo80"], hi80=row["hi80"], of=year)
        )
    return frame([*rows, *_peak(catalog, region), *_shares(catalog, region, last), *_ranks(catalog, region)])


def _peak(catalog: Catalog, region: str) -> list[dict[str, object]]:
    rows = paths.peak(catalog, region).set_index("year")
    first = rows.iloc[0]
    chances = {"p_already": (rows.index[0], first["p_peaked_by"]), "p_by_2030": (2030, rows.at[2030, "p_peaked_by"])}
    chances["p_no_peak"] = (AHEAD[-1], first["p_no_peak"])
    found = [figure(name, 100 * share, "%", year, "forecast", shown=CHANCE) for name, (year, share) in chances.items()]
    return [*found, figure("trend", SIGNS[str(first["trend"])], "trend", "", "estimate")]


def _shares(catalog: Catalog, region: str, year: int) -> list[dict[str, object]]:
    """Return the share of each field in the emissions of a year."""
    rows = emissions.emissions(catalog, region).query("year == @year")
    sums = rows[rows["field"] != "total"].groupby("field")["co2_mt"].sum()
    status, source = weakest(rows["status"]), joined(emissions.series(catalog, region, "total")["source_id"].tail(1))
    return [
        figure("share", 100 * value / sums.sum(), "%", year, status, source, basis="computed", of=field)
        for field, value in sums.items()
    ]


def _ranks(catalog: Catalog, region: str) -> list[dict[str, object]]:
    rows = standings.by_measure(catalog, region, "province", "")  # whose cities they have does not matter
    return [*standing_figures(rows), figure("provinces", int(rows["of"].max()), "figures", "", "reported")]
