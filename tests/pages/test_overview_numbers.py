"""Every number in the text of the overview can be found in the CSV files behind it."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

OUT = Path(__file__).parents[2] / "reports"
TABLES = OUT / "tables" / "330000"
LANGS = ["zh", "en"]
NUMBER = re.compile(r"[−-]?\d[\d,]*(?:\.\d+)?")
DECIMALS = 3

pytestmark = pytest.mark.skipif(
    not (OUT / "330000" / "overview.zh.html").is_file(), reason="the overview is not built: run `make` first"
)


MEGATONNES = re.compile(r"^(?:\w+_mt|lo80|hi80|lo95|hi95) |^value Mt")  # in 10^4 t where Chinese is shown


class Article(HTMLParser):
    """The text of the article: without sources, downloads, code and the citations."""

    SILENT = frozenset({"style", "script", "details"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.inside = False
        self.silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.inside = self.inside or tag == "article"
        self.silent += tag in self.SILENT or (tag == "a" and given.get("class") == "cite")
        self.parts += [given[key] or "" for key in ("alt",) if self.inside and key in given]
        if tag not in {"b", "strong", "em", "span", "a", "sub"}:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "article"
        if self.silent and (tag in self.SILENT or tag == "a"):
            self.silent -= 1
        if tag in {"td", "th", "p", "li", "div", "figcaption"}:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self.inside and not self.silent:
            self.parts.append(data)

    def text(self) -> str:
        return " ".join(" ".join(self.parts).split(" "))


RULES = {
    "a year": r"(?<![\d.])(?:19[9]\d|20[0-5]\d|2060)(?![\d.,]*\d)",
    "a month in Chinese": r"(?<=年)\d{1,2}月",
    "months in Chinese": r"(?<=年)\d{1,2}—\d{1,2}月",
    "the number of a target": r"\b[A-Z]\d{2}[a-z]?\b",
    "the number of a plan": r"\b1[1-6]th\b",
    "fields": r"6\+1",
    "levels of an interval": r"(?<![\d.])(?:80|95)\s?%(?=\s?(?:预测区间|区间|interval|prediction))",
    "a unit": r"CO2|10\^\d+",
    "a rule": r"(?<=verdict )\d",
}


def without_structure(text: str) -> str:
    for pattern in RULES.values():
        text = re.sub(pattern, " ", text)
    return text


def plain(number: str) -> float:
    return float(number.replace(",", "").replace("−", "-"))


@pytest.fixture(scope="module")
def known() -> tuple[set[str], list[float]]:
    """Every number written in the tables, as text and as a value."""
    texts: set[str] = set()
    values: list[float] = []
    for path in sorted(TABLES.glob("overview-*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                for name, cell in row.items():
                    found = NUMBER.findall(cell or "")
                    texts.update(found)
                    values += [plain(number) for number in found]
                    if MEGATONNES.search(f"{name} {row.get('unit', '')}"):
                        values += [times * plain(number) for number in found for times in (100, 0.01)]  # 万吨, 亿吨
                    if row.get("unit") == "10^8 t":  # in English Mt
                        values += [100 * plain(number) for number in found]
                    if row.get("kind") == "emissions":
                        values += [plain(number) / 100 for number in found]
    return texts, values


def is_known(number: str, known: tuple[set[str], list[float]]) -> bool:
    texts, values = known
    digits = len(number.partition(".")[2])
    wanted = abs(plain(number))
    return number in texts or any(abs(round(abs(value), digits) - wanted) < 10**-DECIMALS / 2 for value in values)


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_is_in_a_table(known: tuple[set[str], list[float]], lang: str) -> None:
    html = (OUT / "330000" / f"overview.{lang}.html").read_text(encoding="utf-8")
    text = without_structure(Article(html).text())
    numbers = NUMBER.findall(text)
    assert len(numbers) > 100
    missing = [number for number in numbers if not is_known(number, known)]
    around = [text[max(text.find(number) - 40, 0) : text.find(number) + 30].split("\n") for number in missing]
    assert missing == [], around


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2025年6月为5947万千瓦", ["5947"]),
        ("“6+1”领域，E02，80%预测区间为4.10—5.20亿吨", ["4.10", "5.20"]),
        ("the 14th plan, 2016–2020: −8.26%", ["−8.26"]),
        ("439.5 Mt CO2 in 2022, 95% interval", ["439.5"]),
        ("12,345.6 and 1995.5", ["12,345.6", "1995.5"]),
    ],
)
def test_the_rules_leave_out_structure_only(text: str, numbers: list[str]) -> None:
    assert NUMBER.findall(without_structure(text)) == numbers


def test_a_number_of_its_own_would_be_noticed(known: tuple[set[str], list[float]]) -> None:
    assert not is_known("987654.3", known)
    assert not is_known("−777.77", known)
