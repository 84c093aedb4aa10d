"""A report page while its notebook runs: what it shows, in one language, and what it leaves behind.

Everything shown is HTML that looks the same in JupyterLab and in the report. With an output folder (`out`) the page
writes the tables behind it as CSV and its answer as JSON; without one (exploring) it only shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd
from IPython.display import HTML, Markdown

from tanfeng.data.catalog import Catalog, open_catalog
from tanfeng.data.project import Absent, ProjectError
from tanfeng.facts import observations, plans
from tanfeng.forecast.conformal import PATHS
from tanfeng.pages import table as tables
from tanfeng.pages import text
from tanfeng.targets.rules import ANSWERING, VERDICTS

if TYPE_CHECKING:
    from tanfeng.pages.cards import Cards
    from tanfeng.pages.charts.style import Chart
    from tanfeng.pages.layout import Layout
    from tanfeng.pages.reports.least_cost import Way, Ways
    from tanfeng.pages.table import Table

LISTED = "targets"  # the page with the list of targets, where counters lead to
Pair = tuple[str, str]
AMOUNT = re.compile(r"([−\d.,]+)(.*)")
UP, DOWN = {"zh": "增长", "en": "up "}, {"zh": "下降", "en": "down "}
RISING = {"zh": "上升", "en": "up "}
DIGITS = {text.PRECISE: 2, text.PRECISE_INTENSITY: 2, text.GIVEN: None}  # after the point; one by default
TRENDS = {-1: "falling", 0: "plateau", 1: "rising"}
COUNTS = (
    "targets",
    "measures",
    "actions",
    "bodies",
    "figures",
    "indicators",
    "series",
    "sources",
    "warnings",
    "findings",
    "corrections",
)


@dataclass(frozen=True)
class KeyFigure:
    """One key figure in the language of the page; as text it is the value with its unit.

    Attributes:
        range: its 80 % interval; empty if there is none.
        range95: its 95 % interval; empty if there is none.
        year: its period in words.
        change: a change with its direction in words ("增长16.2%", "down 3.2%"); empty for a level.
        item: name of the subsector it belongs to, if it does.
        computed: not published itself, but computed from figures that all are.
    """

    shown: str
    range: str
    year: str
    status: str
    change: str
    value: float
    status_id: str
    source_id: str
    item: str
    range95: str = ""
    computed: bool = False

    def __str__(self) -> str:
        """Return the value with its unit."""
        return self.shown

    def __html__(self) -> str:
        """Return the value with its unit, escaped."""
        return escape(self.shown)


class NoKeyFigure(AttributeError, KeyError):
    """A page has no key figure of that name."""

    __str__ = Exception.__str__  # that of KeyError would quote the sentence


class KeyFigures:
    """The key figures of a page by id: `figures.co2_latest`, `figures.co2_latest.year`."""

    def __init__(self, rows: dict[str, KeyFigure]) -> None:
        self._rows = rows

    def __getattr__(self, name: str) -> KeyFigure:
        try:
            return self._rows[name]
        except KeyError:
            raise NoKeyFigure(f"no key figure {name!r}; there are: {', '.join(self._rows)}") from None

    def __getitem__(self, name: str) -> KeyFigure:
        return getattr(self, name)

    def __contains__(self, name: str) -> bool:
        return name in self._rows


@dataclass
class Page:
    """The page of one report, region and language.

    Attributes:
        paths: number of paths of an outlook.
    """

    paths: ClassVar[int] = PATHS

    slug: str
    region: str
    lang: str
    catalog: Catalog
    out: Path | None = None
    texts: Mapping[str, Pair] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    plan: str = ""
    key_figures: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def plan_name(self) -> str:
        """The plan that is judged, in words: “十四五” or 14th plan."""
        return plans.short(self.catalog, self.plan or plans.closed(self.catalog), self.lang)

    @property
    def next_name(self) -> str:
        """The plan that runs, in words."""
        return plans.short(self.catalog, plans.current(self.catalog), self.lang)

    def left_out(self, error: Exception) -> HTML:
        """Show, in the place of a section for which the tables hold too little, what they do not hold."""
        self.absent.append(str(error))
        what = error.what if isinstance(error, Absent) else ("本节所需的数据", "figures for this section")
        said = (f"数据表中没有{self.region_name}{what[0]}。", f"The tables hold no {what[1]} of {self.region_name}.")
        if isinstance(error, ProjectError) and not isinstance(error, Absent):
            said = (said[0], f"This section is left out: {error}.")
        return HTML(f'<p class="absent">{escape(tables.pick(said, self.lang))}</p>')

    @property
    def numbers(self) -> dict[str, int]:
        """Number of each source on this page, in the order of first use."""
        return {source: number for number, source in enumerate(self.sources, start=1)}

    @property
    def region_name(self) -> str:
        """Name of the region in the language of the page."""
        return self.catalog.label("regions", self.region, self.lang)

    def word(self, name: str) -> str:
        """Return a word of the report vocabulary."""
        return text.word(self.catalog, name, self.lang)

    def describe(self, table: str, item: str) -> str:
        """Return the description of an item of a code list (`fields`, `indicators`, `scopes`)."""
        return str(self.catalog.read(table).set_index("id").at[item, f"description_{self.lang}"])

    def held(self, *indicators: str, after: int = 2020) -> str:
        """Return the years after one with a figure, published or supplied by an office, in words; empty without one.

        What a text says is not published depends on it.
        """
        rows = pd.concat([observations.observations(self.catalog, one, self.region) for one in indicators])
        rows = rows[
            rows["status"].isin(ANSWERING) & rows["period_kind"].isin(["year", "change"]) & (rows["end"] > after)
        ]
        years = [f"{year:.0f}{tables.pick(('年', ''), self.lang)}" for year in sorted(rows["end"].unique())]
        return tables.pick(("、", ", "), self.lang).join(years)

    def say(self, name: str, **values: object) -> str:
        """Return a text of the report (`TEXTS` of its module) in the language of the page.

        Args:
            name: id of the text.
            values: what its `{placeholders}` stand for.

        Raises:
            ProjectError: if the report has no such text.
        """
        if name not in self.texts:
            raise ProjectError(f"no text {name!r} in the report {self.slug}; there are: {', '.join(self.texts)}")
        said = tables.pick(self.texts[name], self.lang)
        for one in ("plan_name", "next_name"):
            place = f"{{{{ page.{one} }}}}"
            said = said.replace(place, getattr(self, one)) if place in said else said
        return said.format(**values) if values else said

    def cite(self, *sources: str) -> None:
        """Add sources to the list at the end of the page; one text may name several, separated by spaces."""
        self.sources = list(dict.fromkeys([*self.sources, *(one for source in sources for one in source.split())]))
        self._leave("sources.json", json.dumps(self.sources))

    def data(self, name: str, frame: pd.DataFrame, label: str = "") -> None:
        """Offer a table behind the page as a download: `reports/tables/REGION/SLUG-NAME.csv`.

        Args:
            name: of the table.
            frame: its rows.
            label: id of the text that names it; by default its own name.
        """
        self._offer(name, frame, self.say(label or name))

    def offer(self, parts: Iterable[Way]) -> None:
        """Offer the tables of parts that open (`least_cost.Way`), each under its own name and label."""
        for part in parts:
            self._offer(part.name, part.rows, part.label)

    def _offer(self, name: str, frame: pd.DataFrame, label: str) -> None:
        file = self._csv(name)
        columns = [[str(name), _kind(column)] for name, column in frame.items()]
        self.files[file] = {"label": label, "rows": len(frame), "columns": columns}
        self._leave(file, tables.csv(frame))
        self._leave("downloads.json", json.dumps(self.files, ensure_ascii=False))

    def workbook(self, name: str, content: bytes, rows: int, label: str) -> None:
        """Offer a workbook in the language of the page as a download: `reports/tables/REGION/SLUG-NAME.LANG.xlsx`.

        Args:
            name: of the workbook.
            content: its bytes.
            rows: how many rows it has.
            label: id of the text that names it.
        """
        file = f"{self.slug}-{name}.{self.lang}.xlsx"
        self.files[file] = {"label": self.say(label), "rows": rows}
        if self.out is not None:
            (self.out / file).write_bytes(content)
        self._leave("downloads.json", json.dumps(self.files, ensure_ascii=False))

    def _leave(self, name: str, content: str) -> None:
        if self.out is not None:
            # spreadsheet programs take a CSV without a byte-order mark for the encoding of the machine
            encoding = "utf-8-sig" if name.endswith(".csv") else "utf-8"
            (self.out / name).write_text(content, encoding=encoding, newline="")

    def figures(self, rows: pd.DataFrame) -> KeyFigures:
        """Return the key figures of a report in the language of the page; offer them as a download."""
        both = {lang: [key_figure(self.catalog, row, lang) for row in rows.to_dict("records")] for lang in text.LANGS}
        shown = rows.assign(**{f"shown_{lang}": [figure.shown for figure in both[lang]] for lang in text.LANGS})
        shown = shown.assign(**{f"range_{lang}": [figure.range for figure in both[lang]] for lang in text.LANGS})
        shown = shown.assign(**{f"range95_{lang}": [figure.range95 for figure in both[lang]] for lang in text.LANGS})
        shown = shown.assign(**{f"change_{lang}": [figure.change for figure in both[lang]] for lang in text.LANGS})
        self.data("figures", shown.drop(columns="shown"))
        self._leave(f"keyfigures.{self.slug}.{self.lang}.json", self._key_figures(rows, both[self.lang]))
        self.cite(*rows["source_id"])
        self.absent += rows.attrs.get("absent", [])
        self.key_figures = rows
        return KeyFigures(dict(zip(rows["id"], both[self.lang], strict=True)))

    def _key_figures(self, rows: pd.DataFrame, shown: list[KeyFigure]) -> str:
        """Return the key figures as JSON; those of a field carry its id in front: an id has one value on all pages."""
        name = self.slug.rpartition("-")[2]
        prefix = f"{name}." if name in set(self.catalog.read("fields")["id"]) else ""
        kept = rows[["value", "unit", "period", "status"]].to_dict("records")
        found = {
            (prefix + str(row_id), *row.values()): {
                "id": prefix + str(row_id), **row, "text": figure.shown, "sources": str(sources).split(),
            }
            for row_id, row, figure, sources in zip(rows["id"], kept, shown, rows["source_id"], strict=True)
        }  # fmt: skip
        return json.dumps(list(found.values()), ensure_ascii=False, indent=1) + "\n"

    def answer(self, template: str, values: dict[str, Any]) -> HTML:
        """Show the answer first: a sentence with placeholders; counts of verdicts where the figures have them."""
        sentence, _, detail = text.fill(template, values, self.catalog, self.lang).strip().partition("\n\n")
        counts = _counts(values)
        self._leave(
            "answer.json", json.dumps({"sentence": sentence, "detail": detail, "counts": counts}, ensure_ascii=False)
        )
        shown = [{"verdict": name, "count": count} for name, count in counts.items()]
        listed = "" if self.slug == LISTED else f"{LISTED}.{self.lang}.html"
        values = {"sentence": _markup(sentence), "detail": _markup(detail), "counts": shown, "listed": listed}
        return self._html("verdict.html.j2", **values)

    def prose(self, template: str, values: dict[str, Any]) -> Markdown:
        """Show a text cell with its placeholders filled from the values computed before it."""
        return Markdown(text.fill(template, values, self.catalog, self.lang, markdown=True))

    def cards(self, figures: KeyFigures, labels: Mapping[str, Pair]) -> HTML:
        """Show some key figures as cards, each with a label, its interval and its status."""
        return self._html("cards.html.j2", cards=self._cards(figures, labels))

    def part(
        self, template: str, answers: Iterable[str] = (), counts: Iterable[dict[str, Any]] = (), **values: Any
    ) -> HTML:
        """Show a part of a page that has a template of its own; with answers it is the part that answers.

        Args:
            template: name of the template without its ending (`first`, `brief`, `wallchart`).
            answers: what the page answers, as sentences.
            counts: how many targets have which answer: verdict and count; the template gets them too.
            values: what the template shows.
        """
        said = [escape(one, quote=False) for one in answers]
        if said:
            counted = {row["verdict"]: row["count"] for row in counts}
            answer = {"sentence": said[0], "detail": " ".join(said[1:]), "counts": counted}
            self._leave("answer.json", json.dumps(answer, ensure_ascii=False))
        return self._html(f"{template}.html.j2", counts=list(counts), **values)

    def fold(self, summary: str, *shown: HTML) -> HTML:
        """Show what only some want to see, below a line that opens it.

        Args:
            summary: id of the text of the line.
            shown: what opens.
        """
        inside = "".join(one.data for one in shown)
        return HTML(f'<details class="more"><summary>{escape(self.say(summary))}</summary>{inside}</details>')

    def _cards(self, figures: KeyFigures, labels: Mapping[str, Pair]) -> list[dict[str, Any]]:
        return [
            self._card(figures[name], self._label(label, figures))
            for name, label in labels.items()
            if name in figures or not self.absent
        ]

    def _label(self, label: Pair, figures: KeyFigures) -> str:
        return text.fill(tables.pick(label, self.lang), {"k": figures, "page": self}, self.catalog, self.lang)

    def _card(self, figure: KeyFigure, label: str) -> dict[str, Any]:
        word, shown = ("interval_80", figure.range) if figure.range else ("limits_95", figure.range95)
        interval = f"{self.word(word)}{self.word('colon')}{shown}" if shown else ""
        return {
            "label": _markup(label),
            "value": figure.shown,
            "interval": interval,
            "comparison": self.word("computed_from_published") if figure.computed else "",
            "status": figure.status_id,
            **tables.cited([figure.source_id]),
        }

    def table(self, *several: Table | Cards | Ways) -> HTML:
        """Show a table, targets or ways to choose from, several one below the other, and cite their sources."""
        self.cite(*(source for table in several for source in table.sources))
        return HTML("".join(table.html(self.numbers, self.lang) for table in several))

    def tabulate(
        self,
        layout: Layout,
        rows: pd.DataFrame | Iterable[dict[str, Any]],
        caption: str,
        note: str = "",
        values: Mapping[str, Any] | None = None,
        **ways: Any,
    ) -> Table:
        """Return a table of rows by a layout, in the language of the page.

        Args:
            layout: its columns (see `tanfeng.pages.layout.Layout`).
            rows: what is shown.
            caption: id of the text that says what the table shows.
            note: below it, in the place of that of the layout.
            values: what the placeholders of the caption stand for.
            ways: `folded`, `groups`, `sources` of `tanfeng.pages.table.Table`.
        """
        return layout.table(self.catalog, rows, self.lang, self.say(caption, **(values or {})), note, **ways)

    def drawing(self, chart: Chart) -> Any:
        """Return a figure as an element of a page, with that for a phone where the page is written."""
        return _markup(chart.html(phone=self.out is not None))

    def chart(self, chart: Chart, caption: str, values: dict[str, Any] | None = None, data: str = "") -> HTML:
        """Show a figure with a caption that says the finding and leads to the tables that the figure was drawn from.

        Args:
            chart: the figure.
            caption: id of the text that says the finding, with placeholders.
            values: what the placeholders stand for.
            data: names of the tables (see `data`), separated by spaces.
        """
        caption = text.fill(self.say(caption), values or {}, self.catalog, self.lang)
        files = [f"../tables/{self.region}/{self._csv(name)}" for name in data.split()] if self.out else []
        return self._html(
            "figure.html.j2", chart=chart, drawing=self.drawing(chart),
            caption=_markup(caption), files=files, about=f"../tables/{self.region}/{self.slug}.{self.lang}.json",
        )  # fmt: skip

    def _csv(self, name: str) -> str:
        return f"{self.slug}-{name}.csv"

    def _html(self, template: str, **values: Any) -> HTML:
        words = tables.ui_words(self.catalog, self.lang)
        lang = "zh-CN" if self.lang == "zh" else "en"
        return HTML(tables.render(template, lang=lang, words=words, numbers=self.numbers, **values))


def _kind(column: pd.Series) -> str:
    """Return the type of a column in the words of a data package."""
    if pd.api.types.is_bool_dtype(column):
        return "boolean"
    if pd.api.types.is_integer_dtype(column):
        return "integer"
    return "number" if pd.api.types.is_numeric_dtype(column) else "string"


def _markup(escaped: str) -> Any:
    """Mark text as HTML: `tanfeng.pages.text.fill` has escaped what came from data."""
    from markupsafe import Markup

    return Markup(escaped)  # noqa: S704


def _counts(values: dict[str, Any]) -> dict[str, int]:
    found = next((value for value in values.values() if isinstance(value, KeyFigures)), None)
    own = next((kind for kind in ("verdict", "ahead") if found is not None and f"{kind}_met" in found._rows), "")
    return {name: int(found[f"{own}_{name}"].value) for name in VERDICTS} if found is not None and own else {}


def key_figure(catalog: Catalog, row: dict[str, Any], lang: str) -> KeyFigure:
    """Return a row of key figures as text in a language."""
    value, unit, written = row["value"], row["unit"], row["shown"]
    digits = DIGITS.get(written, 1)
    change = unit == "%" and "/" in row["period"]
    shown = text.probability(value / 100) if written == text.CHANCE else _shown(catalog, value, unit, digits, lang)
    return KeyFigure(
        shown=("+" if change and value > 0 else "") + shown,
        range="" if pd.isna(row["lo80"]) else _range(catalog, row["lo80"], row["hi80"], unit, lang),
        year=text.period(row["period"], lang) if row["period"] else "",
        status=text.word(catalog, f"status_{row['status']}", lang),
        change=_direction(written, value, lang) + _shown(catalog, abs(value), unit, digits, lang) if change else "",
        value=value,
        status_id=row["status"],
        source_id=row["source_id"],
        item=catalog.label("subsectors", row["item"], lang) if row.get("item") else "",
        range95=_limits(catalog, row, lang),
        computed=row.get("basis") == "computed",
    )


def _limits(catalog: Catalog, row: dict[str, Any], lang: str) -> str:
    """Return the 95 % limits in words, since a dash between signed changes would read as a minus."""
    low, high = row.get("lo95"), row.get("hi95")
    if low is None or high is None or pd.isna(low):
        return ""
    ends = [_shown(catalog, value, row["unit"], 1, lang) for value in (low, high)]
    return "至".join(ends) if lang == "zh" else " to ".join(ends)


def _direction(written: str, value: float, lang: str) -> str:
    if value < 0:
        return DOWN[lang]
    return (RISING if written in {text.INTENSITY, text.PRECISE_INTENSITY} else UP)[lang]


def _range(catalog: Catalog, low: float, high: float, unit: str, lang: str) -> str:
    """Return an interval with its unit once; before a minus stands a word, since a dash would read as one."""
    if lang == "zh" and unit in text.MEGATONNES:
        large = min(abs(low), abs(high)) >= text.LARGE_MT
        ends = [text.megatonnes(value, lang, large) + text.MEGATONNES[unit] for value in (low, high)]
    else:
        ends = [_shown(catalog, value, unit, 1, lang) for value in (low, high)]
    (low_digits, _), (high_digits, written) = (end.groups() for one in ends if (end := AMOUNT.fullmatch(one)))
    return f"{low_digits}{tables.pick(('—', '–') if low >= 0 else ('至', ' to '), lang)}{high_digits}{written}"


def _shown(catalog: Catalog, value: float, unit: str, digits: int | None, lang: str) -> str:
    if unit in COUNTS:
        return text.number(value, 0, lang)
    if unit == "trend":
        return text.word(catalog, f"trend_{TRENDS[int(value)]}", lang)
    if unit == "share":
        return text.number(value, 2)
    if unit == "%":
        return f"{text.number(value, digits)}%"
    return text.amount(catalog, value, unit, lang, None if unit in text.MEGATONNES and lang == "zh" else digits)


def open_page(
    slug: str,
    region: str | int,
    lang: str,
    out: str = "",
    texts: Mapping[str, Pair] | None = None,
    plan: str = "",
    start: Path | None = None,
) -> Page:
    """Open the page of a report.

    Args:
        slug: name of the report, such as `overview` or `field-energy`.
        region: GB/T 2260 code, as text or number.
        lang: `zh` or `en`.
        out: folder for the tables, made if it is not there; empty while exploring.
        texts: what the report says around its figures by id, Chinese and English (`TEXTS` of its module).
        plan: the Five-Year Plan that is judged; by default the last that is over.
        start: a folder of the project, as for `tanfeng.region`.

    Example:
        >>> open_page("overview", "330000", "zh").region_name
        '浙江省'
    """
    folder = Path(out) if out else None
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    catalog = open_catalog(start)
    return Page(slug, str(region), lang, catalog, folder, texts or {}, plan=plan or plans.closed(catalog))
