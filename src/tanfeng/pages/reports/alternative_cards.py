"""The points of a front as parts that open: four dimensions, chances, roadmap, and its table to take away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.pages import table, text
from tanfeng.pages.reports import optimum_tables
from tanfeng.pages.reports.roadmap_tables import account
from tanfeng.pages.table import Table, pick
from tanfeng.roadmap import front
from tanfeng.roadmap.least_cost import Options
from tanfeng.roadmap.programme import Point

FOLDER = "../tables"  # as seen from a page


@dataclass(frozen=True)
class Way:
    """One point, ready to be shown.

    Attributes:
        number: its number in the front, from 1.
        title: what it costs and does, on one line.
        facts: label and value of its dimensions and chances.
        table: its roadmap.
        name: name of its table among those of the page.
        label: name of its table in words.
        rows: its table, a row a measure and year.
        href: address of its table, as seen from the page.
    """

    number: int
    title: str
    facts: list[dict[str, str]]
    table: Table
    name: str
    label: str
    rows: pd.DataFrame
    href: str


@dataclass(frozen=True)
class Ways:
    """The points of a front, each closed until it is opened; one may be open from the start."""

    ways: list[Way]
    opened: int
    download: str
    none: str
    sources: list[str]

    def html(self, numbers: dict[str, int]) -> str:
        """Return the points as HTML; every text from data is escaped, and no script is needed to open one."""
        shown = [(one, one.table.html(numbers) if one.table.rows else "") for one in self.ways]
        about = {"download": self.download, "none": self.none}
        return table.render("alternatives.html.j2", ways=shown, opened=self.opened, words=about)


def cards(
    catalog: Catalog, region: str, own: Options, points: list[Point], opened: int, lang: str, slug: str = "roadmap"
) -> Ways:
    """Return the points of a front as parts that open.

    Args:
        catalog: the tables.
        region: GB/T 2260 code.
        own: the options the points choose from.
        points: result of `tanfeng.roadmap.least_cost.front`.
        opened: number of the point that is open from the start.
        lang: `zh` or `en`.
        slug: page whose tables hold those of the points.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> from tanfeng.roadmap.least_cost import front
        >>> from tanfeng.roadmap.least_cost import options
        >>> catalog = open_catalog()
        >>> made = cards(catalog, "330000", options(catalog, "330000"), front(catalog, "330000", steps=2), 1, "en")
        >>> made.ways[0].href
        '../tables/330000/roadmap-point-01.csv'
    """
    scores = front.scores(catalog, region, own, points).to_dict("records")
    chances = front.within(catalog, region, points)
    folder = f"{FOLDER}/{region}/{slug}"
    found = [
        _way(catalog, own, point, row, chances[chances["point"] == row["point"]], lang, folder)
        for point, row in zip(points, scores, strict=True)
    ]
    download = pick(("下载逐年路线图（CSV）", "Roadmap by year (CSV)"), lang)
    none = pick(("不采用任何措施，即参考情形。", "No measure: the reference."), lang)
    return Ways(found, opened, download, none, [])


def _way(
    catalog: Catalog, own: Options, point: Point, row: dict[str, Any], chances: pd.DataFrame, lang: str, folder: str
) -> Way:
    number = int(row["point"])
    name = f"point-{number:02d}"
    label = pick((f"方案{number}的逐年路线图", f"Roadmap of point {number} by year"), lang)
    caption = pick((f"方案{number}的路线图", f"Roadmap of point {number}"), lang)
    table = optimum_tables.of_point(front.opened(own, point), lang, caption)
    facts = [*_dimensions(row, lang), *_chances(catalog, chances, lang)]
    rows = front.by_year(own, point)
    return Way(number, title(row, lang), facts, table, name, label, rows, f"{folder}-{name}.csv")


def title(row: dict[str, Any], lang: str) -> str:
    """Return a point on one line: investment, emissions, dependence.

    Example:
        >>> title({"point": 2, "cost": 345.7, "emissions": -4.79, "security": -0.02}, "zh")
        '方案2：投资346亿元，累计排放−4.8%，对外依存电量0.0%'
    """
    money = optimum_tables.money(row["cost"], lang)
    emissions, dependence = (text.percent(row[name]) for name in ("emissions", "security"))
    if lang == "zh":
        return f"方案{row['point']}：投资{money}亿元，累计排放{emissions}，对外依存电量{dependence}"
    return f"Point {row['point']}: {money} billion yuan, emissions {emissions}, dependence {dependence}"


def _dimensions(row: dict[str, Any], lang: str) -> list[dict[str, str]]:
    found = []
    for name, words in optimum_tables.DIMENSIONS.items():
        label = f"{words[0]}（{words[1]}）" if lang == "zh" else f"{words[2]} ({words[3]})"
        yuan = text.number(row[name], 0) + pick(("元", " yuan"), lang)
        found.append({"label": label, "value": yuan if name == "residents" else text.percent(row[name])})
    return found


def _chances(catalog: Catalog, rows: pd.DataFrame, lang: str) -> list[dict[str, str]]:
    words = pick(("{}限额内的概率（{}）", "Within the limit of {} ({})"), lang)
    return [
        {
            "label": words.format(row["target"], account(catalog, row["account"], lang)),
            "value": text.probability(row["share"]),
        }
        for row in rows.to_dict("records")
    ]


def lines(scores: pd.DataFrame, lang: str) -> str:
    """Return the points of a front (`tanfeng.roadmap.front.scores`) as text, a line a point."""
    head = pick(("人均分摊{}元", "{} yuan a head"), lang)
    mark = pick(("，", ", "), lang)
    told = [
        f"{title(row, lang)}{mark}{head.format(text.number(row['residents'], 0))}" for row in scores.to_dict("records")
    ]
    return "\n".join(told) + "\n"
