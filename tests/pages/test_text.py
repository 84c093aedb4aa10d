"""Numbers, periods and sentences: what a reader sees, in Chinese and in English."""

from __future__ import annotations

import html
import re

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog
from tanfeng.pages import sentences, text
from tanfeng.targets.verdict import Verdict, judge, judge_target

BAD = re.compile(r"\bnan\b|\bNone\b|<NA>|\bNaT\b|\binf\b|[{}]", re.IGNORECASE)
SCIENTIFIC = re.compile(r"\d[eE][+-]?\d")
HAN = r"[\u4e00-\u9fff]"
REGIONS = ["330000", "100000", "330100", "330200", "330500"]


@pytest.fixture(scope="module")
def judged(catalog: Catalog) -> list[Verdict]:
    return [verdict for region in REGIONS for verdict in judge(catalog, region)]


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "digits", "lang", "shown"),
        [
            (0.0, None, "zh", "0"),
            (-0.0, 1, "zh", "0.0"),
            (-0.04, 1, "zh", "0.0"),
            (-0.05001, 1, "zh", "−0.1"),
            (5947.0, None, "zh", "5947"),
            (12345.678, 1, "zh", "12345.7"),
            (12345.678, 1, "en", "12,345.7"),
            (-12345.678, 0, "en", "−12,346"),
            (9999.0, None, "en", "9999"),
            (1234567.0, None, "en", "1,234,567"),
            (0.1 + 0.2, None, "zh", "0.3"),
        ],
    )
    def test_number(self, value: float, digits: int | None, lang: str, shown: str) -> None:
        assert text.number(value, digits, lang) == shown

    @given(st.floats(-1e7, 1e7), st.integers(0, 3), st.sampled_from(["zh", "en"]))
    def test_a_number_reads_back(self, value: float, digits: int, lang: str) -> None:
        shown = text.number(value, digits, lang)
        assert "-" not in shown
        assert float(shown.replace(",", "").replace("−", "-")) == pytest.approx(value, abs=0.51 * 10**-digits)

    @pytest.mark.parametrize(("value", "digits", "shown"), [(5.5, 1, "5.5%"), (-8.264, 2, "−8.26%"), (0.0, 0, "0%")])
    def test_percent(self, value: float, digits: int, shown: str) -> None:
        assert text.percent(value, digits) == shown

    @pytest.mark.parametrize(
        ("value", "shown"), [(0.0, "<1%"), (0.01, "1%"), (0.5, "50%"), (0.99, "99%"), (0.995, ">99%"), (1.0, ">99%")]
    )
    def test_probability_is_never_certain(self, value: float, shown: str) -> None:
        assert text.probability(value) == shown

    @pytest.mark.parametrize(
        ("value", "unit", "lang", "shown"),
        [
            (439.5, "Mt CO2", "zh", "4.40亿吨"),
            (99.0, "Mt CO2", "zh", "9900万吨"),
            (439.5, "Mt CO2", "en", "439.5 Mt CO2"),
            (-21.4, "Mt CO2", "zh", "−2140万吨"),
            (246.6, "Mtce", "zh", "2.47亿吨标准煤"),
            (5947.0, "10^4 kW", "zh", "5947万千瓦"),
            (5947.0, "10^4 kW", "en", "59.47 GW"),
            (200.0, "10^4 TEU", "en", "2 million TEU"),
            (1.24, "10^8 t", "en", "124 Mt"),
            (61.5, "%", "en", "61.5%"),
            (61.5, "%", "zh", "61.5%"),
        ],
    )
    def test_amount(self, catalog: Catalog, value: float, unit: str, lang: str, shown: str) -> None:
        assert text.amount(catalog, value, unit, lang) == shown

    def test_every_unit_of_the_tables_can_be_written(self, live: Catalog) -> None:
        for unit in live.read("units")["id"]:
            for lang in text.LANGS:
                shown = text.amount(live, 12.5, unit, lang)
                assert not BAD.search(shown), (unit, lang)
                assert "^" not in shown or lang == "en", unit

    @pytest.mark.parametrize("lang", text.LANGS)
    def test_no_published_figure_is_written_in_powers_of_ten(self, live: Catalog, lang: str) -> None:
        rows = live.read("observations").rename(columns={"value": "published", "unit": "published_unit"})
        for row in rows.to_dict("records"):
            shown = text.figure(live, row, lang)
            assert not SCIENTIFIC.search(shown), row
            assert not BAD.search(shown), row


