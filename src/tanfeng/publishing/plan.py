"""Which reports there are: `notebooks/reports/reports.yaml` for a region, in each language."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from tanfeng.data import entries
from tanfeng.data.entries import Kinds, are_texts, is_finite, is_text
from tanfeng.data.project import ProjectError, code_list
from tanfeng.data.settings import settings

FOLDER = Path("notebooks", "reports")
LANGS = ("zh", "en")
ALL = "all"
SLUG = re.compile(r"[A-Za-z0-9_-]+")
LISTS: Kinds = dict.fromkeys(
    ("groups", "reports"), (lambda value: isinstance(value, list) and bool(value), "a list that is not empty")
)


def _is_title(value: Any) -> bool:
    """Whether a title can be filled in: it names nothing but the field and the region."""
    try:
        return is_text(value) and bool(value.format(field="", region="") or "{" in value)
    except (KeyError, IndexError, ValueError, AttributeError):
        return False


def _are_parameters(value: Any) -> bool:
    """Whether these are names with plain values; region, lang and out are given to every report."""
    given = value.items() if isinstance(value, dict) else [("", None)]
    plain = all(is_text(one) or isinstance(one, bool) or is_finite(one) for _, one in given)
    return plain and all(str(name).isidentifier() and name not in {"region", "lang", "out"} for name, _ in given)


TITLE = (_is_title, "a title, which may use {field} and {region}")
GROUP: Kinds = {"id": (is_text, "a name"), **dict.fromkeys(LANGS, TITLE)}
KEYS: Kinds = {  # of an entry of reports.yaml
    "id": (
        lambda value: isinstance(value, str) and SLUG.fullmatch(value) is not None,
        "a name of letters, digits and -",
    ),
    "notebook": (lambda value: is_text(value) and value == Path(value).name, "the file of a notebook"),
    "group": (is_text, "the id of a group"),
    **dict.fromkeys(LANGS, TITLE),
    "each": (is_text, "field"),
    "levels": (are_texts, "a list of levels"),
    "needs": (are_texts, "a list of tables, or of TABLE.COLUMN=VALUE&COLUMN=VALUE"),
    "parameters": (_are_parameters, "names with values"),
}
CITY_CO2 = "co2_city_inventory"
LEVELS = ("country", "province", "panel", "city")
OF_CITIES = (
    "; of a city one inventory without fields is known, no GDP at constant prices year by year and no series of "
    "energy, so the other reports are those of its province"
)
ALONE = "province"  # the report of a province of which only the inventory is known, where all are built


@dataclass(frozen=True)
class Report:
    """One page to make.

    Attributes:
        slug: stable name within the region, such as `field-energy`.
        notebook: path of the notebook, relative to the project.
        lang: `zh` or `en`.
        title: title in the language of the page.
        parameters: what the notebook is run with.
        group: id of its group on the index.
    """

    slug: str
    region: str
    lang: str
    notebook: Path
    title: str
    parameters: dict[str, Any] = field(default_factory=dict)
    group: str = ""

    @property
    def name(self) -> str:
        """Name of the page within `reports/`, without suffix: `330000/overview.zh`."""
        return f"{self.region}/{self.slug}.{self.lang}"

    @property
    def page(self) -> Path:
        """Path of the page within `reports/`."""
        return Path(self.region, f"{self.slug}.{self.lang}.html")

    @property
    def metadata(self) -> Path:
        """Path of the description of its tables within `reports/`: `tables/330000/overview.zh.json`."""
        return Path("tables", self.region, f"{self.slug}.{self.lang}.json")

    @property
    def notebook_parameters(self) -> dict[str, Any]:
        """Parameters of the notebook: region, language and those of the report."""
        return {"region": self.region, "lang": self.lang, **self.parameters}


def _rows(root: Path, table: str) -> list[dict[str, str]]:
    return _once(code_list, root / "data" / f"{table}.csv", root, table)


def _listed_in(root: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the groups and the reports of `reports.yaml`."""
    path = root / FOLDER / "reports.yaml"
    return _once(_parsed, path, path)


def _once(read: Callable[..., Any], path: Path, *given: Any) -> Any:
    """Read a file, again only if it or the local one beside it changed."""
    found = [one.stat() for one in (path, path.parent / "local" / path.name) if one.is_file()]
    return _known(read, tuple((about.st_mtime_ns, about.st_size) for about in found), *given)


