"""The documents that state today's figures: `docs/figures.csv`, the data log, READMEs, answers and tables in `docs/`.

`contents` says what each is with the tables as they are, `tanfeng data figures` (`make figures`) writes it, and a test
compares. What stands between `<!-- figures:NAME -->` and `<!-- /figures:NAME -->` is generated, and so are the numbers
of rows in `docs/reference/data.md`; the sentences are in `SENTENCES`, both languages side by side, the tables of
`docs/methods/` in `tanfeng.publishing.results`.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.data.settings import settings
from tanfeng.facts import coverage
from tanfeng.facts.plans import closed
from tanfeng.pages import headline, text
from tanfeng.pages.page import KeyFigures, key_figure
from tanfeng.pages.sentences import leaning, past_error
from tanfeng.publishing import datalog, notebook, plan, results, stale
from tanfeng.publishing.plan import Report
from tanfeng.targets import verdict

FILE = Path("docs", "figures.csv")
NUMBERS = ["value", "lo80", "hi80", "lo95", "hi95"]
COLUMNS = ["report", "id", "value", "unit", "period", *NUMBERS[1:], "status"]
DIGITS = 6
ROW = re.compile(r"^\| (\w+) \| [\d,]+ \|", re.MULTILINE)
WORDS = ["period", "item", "basis", "source_id"]
# The reports whose figures the sentences state, by the name they have there; computed, to be written as on a page.
STATED = {"all": "overview", "four": "indicators", "energy": "field-energy", "tests": "methods"}

SENTENCES = {
    "first": {
        "zh": """\
{% for one in first %}{{ loop.index }}. {{ one.said }}**{{ one.stressed }}**{{ one.rest }}{{ one.detail }}
{% endfor %}
数据版本：{{ state }}。{{ all.co2_latest.year }}二氧化碳排放{{ all.co2_latest }}（{{ all.co2_latest.status }}），\
为直接排放口径，不含外调电力。{{ past }}""",
        "en": """\
{% for one in first %}{{ loop.index }}. {{ one.said }}**{{ one.stressed }}**{{ one.rest }} {{ one.detail }}
{% endfor %}
State of the tables: {{ state }}. Emissions were {{ all.co2_latest }} in {{ all.co2_latest.year }} \
({{ all.co2_latest.status }}); direct emissions, imported electricity is not included. {{ past }}""",
    },
    "answers": {
        "zh": """\
数据版本：{{ state }}。

| 问题 | 目前的结论 |
|---|---|
| 排放多少？ | {{ all.co2_latest.year }}二氧化碳排放{{ all.co2_latest }}（{{ all.co2_latest.status }}），\
比2005年{{ all.co2_change_2005.change }}，比2020年（{{ all.co2_2020.status }}）{{ all.co2_change_2020.change }}\
（95%区间{{ all.co2_change_2020.range95 }}）；\
另一清单Carbon Monitor（不用于外推）在{{ four.monitor.year }}{{ four.monitor.change }}，\
其中{{ four.monitor_year.year }}{{ four.monitor_year.change }}，而本清单该年{{ four.own_year.change }}。\
能源领域占{{ energy.share }}。为直接排放口径，不含外调电力。 |
| 走势如何？ | {{ all.co2_2030.year }}为{{ all.co2_2030 }}，80%预测区间为{{ all.co2_2030.range }}，\
已计入在建核电机组。{{ past }} |
| 2030年前能否达峰？ | 概率为{{ all.p_by_2030 }}；{{ all.p_already.year }}及以前已经达峰的概率为{{ all.p_already }}；\
至{{ all.p_no_peak.year }}未见峰值的概率为{{ all.p_no_peak }}。\
过去检验中这类概率{{ lean }}。不给出单一的达峰年份。 |
| “十四五”目标完成了吗？ | 计数的{{ all.counted }}项目标中，判定{{ all.judged }}项：已完成{{ all.verdict_met }}项，\
未完成{{ all.verdict_missed }}项；未判定{{ all.unjudged }}项：旁证倾向完成{{ all.verdict_likely_met }}项，\
旁证倾向未完成{{ all.verdict_likely_missed }}项，尚不确定{{ all.verdict_open }}项，\
无公开依据{{ all.verdict_not_assessable }}项。 |""",
        "en": """\
State of the tables: {{ state }}.

