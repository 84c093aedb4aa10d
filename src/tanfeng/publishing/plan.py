"""Which reports there are: `notebooks/reports/reports.yaml` for a region, in each language."""

from __future__ import annotations

import contextlib
import re
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
    """Return a code list; it is read again only if the file changed."""
    path = root / "data" / f"{table}.csv"
    return _code_list(root, table, _stamp(path)) if path.is_file() else code_list(root, table)


def _listed_in(root: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the groups and the reports of `reports.yaml`; it is read again only if the file changed."""
    path = root / FOLDER / "reports.yaml"
    return _parsed(path, _stamp(path))


def groups(root: Path, lang: str) -> dict[str, str]:
    """Return the groups of the reports in their order: title by id.

    Example:
        >>> groups(Path(), "en")["basis"]
        'Data and methods'
    """
    return {row["id"]: row[lang] for row in _listed_in(root)["groups"]}


def _stamp(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_mtime_ns, about.st_size


@lru_cache(maxsize=16)
def _code_list(root: Path, table: str, stamp: tuple[int, int]) -> list[dict[str, str]]:
    return code_list(root, table)


@lru_cache(maxsize=4)
def _parsed(path: Path, stamp: tuple[int, int]) -> dict[str, list[dict[str, Any]]]:
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


def reports(root: Path, region: str, lang: str = "all", names: list[str] | None = None) -> list[Report]:
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
        raise ProjectError(f"no region {region!r} in data/regions.csv; a code such as 330000 was expected")
    if lang not in {*LANGS, "all"}:
        raise ProjectError(f"language {lang!r}: expected zh, en or all")
    langs = LANGS if lang == "all" else (lang,)
    every = _listed_in(root)["reports"]
    level = _level(root, known[region])
    fitting = [entry for entry in every if level in entry.get("levels", ["country", "province", "panel"])]
    fitting = [entry for entry in fitting if all(_held(root, region, need) for need in entry.get("needs", ()))]
    found = [report for entry in fitting for one in langs for report in _expand(root, entry, known[region], one)]
    if not found:
        raise ProjectError(f"region {region} is a {level}: there are no reports of such regions")
    return _chosen(found, names, _only(level))


def _only(level: str) -> str:
    """Return why a region has no other reports, for an error; empty for those with the whole set."""
    if level != "city":
        return ""
    return (
        "; of a city one inventory without fields is known, no GDP at constant prices year by year and no series of "
        "energy, so the other reports are those of its province"
    )


def family(root: Path, region: str) -> list[str]:
    """Return a province and its cities, the province first, for a province or one of its cities.

    Example:
        >>> family(Path(), "330200")[:2], len(family(Path(), "330000"))
        (['330000', '330100'], 12)
    """
    rows = _rows(root, "regions")
    parents = {row["id"]: row["parent"] for row in rows if row["level"] == "city"}
    top = parents.get(region, region)
    return [top, *(one for one, parent in parents.items() if parent == top)]


def _level(root: Path, region: dict[str, str]) -> str:
    """Return the level of a region; a province of which the tables hold no targets is `panel`."""
    return "panel" if region["level"] == "province" and region["id"] not in _with_targets(root) else region["level"]


def _with_targets(root: Path) -> set[str]:
    """Return the regions with targets."""
    return {row["region"] for row in _rows(root, "targets")}


def _held(root: Path, region: str, need: str) -> bool:
    """Whether the tables hold what a report needs of a region: rows of a table, or those with a value."""
    table, _, conditions = need.partition(".")
    wanted = {"region": region, **dict(one.split("=", 1) for one in conditions.split("&") if one)}
    return any(wanted.items() <= row.items() for row in _rows(root, table))


def homes(root: Path) -> list[str]:
    """Return the provinces whose targets the tables hold, the home region first.

    Of the others a build of all makes an overview alone.

    Example:
        >>> homes(Path())[0]
        '330000'
    """
    held, first = _with_targets(root), settings(root).home
    found = [row["id"] for row in _rows(root, "regions") if row["level"] == "province" and row["id"] in held]
    return sorted(found, key=lambda one: one != first)


def panel(root: Path) -> list[str]:
    """Return the other provinces, of which the tables hold the inventory.

    Example:
        >>> "110000" in panel(Path()), "330000" in panel(Path())
        (True, False)
    """
    held, emitting = _with_targets(root), {row["region"] for row in _rows(root, "inventory")}
    rows = [row for row in _rows(root, "regions") if row["level"] == "province" and row["id"] not in held]
    return [row["id"] for row in rows if row["id"] in emitting]


def require_inventory(root: Path, region: str) -> None:
    """Stop where a region has no inventory: the reports would have nothing to say.

    Raises:
        ProjectError: with the regions there are reports for.
    """
    emitting = {row["region"] for row in _rows(root, "inventory")}
    cities = {row["region"] for row in _rows(root, "observations") if row["indicator"] == CITY_CO2}
    if region not in emitting | cities:
        known = ", ".join(sorted(emitting))
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
    provinces = [*homes(root), *panel(root)] if region == ALL else [region]
    alone = set(panel(root)) if region == ALL else set()
    found = [report for one in provinces for report in reports(root, one, lang)]
    found = [report for report in found if report.region not in alone or report.slug == ALONE]
    others = [one for top in provinces for one in family(root, top) if cities and one not in provinces]
    city = {row["id"] for row in _rows(root, "regions") if row["level"] == "city"}
    why = _only("city") if region in city else ""
    return _chosen(found, names, why) + [report for one in others for report in reports(root, one, lang)]


def listed(root: Path, region: str) -> list[Report]:
    """Return every report that the index may list: the provinces with registers and their cities come first."""
    own = [] if region == ALL else family(root, region)
    others = [row["id"] for row in _rows(root, "regions") if _level(root, row) == "panel"]
    regions = dict.fromkeys([*(one for top in homes(root) for one in family(root, top)), *others, *own])
    found: list[Report] = []
    for one in regions:
        with contextlib.suppress(ProjectError):  # there are no reports of such regions
            found += reports(root, one)
    return found


def _chosen(found: list[Report], names: list[str] | None, why: str = "") -> list[Report]:
    known = {report.slug for report in found} | {report.notebook.stem for report in found}
    unknown = sorted(set(names or ()) - known)
    if unknown:
        raise ProjectError(f"no report {unknown[0]!r}; there are: {', '.join(sorted(known))}{why}")
    return [report for report in found if not names or report.slug in names or report.notebook.stem in names]


def _expand(root: Path, entry: dict[str, Any], region: dict[str, str], lang: str) -> list[Report]:
    notebook, given = FOLDER / entry["notebook"], entry.get("parameters", {})
    if not (root / notebook).is_file():
        raise ProjectError(f"reports.yaml, report {entry['id']}: there is no notebook {notebook.as_posix()}")
    if "each" not in entry:
        title = entry[lang].format(region=region[lang])
        return [Report(entry["id"], region["id"], lang, notebook, title, given, entry["group"])]
    fields = [row for row in _rows(root, "fields") if row["emits"] == "true" and row["id"] != "total"]
    return [
        Report(
            f"{entry['id']}-{row['id']}",
            region["id"],
            lang,
            notebook,
            entry[lang].format(field=row[lang], region=region[lang]),
            {"field": row["id"], **given},
            entry["group"],
        )
        for row in fields
    ]