class TestPeriods:
    @pytest.mark.parametrize(
        ("period", "zh", "en"),
        [
            ("2025", "2025年", "2025"),
            ("2025-06", "2025年6月", "June 2025"),
            ("2025-12", "2025年12月", "December 2025"),
            ("2024/2025", "2025年", "2025"),
            ("2020/2025", "2021—2025年", "2020–2025"),
            ("2025-01/2025-06", "2025年1—6月", "January–June 2025"),
            ("undated", "日期不详", "undated"),
        ],
    )
    def test_period(self, period: str, zh: str, en: str) -> None:
        assert (text.period(period, "zh"), text.period(period, "en")) == (zh, en)

    @pytest.mark.parametrize("lang", text.LANGS)
    def test_every_period_of_the_tables_has_words(self, live: Catalog, lang: str) -> None:
        for period in set(live.read("observations")["period"]):
            assert not BAD.search(text.period(period, lang)), period
            assert text.period(period, lang) != "", period


class TestSentences:
    def _shown(self, catalog: Catalog, judged: list[Verdict], lang: str) -> list[tuple[Verdict, str]]:
        return [(verdict, sentences.reason(catalog, verdict, lang)) for verdict in judged]

    @pytest.mark.parametrize("lang", text.LANGS)
    def test_no_hole_is_left(self, catalog: Catalog, judged: list[Verdict], lang: str) -> None:
        for verdict, shown in self._shown(catalog, judged, lang):
            assert len(shown) > 10, verdict.target["id"]
            assert not BAD.search(shown), shown
            assert not SCIENTIFIC.search(shown), shown
            assert not re.search(r"  |：，|，，|。。|\(\)|（）|, ,|:\s*[,;.]", shown), shown

    def test_chinese_is_written_as_chinese(self, catalog: Catalog, judged: list[Verdict]) -> None:
        for _, shown in self._shown(catalog, judged, "zh"):
            assert shown.endswith("。"), shown
            assert not re.search(r"[,;:!?()]", shown), shown
            assert not re.search(rf"[\d%]\s+{HAN}|{HAN}\s+[\d−]", shown), shown
            assert "-" not in shown, shown

    def test_english_is_written_as_english(self, catalog: Catalog, judged: list[Verdict]) -> None:
        for _, shown in self._shown(catalog, judged, "en"):
            assert shown.endswith("."), shown
            assert shown[0].isupper() or not shown[0].isalpha(), shown
            assert not re.search(rf"{HAN}|[，。；：（）]", shown), shown
            assert not re.search(r"(?<=[\s(])-\d", shown), shown

    @pytest.mark.parametrize("lang", text.LANGS)
    def test_the_word_of_the_verdict_is_in_the_sentence(
        self, catalog: Catalog, judged: list[Verdict], lang: str
    ) -> None:
        for verdict, shown in self._shown(catalog, judged, lang):
            words = [f"verdict_{verdict.answer}"]
            if verdict.reason == "reference_only":  # says instead what it is: a draft or a stretch value
                words = [f"variant_{verdict.target['variant']}"]
            elif verdict.verdict not in {"met", "missed"}:
                words.append("unjudged")
            assert any(text.word(catalog, word, lang) in shown for word in words), shown

    @pytest.mark.parametrize("lang", text.LANGS)
    def test_the_target_and_the_figure_are_in_the_sentence(
        self, catalog: Catalog, judged: list[Verdict], lang: str
    ) -> None:
        for verdict, shown in self._shown(catalog, judged, lang):
            target = verdict.target
            name = target[lang] if lang == "zh" else target[lang][0].upper() + target[lang][1:]
            assert shown.startswith(name), shown
            assert text.amount(catalog, target["target_value"], target["unit"], lang) in shown, shown
            if verdict.verdict in {"met", "missed"}:
                row = {**verdict.evidence[0]}
                if row["role"] == "bound":  # the sentence says in words that it is a limit
                    row["bound"] = "exact"
                assert text.figure(catalog, row, lang, target["unit"]) in shown, shown

    def test_every_reason_has_a_sentence_in_both_languages(self, judged: list[Verdict]) -> None:
        assert sentences.SENTENCES["zh"].keys() == sentences.SENTENCES["en"].keys()
        kinds = {f"lean_{one.lean}" if one.reason == "lean" else one.reason for one in judged}
        assert kinds <= sentences.SENTENCES["zh"].keys()

    def test_golden_sentences(self, catalog: Catalog) -> None:
        coal = sentences.reason(catalog, judge_target(catalog, "P03"), "zh")
        assert coal.startswith("煤炭消费总量：目标为2025年不超过1.24亿吨，未判定。旁证倾向未完成，完成概率1%—5%：")
        assert "1.66亿吨，比目标高34%" in coal
        solar = sentences.reason(catalog, judge_target(catalog, "E02"), "en")
        assert solar.startswith("Solar PV capacity: 59.47 GW in June 2025")
        assert "27.62 GW" in solar


