"""A drawing in few letters, and as a part of a page: ids of its own, and outlines of characters that stand once."""

from __future__ import annotations

import hashlib
import re
import xml.etree.ElementTree as ET

GLYPH = re.compile(r' d="([^"]*)" transform="scale\(0\.015625\)"')
COMMAND = re.compile(r"([MLQCz])([^MLQCz]*)")
GAPS = re.compile(r">\s+<")
UNSEEN = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->", re.DOTALL)
FINE = re.compile(r"(\d{2,}\.\d\d)\d+")  # a hundredth of a point; factors of a scale are below ten and stay
OUTLINES, BREAKS, FINER = re.compile(r' d="[^"]*"'), re.compile(r"\s*\n\s*"), re.compile(r"(\.\d\d)\d+")
COARSER = 16  # outlines to a four-hundredth of the size of a character: finer than a screen shows


def shorten(svg: str) -> str:
    r"""Return the same drawing in fewer letters.

    No comments and no space between elements, places to a hundredth of a point, outlines of characters in steps.

    Example:
        >>> shorten('<g>\n <path d="M 160 320 \nL 160 0 \nz\n" transform="scale(0.015625)"/>\n</g>')
        '<g><path d="m10 20l0-20z" transform="scale(0.25)"/></g>'
    """
    scale = COARSER / 64
    drawn = FINE.sub(r"\1", GAPS.sub("><", UNSEEN.sub("", svg)))
    drawn = OUTLINES.sub(lambda found: FINER.sub(r"\1", BREAKS.sub("", found[0])), drawn)
    return GLYPH.sub(lambda found: f' d="{_relative(found[1])}" transform="scale({scale})"', drawn)


def _relative(outline: str) -> str:
    """Return an outline with each point as whole steps from where the pen stands."""
    parts, pen, start, last = [], (0, 0), (0, 0), ""
    for command, numbers in COMMAND.findall(outline):
        steps = [round(float(number) / COARSER) for number in numbers.split()]
        points = list(zip(steps[::2], steps[1::2], strict=True))
        moved = [value for x, y in points for value in (x - pen[0], y - pen[1])]
        letter = command.lower()
        parts.append(_joined(moved, "" if letter == last and letter in "lqc" else letter))
        pen = points[-1] if points else start
        start, last = (pen if command == "M" else start), letter
    return "".join(parts)


def _joined(numbers: list[int], letter: str) -> str:
    """Return numbers after a command letter, a minus sign or a space between them."""
    spaced = "".join(str(number) if number < 0 else f" {number}" for number in numbers)
    return letter + (spaced.removeprefix(" ") if letter else spaced)


LINES = re.compile(r"<defs><style[^>]*>.*?</style></defs>", re.DOTALL)  # how all lines are joined
NAMESPACES = re.compile(r' xmlns(?::xlink)?="[^"]*"')
REFERENCE = re.compile(r"#([\w.-]+)")
FONTS = {"NotoSansSC-Regular-": "N", "DejaVuSans-": "D"}  # an outline has the same id in every drawing
OUTLINE = re.compile(r'<path id="([ND][0-9a-f]+)"(?: d="[^"]*")? transform="[^"]*"/>')
ACROSS = re.compile(r"translate\((\S+) 0\)")
OWN = re.compile(r' id="(c[0-9a-f]{6})-')
EMPTY = re.compile(r"<defs\s*/>|<defs></defs>")


def inline(svg: str, kind: str, alt: str) -> str:
    """Return a drawing as an element of a page.

    Args:
        svg: the drawing.
        kind: class of the element.
        alt: the words for who cannot see it.

    Example:
        >>> inline('<svg><g id="a"><path id="b" d="M0 0"/><use href="#b"/></g></svg>', "wide", "<dot>")[:53]
        '<svg class="wide" role="img" aria-label="&lt;dot&gt;"'
    """
    root = ET.fromstring(NAMESPACES.sub("", LINES.sub("", svg)).replace("xlink:href", "href"))  # noqa: S314
    told = {name for node in root.iter() for value in node.attrib.values() for name in REFERENCE.findall(value)}
    used = told & {node.get("id") for node in root.iter()}  # a colour is no reference
    own = hashlib.sha256(svg.encode()).hexdigest()[:6]
    names = {name: _glyph(name) or f"c{own}-{place}" for place, name in enumerate(sorted(used))}
    for node in root.iter():
        for key, value in [*node.attrib.items()]:
            if key == "id" and value not in names:
                del node.attrib[key]
            elif key == "id":
                node.set(key, names[value])
            elif "#" in value:
                node.set(
                    key, REFERENCE.sub(lambda found: "#" + names[found[1]] if found[1] in names else found[0], value)
                )
    for key, value in {"class": kind, "role": "img", "aria-label": alt}.items():
        root.set(key, value)
    _unwrap(root)
    return ET.tostring(root, encoding="unicode").replace(" />", "/>")


def _glyph(name: str) -> str:
    font = next((font for font in FONTS if name.startswith(font)), "")
    return FONTS[font] + name.removeprefix(font) if font else ""


def _unwrap(node: ET.Element) -> None:
    """Put the children of groups that say nothing in their place, and a style that all children share on the group."""
    children = []
    if node.tag == "use" and (across := ACROSS.fullmatch(node.get("transform", ""))):
        node.attrib = {"href": node.attrib["href"], "x": across[1]}
    for child in node:
        _unwrap(child)
        children += [*child] if child.tag == "g" and not child.attrib else [child]
    node[:] = children
    styles = {child.get("style", "") for child in children}
    if node.tag == "g" and len(children) > 1 and len(styles) == 1 and not node.get("style"):
        style = styles.pop()
        if style and "opacity" not in style:  # which is not inherited
            node.set("style", style)
            for child in children:
                del child.attrib["style"]


def shared(html: str) -> str:
    """Return a page in which the outline of a character stands once; every drawing after the first refers to it.

    A drawing that stands twice gets ids of its own.

    Example:
        >>> outline = '<defs><path id="N4e" d="m0 0" transform="scale(0.25)"/></defs>'
        >>> shared(f"<p>{outline}</p><p>{outline}</p>")
        '<p><defs><path id="N4e" d="m0 0" transform="scale(0.25)"/></defs></p><p></p>'
    """
    seen: set[str] = set()
    parts = html.split("<svg ")
    for place, part in enumerate(parts):
        if (own := OWN.search(part)) and own[1] in seen:
            parts[place] = part.replace(f"{own[1]}-", f"{own[1]}-{place}-")
        seen |= {own[1]} if own else set()

    def once(found: re.Match[str]) -> str:
        first = found[1] not in seen
        seen.add(found[1])
        return found[0] if first else ""

    return EMPTY.sub("", OUTLINE.sub(once, "<svg ".join(parts)))
