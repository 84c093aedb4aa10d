"""Key figures of the league and of the page of one city: ranks with intervals, what the tiers leave between them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.facts import league as standings
from tanfeng.facts import observations, tiers
from tanfeng.pages.rows import figure, frame


@cached
def league(catalog: Catalog, province: str) -> pd.DataFrame:
    """Return the key figures of the league: where the province stands by every measure and field, cities, residuals.

    Raises:
        ProjectError: if the province has no inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = league(open_catalog(), "330000").set_index("id")
        >>> int(rows.at["rank_intensity", "value"]), int(rows.at["ranked", "value"])
        (8, 30)
    """
    rows = standings.by_measure(catalog, province, "province", province)
    fields = standings.by_field(catalog, province, "co2")
    found = [one for row in rows.to_dict("records") for one in standing(row, row["measure"])]
    found += [one for row in fields.to_dict("records") for one in standing(row, f"field_{row['field']}")]
    found += _cities(catalog, province) + _tiers(catalog, province)
    best = fields[fields["field"] != "total"].dropna(subset=["rank"])["rank"]
    counts = {"ranked": int(rows["of"].max()), "fields": len(best), "fields_first_third": int((best <= 10).sum())}
    counts["misfits"] = len(standings.misfits(catalog))
    return frame([*found, *(figure(name, value, "figures", "", "estimate") for name, value in counts.items())])


def standing(row: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return rank, its interval (best, worst), value with 95 % limits, ties and ranks of the movement, if ranked."""
    if row["rank"] is None or pd.isna(row["rank"]):
        return []
    period = str(row["last"]) if row["kind"] == "level" else f"{row['first']}/{row['last']}"
    about = {"period": period, "status": "estimate", "source": row["source_id"]}
    limits = {"lo95": row["lo95"], "hi95": row["hi95"]}
    found = [
        figure(f"rank_{name}", row["rank"], "figures", **about),
        figure(f"best_{name}", row["rank_lo80"], "figures", **about),
        figure(f"worst_{name}", row["rank_hi80"], "figures", **about),
        figure(f"value_{name}", row["value"], row["unit"], **about, **limits),
        figure(f"tied_{name}", row["tied"], "figures", **about),
    ]
    if not pd.isna(row["moved"]):
        found += [
            figure(f"rank_{when}_{name}", row[f"rank_{when}"], "figures", **about) for when in ("before", "after")
        ]
    return found


def _cities(catalog: Catalog, province: str) -> list[dict[str, Any]]:
    found = standings.standings(catalog, "co2", "city", province)
    error = standings.city_error(catalog, province, found.first, found.last)
    return [
        figure("cities", len(tiers.cities(catalog, province)), "figures", "", "reported"),
        figure("cities_ranked", len(found.rows), "figures", "", "estimate"),
        figure("cities_tied", int((found.rows["tied"] > 0).sum()), "figures", "", "estimate"),
        figure("city_error", 100 * error, "%", "", "estimate"),
    ]


def _tiers(catalog: Catalog, province: str) -> list[dict[str, Any]]:
    rows = tiers.balance(catalog, province).set_index("year")
    sources = catalog.read("other_inventories").query("dataset in ('city_sum', 'county_sum')")["source_id"]
    cited = observations.joined(sources)
    last, whole = int(rows.index[rows["cities"] > 0].max()), tiers.complete_years(catalog, province)[-1]
    excess = {"excess_last": last, "excess_whole": whole}
    return [
        *(figure(name, -rows.at[year, "residual_pct"], "%", year, "estimate", cited) for name, year in excess.items()),
        figure("cities_mt", rows.at[last, "cities_mt"], "Mt CO2", last, "reported", cited),
        figure("province_mt", rows.at[last, "province_mt"], "Mt CO2", last, rows.at[last, "status"], cited),
        figure("counties", int(rows["counties"].max()), "figures", "", "reported", cited),
    ]


@cached
def city(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the key figures of the page of one city: its inventory, its change, and where it stands.

    Raises:
        ProjectError: if the region is no city or has no inventory.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> rows = city(open_catalog(), "330700").set_index("id")
        >>> rows.at["co2_last", "period"], round(float(rows.at["change", "value"]), 1)
        ('2017', 72.2)
    """
    province = standings.province_of(catalog, region)
    rows = tiers.city_inventories(catalog, province)
    own = rows[rows["region"] == region].set_index("year")
    base, last = 2005, int(own.index[-1])
    whole = min(last, tiers.complete_years(catalog, province)[-1])
    every = rows[rows["year"] == whole]
    source = observations.joined(own["source_id"])
    share = 100 * own.at[whole, "co2_mt"] / every["co2_mt"].sum()
    ranked = standings.by_measure(catalog, region, "city", province)
    found = [one for row in ranked.to_dict("records") for one in standing(row, row["measure"])]
    change = 100 * (own.at[last, "co2_mt"] / own.at[base, "co2_mt"] - 1)
    return frame(
        [
            figure("co2_last", own.at[last, "co2_mt"], "Mt CO2", last, "reported", source),
            figure("co2_base", own.at[base, "co2_mt"], "Mt CO2", base, "reported", source),
            figure("change", change, "%", f"{base}/{last}", "estimate", source),
            figure("share", share, "%", whole, "estimate", source),
            figure("counties", tiers.counties(catalog, region)["county"].nunique(), "figures", "", "reported"),
            figure("cities", len(tiers.cities(catalog, province)), "figures", "", "reported"),
            *(
                figure(f"of_{row['measure']}", row["of"], "figures", "", "estimate")
                for row in ranked.to_dict("records")
            ),
            *found,
        ]
    )