@lru_cache(maxsize=32)
def _known(read: Callable[..., Any], stamp: object, *given: Any) -> Any:
    return read(*given)


def groups(root: Path, lang: str) -> dict[str, str]:
    """Return the groups of the reports in their order: title by id.

    Example:
        >>> groups(Path(), "en")["basis"]
        'Data and methods'
    """
    return {row["id"]: row[lang] for row in _listed_in(root)["groups"]}


def _parsed(path: Path) -> dict[str, list[dict[str, Any]]]:
    content = entries.require(path.name, entries.read_yaml(path, path.name), LISTS)
    for number, row in enumerate(content["groups"], start=1):
        entries.require(f"{path.name}, group {number}", row, GROUP)
    known = _ids(path, "groups", content["groups"])
    for number, entry in enumerate(content["reports"], start=1):
        _check(path, number, entry, known)
    _ids(path, "reports", content["reports"])
    return content


def _ids(path: Path, what: str, rows: list[dict[str, Any]]) -> list[str]:
    """Return the ids of groups or reports; stop if one stands twice."""
    ids = [row["id"] for row in rows]
    for name in ids:
        if ids.count(name) > 1:
            raise ProjectError(f"{path.name}: {ids.count(name)} {what} have the id {name!r}; expected one")
    return ids


def _check(path: Path, number: int, entry: Any, groups: list[Any]) -> None:
    """Stop at what is wrong with an entry of `reports.yaml`: file, entry, key, what was expected."""
    place = f"{path.name}, report {number}" + (f" ({entry['id']})" if isinstance(entry, dict) and "id" in entry else "")
    entries.require(place, entry, KEYS, ("each", "levels", "needs", "parameters"))
    chosen = {
        "group": ([entry["group"]], groups),
        "each": ([entry["each"]] if "each" in entry else [], ["field"]),
        "levels": (entry.get("levels", []), LEVELS),
    }
    for key, (found, known) in chosen.items():
        for one in found:
            if one not in known:
                raise ProjectError(f"{place}: found {one!r} for {key}; known are: {', '.join(map(str, known))}")


def reports(root: Path, region: str, lang: str = ALL, names: list[str] | None = None) -> list[Report]:
    """Return the reports of a region.

    Args:
        root: project folder.
        region: GB/T 2260 code.
        lang: `zh`, `en` or `all`.
        names: ids or slugs to choose (`field` chooses every field); all by default.

    Raises:
        ProjectError: if the region, the language or a name is unknown.

    Example:
        >>> [report.name for report in reports(Path(), "330000", "zh")][:2]
        ['330000/overview.zh', '330000/brief.zh']
    """
    known = {row["id"]: row for row in _rows(root, "regions")}
    if region not in known:
        raise ProjectError(f"no region {region!r} in data/regions.csv; the code of one was expected")
    if lang not in {*LANGS, ALL}:
        raise ProjectError(f"language {lang!r}: expected zh, en or all")
    level = _level(root, known[region])
    found = [
        report
        for entry in _listed_in(root)["reports"]
        if level in entry.get("levels", LEVELS[:3])
        and all(_held(root, region, need) for need in entry.get("needs", ()))
        for one in (LANGS if lang == ALL else (lang,))
        for report in _expand(root, entry, known[region], one)
    ]
    if not found:
        raise ProjectError(f"region {region} is a {level}: there are no reports of such regions")
    return _named(found, names, level)


def _named(found: list[Report], names: list[str] | None, level: str) -> list[Report]:
    known = {report.slug for report in found} | {report.notebook.stem for report in found}
    for name in sorted(set(names or ()) - known):
        why = OF_CITIES if level == "city" else ""
        raise ProjectError(f"no report {name!r}; there are: {', '.join(sorted(known))}{why}")
    return [report for report in found if not names or {report.slug, report.notebook.stem} & set(names)]


def _expand(root: Path, entry: dict[str, Any], region: dict[str, str], lang: str) -> list[Report]:
    """Return the reports of an entry in a language: one, or one a field."""
    notebook, given = FOLDER / entry["notebook"], entry.get("parameters", {})
    if not (root / notebook).is_file():
        raise ProjectError(f"reports.yaml, report {entry['id']}: there is no notebook {notebook.as_posix()}")
    fields = [row for row in _rows(root, "fields") if row["emits"] == "true" and row["id"] != "total"]
    return [
        Report(
            "-".join([entry["id"], *one.values()]),
            region["id"],
            lang,
            notebook,
            entry[lang].format(field=row.get(lang, ""), region=region[lang]),
            {**one, **given},
            entry["group"],
        )
        for row in (fields if "each" in entry else [{}])
        for one in [{"field": row["id"]} if row else {}]
    ]