| question | answer today |
|---|---|
| How much CO2 does {{ region }} emit? | {{ all.co2_latest }} in {{ all.co2_latest.year }} \
({{ all.co2_latest.status }}), {{ all.co2_change_2005.change }} on 2005 and {{ all.co2_change_2020.change }} on 2020 \
({{ all.co2_2020.status }}; 95% interval of that change {{ all.co2_change_2020.range95 }}). \
Carbon Monitor, another inventory that enters no forecast, is {{ four.monitor.change }} in {{ four.monitor.year }} \
and {{ four.monitor_year.change }} in {{ four.monitor_year.year }}, where this one is {{ four.own_year.change }}. \
Energy makes up {{ energy.share }}. Direct emissions; imported electricity is not included. |
| Where are emissions heading? | {{ all.co2_2030 }} in {{ all.co2_2030.year }}, with an 80% interval of \
{{ all.co2_2030.range }}, with the nuclear units under construction. {{ past }} |
| Will emissions peak by 2030? | Probability {{ all.p_by_2030 }}; already peaked by {{ all.p_already.year }} \
{{ all.p_already }}; no peak until {{ all.p_no_peak.year }} {{ all.p_no_peak }}. In tests on the past such \
probabilities were {{ lean }}. No single peak year is given. |
| Are the targets of the 14th Five-Year Plan met? | {{ all.judged }} of {{ all.counted }} targets are judged: \
met {{ all.verdict_met }}, missed {{ all.verdict_missed }}. {{ all.unjudged }} are not: evidence points to met for \
{{ all.verdict_likely_met }} and to missed for {{ all.verdict_likely_missed }}, {{ all.verdict_open }} are open, \
{{ all.verdict_not_assessable }} have no public evidence. |""",
    },
    "leans": {
        "zh": """\
“十四五”计数的{{ all.counted }}项目标中，判定{{ all.judged }}项，未判定{{ all.unjudged }}项，\
其中旁证倾向完成{{ all.verdict_likely_met }}项、倾向未完成{{ all.verdict_likely_missed }}项。""",
        "en": """\
Of the {{ all.counted }} counted targets of the 14th Five-Year Plan {{ all.judged }} are judged and \
{{ all.unjudged }} are not; evidence points to met for {{ all.verdict_likely_met }} of these and to missed for \
{{ all.verdict_likely_missed }}.""",
    },
    "accounts": {
        "zh": """\
{{ four.co2_direct.year }}直接排放口径为{{ four.co2_direct }}，含外调电测算口径为{{ four.co2_assessment }}。""",
        "en": """\
{{ four.co2_direct.year }}: {{ four.co2_direct }} in the direct account, {{ four.co2_assessment }} in the \
assessment-like one.""",
    },
    "interval": {
        "zh": """\
{{ all.co2_2030.year }}为{{ all.co2_2030 }}，80%区间{{ all.co2_2030.range }}。{{ past }}""",
        "en": """\
{{ all.co2_2030.year }}: {{ all.co2_2030 }}, 80% interval {{ all.co2_2030.range }}. {{ past }}""",
    },
    "monitor": {
        "zh": """\
Carbon Monitor在{{ four.monitor.year }}{{ four.monitor.change }}，本清单{{ all.co2_change_2020.change }}；\
其中{{ four.monitor_year.year }}前者{{ four.monitor_year.change }}，后者{{ four.own_year.change }}。""",
        "en": """\
In {{ four.monitor.year }} Carbon Monitor is {{ four.monitor.change }} and this inventory \
{{ all.co2_change_2020.change }}; in {{ four.monitor_year.year }} {{ four.monitor_year.change }} and \
{{ four.own_year.change }}.""",
    },
    "state": {"zh": "{{ state }}", "en": "{{ state }}"},
    "grades": {
        "en": """\
| grade | sources | observations |
|---|---|---|
{% for grade in ["A", "B", "C", "own"] %}| {{ grade }} | {{ sources[grade] }} | {{ observations[grade] }} |
{% endfor %}"""
    },
    "rest": {
        "en": """\
