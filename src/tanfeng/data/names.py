"""Names as people give them: which id is meant, and what to say if none is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from tanfeng.data.project import ProjectError

if TYPE_CHECKING:
    from tanfeng.data.catalog import Catalog

Names = Mapping[str, tuple[str, ...]]  # id: its other names, the one to show first
LISTED = 12  # so many are listed, of more the ones most alike, and the others counted
NEAR = 0.5  # likeness from which a name is offered, and of a name that holds the word
LANGS: Names = {"zh": ("中文",), "en": ("English",)}


def known(what: str, given: object, names: Names | Iterable[str], where: str = "") -> str:
    """Return the id that is meant by an id or by another name of it.

    Args:
        what: what is asked for, as a word: `region`.
        given: what was given.
        names: the ids, with other names if they have any.
        where: where to see all of them, if there are more than a few.

    Raises:
        ProjectError: if none is meant (it lists what there is, and the nearest), or more than one.

    Example:
        >>> fields = {"energy": ("能源", "Energy"), "transport": ("交通", "Transport")}
        >>> known("field", "交通", fields)
        'transport'
        >>> known("field", "transprot", fields)
        Traceback (most recent call last):
        tanfeng.data.project.ProjectError: no field 'transprot'; did you mean 交通 (transport)? Fields: ...
    """
    every = names if isinstance(names, Mapping) else dict.fromkeys(names, ())
    asked = str(given).strip()
    if asked in every:
        return asked
    found = [one for one, others in every.items() if asked.casefold() in {name.casefold() for name in others}]
    if len(found) == 1:
        return found[0]
    if found:
        raise ProjectError(f"{what} {given!r} may be {' or '.join(found)}; expected one of these")
    alike = sorted(every, key=lambda one: _likeness(asked, one, every), reverse=True)
    first = list(every) if len(every) <= LISTED else alike
    told = ", ".join(_shown(one, every) for one in first[:LISTED]) or "none"
    more = f" and {len(every) - LISTED} more{where}" if len(every) > LISTED else ""
    near = nearest(asked, every)
    hint = f"; did you mean {_shown(near, every)}?" if near else "."
    raise ProjectError(f"no {what} {given!r}{hint} {what.capitalize()}s: {told}{more}")


def _shown(one: str, names: Names) -> str:
    return f"{names[one][0]} ({one})" if names[one] else one


def nearest(asked: str, names: Names) -> str:
    """Return the id that is most like a word, by itself or another name; empty if none is.

    Of equals the one with the same first letter is taken.

    Example:
        >>> nearest("P5", {"P05": (), "E05": ()}), nearest("x", {"P05": ()})
        ('P05', '')
    """
    best = max(names, key=lambda one: _likeness(asked, one, names), default="")
    return best if best and _likeness(asked, best, names)[0] >= NEAR else ""


def _likeness(asked: str, one: str, names: Names) -> tuple[float, bool]:
    word = asked.casefold()
    others = [name.casefold() for name in (one, *names[one])]
    return max((_ratio(word, name), name[:1] == word[:1]) for name in others)


def _ratio(word: str, name: str) -> float:
    ratio = SequenceMatcher(None, word, name).ratio()
    return NEAR + ratio / 2 if len(word) > 1 and word in name else ratio


def language(lang: str) -> str:
    """Return a language, `zh` or `en`.

    Raises:
        ProjectError: if it is another one.

    Example:
        >>> language("zh")
        'zh'
    """
    return known("language", lang, LANGS)


def listed(catalog: Catalog, table: str, region: str = "") -> Names:
    """Return the Chinese and English names of a table by id, of one region if it is given.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> listed(open_catalog(), "fields")["transport"]
        ('交通', 'Transport')
    """
    rows = catalog.read(table)
    rows = rows[rows["region"] == region] if region else rows
    return {one: (zh, en) for one, zh, en in zip(rows["id"], rows["zh"], rows["en"], strict=True)}