class TestFill:
    def test_markup_in_a_value_is_escaped(self, catalog: Catalog) -> None:
        shown = text.fill("**{{ name }}**", {"name": "<script>alert(1)</script>&\"'"}, catalog, "zh")
        assert shown == "**&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#34;&#39;**"

    def test_markup_of_the_author_stays(self, catalog: Catalog) -> None:
        assert text.fill("<b>{{ x }}</b>", {"x": 1}, catalog, "zh") == "<b>1</b>"

    @pytest.mark.parametrize(
        "template", ["{{ nothing }}", "{{ known.nothing }}", "{{ known | nothing }}", "{{ nothing | percent }}"]
    )
    def test_an_unknown_name_is_an_error(self, catalog: Catalog, template: str) -> None:
        with pytest.raises((jinja2.UndefinedError, jinja2.TemplateAssertionError, TypeError)):
            text.fill(template, {"known": object()}, catalog, "zh")

    @pytest.mark.parametrize(
        "value",
        [
            "[x](javascript:alert(1))",
            "*a* _b_ `c`",
            "$x_1$",
            "![i](http://x.example/i.png)",
            "https://x.example",
            "<b>]]>",
        ],
    )
    def test_a_value_is_text_in_markdown_too(self, catalog: Catalog, value: str) -> None:
        from nbconvert.filters.markdown_mistune import markdown2html_mistune

        shown = markdown2html_mistune(text.fill("**一** {{ x }}", {"x": value}, catalog, "zh", markdown=True))
        assert html.unescape(shown) == f"<p><strong>一</strong> {value}</p>\n"
        assert "<" not in shown.removeprefix("<p><strong>一</strong>").removesuffix("</p>\n")

    @pytest.mark.parametrize(
        ("template", "lang", "shown"),
        [
            ("{{ x | percent }}", "zh", "1234.5%"),
            ("{{ x | number(1) }}", "zh", "1234.5"),
            ('{{ x | amount("10^4 kW") }}', "zh", "1234.5万千瓦"),
            ('{{ x | amount("10^4 kW", 2) }}', "en", "12.35 GW"),
        ],
    )
    def test_filters(self, catalog: Catalog, template: str, lang: str, shown: str) -> None:
        assert text.fill(template, {"x": 1234.5}, catalog, lang) == shown