Of {{ sources.all }} sources, {{ sources.A }} are grade A (original seen), {{ sources.B }} B, {{ sources.C }} C \
and {{ sources.own }} own derivations. Of {{ observations.all }} observations, {{ observations.A }} rest on grade A, \
{{ observations.B }} on B, {{ observations.C }} on C and {{ observations.own }} on own derivations."""
    },
}
FAQ = ("leans", "accounts", "interval", "monitor", "state")
DOCUMENTS = {
    Path("README.md"): ("en", ("first", "state")),
    Path("README.zh-CN.md"): ("zh", ("first", "state")),
    Path("docs", "guide", "faq.md"): ("en", FAQ),
    Path("docs", "guide", "faq.zh-CN.md"): ("zh", FAQ),
    Path("docs", "guide", "pages.md"): ("en", ("answers",)),
    Path("docs", "guide", "pages.zh-CN.md"): ("zh", ("answers",)),
    Path("docs", "reference", "data.md"): ("en", ("grades",)),
    Path("docs", "reference", "weaknesses.md"): ("en", ("rest",)),
}

METHODS = {Path("docs", "methods", f"{page}.md"): page for page in results.PAGES}


def contents(catalog: Catalog) -> dict[Path, str]:
    """Return the documents, by their path in the project, as they are with today's figures.

    Raises:
        ProjectError: if a document has not the marks between which its figures stand.
    """
    found = figures(catalog)
    written = {FILE: _csv(found), datalog.FILE: datalog.data_log(catalog)}
    for path, (lang, names) in DOCUMENTS.items():
        written[path] = read(catalog.root, path)
        for name in names:
            written[path] = _filled(written[path], path, name, sentence(catalog, found, name, lang))
    for path, page in METHODS.items():
        written[path] = _filled(read(catalog.root, path), path, "results", results.results(catalog, page))
    data = Path("docs", "reference", "data.md")
    written[data] = ROW.sub(lambda row: _counted(catalog, row), written[data])
    return written


def figures(catalog: Catalog, names: list[str] | None = None) -> pd.DataFrame:
    """Return the key figures of reports (all by default), with the report each belongs to.

    What no sentence states is read from `reports/tables/` where the page is up to date.
    """
    pages = plan.reports(catalog.root, settings(catalog.root).home, "zh", names)
    parts = [_of(catalog.root, page).assign(report=page.slug) for page in pages]
    return pd.concat(parts, ignore_index=True).drop_duplicates(["report", "id", "period", "item"])


def sentence(catalog: Catalog, found: pd.DataFrame, name: str, lang: str) -> str:
    """Return one of `SENTENCES` in a language with key figures, as `figures` gives them, and counts of the tables."""
    return text.fill(SENTENCES[name][lang], _values(catalog, found, lang), catalog, lang).strip()


def read(root: Path, path: Path) -> str:
    """Return a document as it is; nothing if there is none."""
    return (root / path).read_text(encoding="utf-8") if (root / path).is_file() else ""


def _of(root: Path, report: Report) -> pd.DataFrame:
    """Return the key figures of a report: its notebook is run until it has them."""
    out = root / "reports"
    if report.slug not in STATED.values() and not stale.reasons(root, out, report):
        rows = pd.read_csv(
            out / "tables" / report.region / f"{report.slug}-figures.csv", dtype=dict.fromkeys(WORDS, str)
        )
        return rows.assign(**{word: rows[word].fillna("") for word in WORDS})
    space: dict[str, Any] = {}
    cells = notebook.prepared(notebook.read(root / report.notebook), report.lang)
    with contextlib.chdir(root):
        for cell in (one for one in cells if one["cell_type"] == "code"):
            exec(cell["source"], space)  # noqa: S102  # what a build runs
            if "parameters" in cell["metadata"]["tags"]:
                space |= report.notebook_parameters
            if "k" in space:
                break
    return space["page"].key_figures


def _csv(found: pd.DataFrame) -> str:
    """Return the key figures in order, one a line, as far as they mean something."""
    rows = found.assign(**{name: found[name].map(_in_digits) for name in NUMBERS}).fillna("")
    return rows.sort_values(["report", "id", "period", "item"])[COLUMNS].to_csv(index=False, lineterminator="\n")


def _in_digits(value: float) -> str:
    if pd.isna(value):
        return ""
    return np.format_float_positional(float(f"{value:.10g}"), DIGITS, unique=False, fractional=False, trim="-")


def _values(catalog: Catalog, found: pd.DataFrame, lang: str) -> dict[str, Any]:
    """Return what the sentences are filled with: key figures of some reports, the state of the tables, counts."""
    shown = {name: _shown(catalog, found[found["report"] == report], lang) for name, report in STATED.items()}
    said, came = shown["tests"].told_said.value, shown["tests"].told_came.value
    home = settings(catalog.root).home
    state = catalog.vintage if lang == "en" else text.period(catalog.vintage, lang)
    counts = {table: _grades(catalog, table) for table in ("sources", "observations")}
    return {
        **shown,
        **counts,
        "first": headline.answers(catalog, home, shown["all"], verdict.judged(catalog, home, closed(catalog)), lang),
        "region": catalog.label("regions", home, lang),
        "state": state,
        "lean": leaning(said, came, lang),
        "past": past_error(catalog, "total", lang),
    }


def _shown(catalog: Catalog, rows: pd.DataFrame, lang: str) -> KeyFigures:
    return KeyFigures({row["id"]: key_figure(catalog, row, lang) for row in rows.to_dict("records")})


def _grades(catalog: Catalog, table: str) -> dict[str, str]:
    """Return the number of rows of a table, in all and by the grade of their source."""
    grade = catalog.read("sources").set_index("id")["grade"]
    rows = catalog.read(table)
    counts = grade.reindex(rows["id"] if table == "sources" else rows["source_id"]).value_counts()
    return {"all": f"{len(rows):,}", **{name: f"{counts.get(name, 0):,}" for name in coverage.GRADES}}


def _filled(document: str, path: Path, name: str, content: str) -> str:
    """Return a document with what stands between the marks of a name anew; the white space within them stays."""
    first, last = f"<!-- figures:{name} -->", f"<!-- /figures:{name} -->"
    parts = re.split(rf"{re.escape(first)}(\s*).*?(\s*){re.escape(last)}", document, flags=re.DOTALL)
    if len(parts) != 4:
        raise ProjectError(f"{path.as_posix()}: {len(parts) // 3} times {first} ... {last}; expected once")
    before, opening, closing, after = parts
    return f"{before}{first}{opening}{content}{closing}{last}{after}"


def _counted(catalog: Catalog, row: re.Match[str]) -> str:
    """Return the start of a line of the list of tables with the number of rows there are."""
    name = row.group(1)
    return f"| {name} | {len(catalog.read(name)):,} |" if name in catalog.tables else row.group()
