"""Worlds drawn from probabilities come true as often as said, turn together as told, and judge as documented."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog
from tanfeng.outlook import skill
from tanfeng.pages import text
from tanfeng.pages.reports import hindcasts as reports_hindcasts
from tanfeng.targets.lookback import consistency, hindcasts


def _cases(said: float, regions: int = 30, origins: int = 10) -> pd.DataFrame:
    index = pd.MultiIndex.from_product([range(regions), range(2000, 2000 + origins)], names=["region", "origin"])
    rows = pd.DataFrame({"said": said, "came": 0.0}, index=index).reset_index()
    return rows.assign(year=rows["origin"] + 5)


@pytest.fixture(scope="module")
def made_up(catalog: Catalog) -> dict[str, pd.DataFrame]:
    return hindcasts.measured(catalog)


@pytest.fixture(scope="module")
def correlation(catalog: Catalog) -> float:
    return consistency.together(catalog)


@settings(max_examples=15)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=8), st.floats(0, 1))
def test_what_is_said_comes_as_often(said: list[float], correlation: float) -> None:
    rows = pd.DataFrame({"region": range(len(said)), "origin": 2010, "year": 2015, "said": said})
    found = consistency.worlds(rows, correlation).mean(axis=0)
    assert np.abs(found - said).max() < 5 * 0.5 / np.sqrt(consistency.WORLDS)


def test_cases_go_together_as_told() -> None:
    """Signs of two normal errors correlate by arcsine: one province five years on shares nothing, a year on 4 of 5."""
    drawn = consistency.worlds(_cases(0.5, regions=2, origins=6), 0.4)
    for one, other, expected in ((0, 6, 0.4), (0, 1, 0.8), (0, 5, 0.0), (0, 7, 0.4 * 0.8)):
        found = np.corrcoef(drawn[:, one], drawn[:, other])[0, 1]
        assert found == pytest.approx(2 / np.pi * np.arcsin(expected), abs=0.09)


@given(st.integers(0, 2**32 - 1), st.floats(0.05, 0.9))
@settings(max_examples=10)
def test_the_correlation_of_known_errors_is_found(seed: int, correlation: float) -> None:
    generator, years = np.random.default_rng(seed), np.repeat(np.arange(400), 30)
    common, own = generator.standard_normal(400), generator.standard_normal(len(years))
    errors = np.sqrt(correlation) * common[years] + np.sqrt(1 - correlation) * own
    assert consistency.shared(errors, years) == pytest.approx(correlation, abs=0.12)


def test_more_dependence_makes_wider_ranges() -> None:
    rows = _cases(0.6)
    widths = [(found["most"] - found["least"]).item() for found in (consistency.ranges(rows, r) for r in (0, 0.3, 0.9))]
    assert widths == sorted(widths)
    assert widths[0] < widths[2] / 2
    assert consistency.far_off(rows, 0.9) > consistency.far_off(rows, 0.0)


def test_a_fault_in_every_case_is_outside_the_range() -> None:
    found = consistency.ranges(_cases(0.9), 0.1).iloc[0]  # 90 % was said, nothing came
    assert found["gap"] < found["least"]
    assert found["as_far"] < 0.01


def test_right_probabilities_score_what_they_expect() -> None:
    found = consistency.score(_cases(0.8), 0.3)
    assert found["expected"] == pytest.approx(0.16)
    assert found["low"] < 0.16 < found["high"]


def test_small_classes_are_not_judged(made_up: dict[str, pd.DataFrame], correlation: float) -> None:
    for rows in made_up.values():
        assert (consistency.ranges(rows, correlation)["cases"] >= skill.FEWEST).all()


def test_what_the_documents_say(root: Path, made_up: dict[str, pd.DataFrame], correlation: float) -> None:
    lines = (root / "docs" / "methods.md").read_text(encoding="utf-8").splitlines()
    for name, shown in (("percent", "percent"), ("mt", "Mt")):
        rows = made_up[name]
        for row in consistency.ranges(rows, correlation).to_dict("records"):
            gaps = " | ".join(f"{100 * row[key]:+.0f}" for key in ("gap", "least", "most"))
            limits = f"{100 * row['low']:.0f}-{100 * row['high']:.0f} %"
            assert f"| {shown}, {limits} | {row['cases']} | {gaps} | {100 * row['as_far']:.0f} % |" in lines
        score = consistency.score(rows, correlation)
        figures = f"{skill.brier(rows)['score']:.3f} | {score['expected']:.3f} ({score['low']:.3f}-{score['high']:.3f})"
        shares = f"{100 * score['within_bar']:.0f} % | {100 * consistency.far_off(rows, correlation):.0f} %"
        assert f"| {shown} | {figures} | {shares} |" in lines


@pytest.mark.parametrize("lang", text.LANGS)
def test_the_page_has_every_judged_class(made_up: dict[str, pd.DataFrame], correlation: float, lang: str) -> None:
    table = reports_hindcasts.ranges(made_up, correlation, lang, "x")
    judged = [len(consistency.ranges(rows, correlation)) for rows in made_up.values()]
    assert len(table.rows) == sum(judged) >= 4
    said = reports_hindcasts.sentence(made_up, correlation, lang)
    for rows in made_up.values():
        assert f"{consistency.score(rows, correlation)['expected']:.3f}" in said