def family(root: Path, region: str) -> list[str]:
    """Return a province and its cities, the province first, for a province or one of its cities.

    Example:
        >>> family(Path(), "330200")[:2], len(family(Path(), "330000"))
        (['330000', '330100'], 12)
    """
    parents = {row["id"]: row["parent"] for row in _rows(root, "regions") if row["level"] == "city"}
    top = parents.get(region, region)
    return [top, *(one for one, parent in parents.items() if parent == top)]


def _held(root: Path, region: str, need: str) -> bool:
    """Whether the tables hold what a report needs of a region: rows of a table, or those with a value."""
    table, _, conditions = need.partition(".")
    wanted = dict(one.split("=", 1) for one in conditions.split("&") if one)
    rows = _once(_by_region, root / "data" / f"{table}.csv", root, table).get(region, ())
    return any(wanted.items() <= row.items() for row in rows)


def _by_region(root: Path, table: str) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in _rows(root, table):
        found.setdefault(row["region"], []).append(row)
    return found


def _level(root: Path, region: dict[str, str]) -> str:
    """Return the level of a region; a province of which the tables hold no targets is `panel`."""
    own = region["level"] != "province" or _held(root, region["id"], "targets")
    return region["level"] if own else "panel"


def homes(root: Path) -> list[str]:
    """Return the provinces whose targets the tables hold, the home region first.

    Of the others a build of all makes an overview alone.

    Example:
        >>> homes(Path())[0]
        '330000'
    """
    first = settings(root).home
    found = [row["id"] for row in _rows(root, "regions") if _level(root, row) == "province"]
    return sorted(found, key=lambda one: one != first)


def panel(root: Path) -> list[str]:
    """Return the other provinces, of which the tables hold the inventory.

    Example:
        >>> "110000" in panel(Path()), "330000" in panel(Path())
        (True, False)
    """
    emitting = {row["region"] for row in _rows(root, "inventory")}
    return [row["id"] for row in _rows(root, "regions") if _level(root, row) == "panel" and row["id"] in emitting]


def require_inventory(root: Path, region: str) -> None:
    """Stop where a region has no inventory, nor a province targets: the reports would have nothing to say.

    Raises:
        ProjectError: with the regions there are reports for.
    """
    cities = {row["id"] for row in _rows(root, "regions") if row["level"] == "city"}
    needs = ("inventory", f"observations.indicator={CITY_CO2}", *(() if region in cities else ("targets",)))
    if not any(_held(root, region, need) for need in needs):
        known = ", ".join(sorted({row["region"] for row in _rows(root, "inventory")}))
        raise ProjectError(f"region {region} has no inventory in data/; there are reports for {known}")


def chosen(root: Path, region: str, lang: str, names: list[str] | None = None, cities: bool = False) -> list[Report]:
    """Return the reports of a region, or of every province (`all`), with `cities` those of the cities as well.

    Args:
        root: project folder.
        region: GB/T 2260 code, or `all`.
        lang: `zh`, `en` or `all`.
        names: ids or slugs to choose; all by default.
        cities: whether every report of the others of the family is added.

    Raises:
        ProjectError: if the region, the language or a name is unknown.
    """
    alone = panel(root) if region == ALL else []
    provinces = [*homes(root), *alone] if region == ALL else [region]
    found = [report for one in provinces for report in reports(root, one, lang)]
    found = [report for report in found if report.region not in alone or report.slug == ALONE]
    others = [one for top in provinces for one in family(root, top) if cities and one not in provinces]
    levels = {row["id"]: row["level"] for row in _rows(root, "regions")}
    own = _named(found, names, levels.get(region, ""))
    return own + [report for one in others for report in reports(root, one, lang)]


def listed(root: Path, region: str) -> list[Report]:
    """Return every report that the index may list: the provinces with registers and their cities come first."""
    own = [] if region == ALL else family(root, region)
    others = [row["id"] for row in _rows(root, "regions") if _level(root, row) == "panel"]
    found: list[Report] = []
    for one in dict.fromkeys([*(one for top in homes(root) for one in family(root, top)), *others, *own]):
        with contextlib.suppress(ProjectError):  # there are no reports of such regions
            found += reports(root, one)
    return found
