"""The sign-off sheet of an edition: what it is, what was checked with what result, blank lines for who answers for it.

Results are found on the spot, but for those of the tests, which are read from the file that `make test` leaves. Nothing
that a person has to state is filled in.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import tanfeng
from tanfeng.checks.figures import check_figures
from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.data.settings import settings
from tanfeng.facts import coverage
from tanfeng.facts.observations import INTERNAL
from tanfeng.pages import text
from tanfeng.pages.table import pick, render
from tanfeng.publishing import documents, plan, stale, validate
from tanfeng.publishing.make import commit

TESTS = Path("build", "tests.xml")
GOOD, BAD, OPEN = "good", "bad", "open"
Pair = tuple[str, str]
STATES: dict[str, Pair] = {GOOD: ("合格", "good"), BAD: ("不合格", "not good"), OPEN: ("未检查", "not checked")}
WORDS: dict[str, Pair] = {
    "title": ("质量签核单", "Sign-off sheet"),
    "edition": ("版本", "Edition"),
    "checks": ("自动检查", "Checks by the program"),
    "check": ("检查项", "check"),
    "asked": ("合格标准", "good if"),
    "result": ("结果", "result"),
    "state": ("结论", "state"),
    "signing": ("人工复核与签核（手工填写）", "Reviews and signatures (by hand)"),
    "role": ("岗位", "role"),
    "looked": ("复核内容", "what was looked at"),
    "name": ("姓名", "name"),
    "date": ("日期", "date"),
    "signature": ("签名", "signature"),
    "remarks": ("意见与未决事项：", "Remarks and open points:"),
    "foot": (
        "由tanfeng signoff生成。签核前应无“不合格”和“未检查”项，例外须在意见栏说明理由。",
        "Written by tanfeng signoff. Before it is signed nothing is left not good or not checked; an exception is "
        "explained under remarks.",
    ),
}
# Role, as in docs/quality/plan.md, and what it states by signing.
ROLES: tuple[tuple[Pair, Pair], ...] = (
    (
        ("数据", "data"),
        (
            "新增和改动的数据逐条对照来源；等级、许可无误",
            "new and changed figures against their sources; grades and terms",
        ),
    ),
    (
        ("排放核算", "inventory"),
        ("口径、更正、排放因子和本岗位假设", "accounts, corrections, factors and own assumptions"),
    ),
    (
        ("预测", "forecast"),
        ("回测、区间覆盖、外推变化和本岗位假设", "backtests, coverage, moves of the outlook, own assumptions"),
    ),
    (
        ("目标评估", "assessment"),
        ("变化的判定逐条复核；旁证、排名和本岗位假设", "every verdict that moved; leans, ranks, own assumptions"),
    ),
    (("措施", "measures"), ("三张清单、减排效果、成本和本岗位假设", "registers, effects, costs and own assumptions")),
    (
        ("独立复核", "independent review"),
        ("高敏感假设、方法变动；抽查页面数据至来源", "high sensitivity, changed methods; figures traced to sources"),
    ),
    (("文字", "language"), ("中英文页面通读，两种文本一致", "pages read in both languages, which say the same")),
    (
        ("发布", "release"),
        ("两次构建逐字节相同；公开版不含内部数据", "two builds are the same; none internal in public"),
    ),
    (("批准", "approval"), ("同意发布", "may be published")),
)


@dataclass(frozen=True)
class Check:
    """One check with what it found.

    Attributes:
        name, asked, result: what was looked at, when it is good, what was found; Chinese and English.
        state: `good`, `bad` or `open` where it was not made.
    """

    name: Pair
    asked: Pair
    result: Pair
    state: str


def checks(catalog: Catalog, tests: Path | None = None) -> list[Check]:
    """Return what was checked of the project as it is.

    Args:
        catalog: its tables.
        tests: JUnit file of the tests; by default the one that `make test` leaves, if it is there.

    Raises:
        ProjectError: if the file of the tests cannot be read.
    """
    return [_version(catalog), _tables(catalog), _figures(catalog), _documents(catalog), _pages(catalog),
            _tests(catalog.root, tests)]  # fmt: skip


def edition(catalog: Catalog) -> list[tuple[Pair, Pair]]:
    """Return what the edition is: a label and a value, each in both languages.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> edition(open_catalog())[0][1][1]
        '2026-11'
    """
    state, home = stale.state(catalog.root), settings(catalog.root).home
    counts = [len(catalog.read(name)) for name in catalog.tables]
    grades = Counter(catalog.read("sources")["grade"])
    by_grade = ", ".join(f"{one} {grades[one]}" for one in coverage.GRADES)
    by_grade_zh = by_grade.replace(", ", "、").replace("own", "自行推算")
    local = catalog.local_rows()
    internal = int((catalog.read("observations")["status"] == INTERNAL).sum())
    own = ", ".join(f"{name} {rows}" for name, rows in local.items())
    return [
        (("数据截至", "As of"), (text.period(catalog.vintage, "zh"), catalog.vintage)),
        (("主地区", "Home region"), (catalog.label("regions", home, "zh"), catalog.label("regions", home, "en"))),
        (("软件", "Program"), _both(f"tanfeng {tanfeng.__version__}")),
        (("提交", "Commit"), _both(commit(catalog.root) or "-")),
        (("数据表", "Tables"), (f"{len(counts)}张，{sum(counts):,}行", f"{len(counts)}, {sum(counts):,} rows")),
        (("来源及等级", "Sources by grade"), (by_grade_zh, by_grade)),
        (
            ("本地数据", "Local rows"),
            (f"{own or '无'}；内部数据{internal}条", f"{own or 'none'}; internal figures {internal}"),
        ),
        (("数据sha256", "sha256 of tables"), _both(state.data)),
        (("依赖锁定文件sha256", "sha256 of lock"), _both(stale.state(catalog.root).of(stale.LOCK))),
    ]


def sheet(catalog: Catalog, found: list[Check], lang: str) -> bytes:
    """Return the sheet as one HTML page for A4.

    Args:
        catalog: the tables.
        found: see `checks`.
        lang: zh or en.
    """
    rows = [(pick(one.name, lang), pick(one.asked, lang), pick(one.result, lang), one.state) for one in found]
    return render(
        "signoff.html.j2",
        lang="zh-CN" if lang == "zh" else "en",
        w={name: pick(pair, lang) for name, pair in WORDS.items()},
        states={name: pick(pair, lang) for name, pair in STATES.items()},
        edition=[(pick(label, lang), pick(value, lang)) for label, value in edition(catalog)],
        checks=rows,
        roles=[(pick(role, lang), pick(looked, lang)) for role, looked in ROLES],
    ).encode()


def _both(value: str) -> Pair:
    return value, value


def _state(good: bool) -> str:
    return GOOD if good else BAD


def _version(catalog: Catalog) -> Check:
    name, asked = ("提交", "commit"), ("文件与提交一致", "no file differs from it")
    found = commit(catalog.root)
    if not found:
        return Check(name, asked, ("无版本管理", "not under version control"), OPEN)
    if found.endswith("+"):
        return Check(name, asked, ("有未提交的改动", "files differ from it"), BAD)
    return Check(name, asked, ("一致", "none differs"), GOOD)


def _tables(catalog: Catalog) -> Check:
    count = len(validate.errors(catalog))
    name, asked = ("数据表（tanfeng data check）", "tables (tanfeng data check)"), ("0项错误", "no error")
    return Check(name, asked, (f"{count}项错误", f"errors: {count}"), _state(not count))


def _figures(catalog: Catalog) -> Check:
    found = check_figures(catalog)
    counts = Counter(one.severity for one in found if not one.known)
    known = sum(bool(one.known) for one in found)
    high, medium, low = (counts[name] for name in ("high", "medium", "low"))
    return Check(
        ("数据合理性", "plausible figures"),
        ("无未说明的高、中等级提示", "nothing high or medium without an explanation"),
        (
            f"高{high}、中{medium}、低{low}；已说明{known}",
            f"high {high}, medium {medium}, low {low}; explained {known}",
        ),
        _state(not high and not medium),
    )


def _documents(catalog: Catalog) -> Check:
    name, asked = ("文档中的数据", "figures in documents"), ("均为当前数据", "all are today's")
    if not (catalog.root / documents.FILE).is_file():
        return Check(name, asked, ("本项目无此类文档", "no such documents here"), OPEN)
    today = documents.contents(catalog)
    old = sum(documents.read(catalog.root, path) != content for path, content in today.items())
    result = (f"{len(today)}份文档，{old}份过期", f"{len(today)} documents, {old} out of date")
    return Check(name, asked, result, _state(not old))


def _pages(catalog: Catalog) -> Check:
    root, out, home = catalog.root, catalog.root / "reports", settings(catalog.root).home
    listed = plan.reports(root, home)
    old = sum(bool(stale.reasons(root, out, one)) for one in listed)
    index = stale.index_is_current(root, out, plan.listed(root, home))
    return Check(
        ("页面构建", "build of the pages"),
        ("全部页面和首页与数据、代码一致", "all and the index are made of these tables and code"),
        (
            f"{len(listed)}页，{old}页过期；首页{'一致' if index else '过期'}",
            f"{len(listed)} pages, {old} out of date; index {'up to date' if index else 'out of date'}",
        ),
        _state(not old and index),
    )


def _tests(root: Path, given: Path | None) -> Check:
    name, asked = (
        ("测试（make test）", "tests (make test)"),
        ("无失败，且晚于数据和代码", "none fails; later than tables and code"),
    )
    path = given or root / TESTS
    if given is None and not path.is_file():
        return Check(name, asked, ("未找到测试结果", "no result found"), OPEN)
    counts, began = _junit(path)
    failed = counts["failures"] + counts["errors"]
    old = any(mark and mark[2] > path.stat().st_mtime_ns for mark in stale.state(root).marks.values())
    zh = f"{counts['tests']}项，失败{failed}，跳过{counts['skipped']}；{began}" + (
        "；早于现有数据或代码" if old else ""
    )
    en = f"{counts['tests']}, failed {failed}, skipped {counts['skipped']}; {began}" + (
        "; before a change" if old else ""
    )
    return Check(name, asked, (zh, en), _state(bool(counts["tests"]) and not failed and not old))


def _junit(path: Path) -> tuple[Counter[str], str]:
    """Return the counts of a JUnit file, and the minute at which the tests began."""
    try:
        suites = list(ElementTree.parse(path).getroot().iter("testsuite"))  # noqa: S314  # written by our own tests
        counts: Counter[str] = Counter()
        for suite in suites:
            counts.update({one: int(suite.attrib[one]) for one in ("tests", "failures", "errors", "skipped")})
        return counts, suites[0].attrib["timestamp"][:16].replace("T", " ")
    except (OSError, ElementTree.ParseError, LookupError, ValueError) as error:
        raise ProjectError(f"{path}: no result of tests ({error}); expected the JUnit file of `make test`") from error
