"""A number of a method is the one the code has: each line is a sentence of `docs/methods/` with its value looked up."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from tanfeng.data import links
from tanfeng.data.catalog import Catalog
from tanfeng.facts import ranking, tapio
from tanfeng.forecast import analogues, backtest, conformal, learning, panel, peaks, r1
from tanfeng.outlook import committed, nowcast, past, paths, pulse, scenarios, skill
from tanfeng.roadmap import least_cost
from tanfeng.targets import lights, probability, progress, requirement, rules
from tanfeng.targets.lookback import hindcasts
from tests.conftest import ROOT

WORDS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 8: "eight", 10: "ten"}
SAID = [
    ("forecast", "R1 uses at most the last {} values and needs {}", r1.LONGEST, WORDS[r1.SHORTEST]),
    ("forecast", "For each of {} parameter sets", len(r1.PARAMETERS)),
    ("forecast", "kept within {} and {:.0f} times the last value", *r1.LIMITS),
    ("forecast", "phi in {} {} {} smoothing", *r1.DAMPING),
    ("intervals", "their median (last {} years)", panel.RECENT),
    ("intervals", "for 1 to {} years ahead, origins with at least {} years", conformal.LEARNT_YEARS, "eight"),
    ("intervals", "Quantiles of `r_h` at {} probabilities", len(conformal.PROBABILITIES)),
    ("intervals", "Joint paths: {} whole residual trajectories", conformal.PATHS),
    ("intervals", "it is widened by {}, the provinces are not", learning.WIDENING),
    ("intervals", "is what {:.0f} % of the regions teach (seed {})", 100 * learning.LEARN_SHARE, learning.SEED),
    ("peaked", "Mann-Kendall test on the last {} years at {:.0f} %", WORDS[peaks.TREND_YEARS], 100 * peaks.SIGNIFICANT),
    ("backtest", "95 % interval of OWA from {} resamples", backtest.RESAMPLES),
    ("outlook", "{} joint paths to {}", conformal.PATHS, paths.UNTIL),
    ("outlook", "all origins since {}", nowcast.FIRST_ORIGIN),
    ("outlook", "origins {}-{}, all {} fields", past.ORIGINS[0], past.ORIGINS[-1], "six"),
    ("outlook", "They are widened by {}", pulse.WIDER),
    ("outlook", "engine and times {}", past.R1_ERRORS),
    ("outlook", "up to {} years ahead", WORDS[past.TOGETHER]),
    ("scenarios", "`(GDP / course of GDP)^{}`", scenarios.GROWTH_SHARE),
    ("skill", "origins {}-{}", past.ORIGINS[0], past.ORIGINS[-1]),
    ("made-up-targets", "{:,} worlds in which every probability is right", hindcasts.WORLDS),
    ("made-up-targets", "are drawn again, {:,} times", skill.DRAWS),
    ("made-up-targets", "a test of {:.0f} points", 100 * hindcasts.FAR),
    ("verdicts", "when it is {:.0f} % or more off the required value", 100 * rules.ABOUT),
    ("verdicts", "more than {} points from the chain", requirement.APART_POINTS),
    ("verdicts", "likely met from {}, likely missed up to {}", rules.LIKELY, rules.UNLIKELY),
    ("verdicts", "starts at {} or above, likely missed where it ends at {} or below", links.LEANING, links.UNLIKELY),
    ("schedule", "missed by at most {:.0f} % of the required value", 100 * lights.YELLOW_GAP),
    ("schedule", "{:.0f} points exceed, {:.0f} meet, {:.0f} mostly meet", *(score for score, _ in lights.SCORES)),
    ("schedule", "up to {} on track, up to {:.0f} off track", progress.ENOUGH, progress.TWICE),
    ("schedule", "of the last {} years ({} at least)", WORDS[progress.WINDOW_YEARS], WORDS[progress.FEWEST_YEARS]),
    ("schedule", "total CO2 second from {}", lights.CARBON_CONTROL_FROM),
    ("target-probability", "stocks of {:,.0f} vehicles or more", 1e4 * analogues.SMALLEST),
    ("target-probability", "Above {} % a year", analogues.CLASSES[-1]),
    ("target-probability", "last published figure is one to {} years old", WORDS[probability.FARTHEST_YEARS]),
    ("target-probability", "{} or more last years without a gap", WORDS[probability.SHORTEST_SERIES].capitalize()),
    ("league", "{:,} draws of the posterior", ranking.DRAWS),
    ("league", "whose share is nearest to {:.0f} %", 100 * ranking.LEVEL),
    ("decomposition", "0 to {0} | {0} to {1} | above {1}", *tapio.COUPLED),
    ("least-cost", "available from {}", least_cost.UNDATED_FROM),
]  # fmt: skip


def studied() -> str:
    """What the studies were made of: R1, how its errors are taken, and the panels, as one hash."""
    method = (r1.PARAMETERS, r1.POWER, r1.LONGEST, r1.SHORTEST, r1.LIMITS, learning.OWN_SHARE, learning.WIDENING)
    return hashlib.sha256(repr(method).encode() + (panel.LEARNT / "panels.csv").read_bytes()).hexdigest()[:12]


@pytest.mark.parametrize("page", ["peaked", "backtest"])
def test_a_record_is_of_what_is_there(page: str) -> None:
    """Nobody can repeat the studies without the panels: where R1 or a panel changes, they are made anew or dropped."""
    told = (ROOT / "docs" / "methods" / f"{page}.md").read_text(encoding="utf-8")
    assert f"until R1 or a panel changes (`{studied()}`)." in told


@pytest.mark.parametrize("said", SAID, ids=lambda said: f"{said[0]}: {said[1][:40]}")
def test_the_document_says_what_the_code_does(said: tuple[str, ...]) -> None:
    page, sentence, *values = said
    told = " ".join((ROOT / "docs" / "methods" / f"{page}.md").read_text(encoding="utf-8").split())
    assert sentence.format(*values) in told


def test_what_is_known_of_nuclear_power(catalog: Catalog) -> None:
    told = (ROOT / "docs" / "methods" / "outlook.md").read_text(encoding="utf-8")
    assert f"A share of {committed.share(catalog):g} takes the place of fossil power" in " ".join(told.split())


def test_equal_rates_of_the_example() -> None:
    """The schedule at equal rates of a fall of 14.5 % in five years."""
    shown = ", ".join(f"{round(100 * (1 - (1 - 0.145) ** (year / 5)), 2):g}" for year in np.arange(1, 6))
    assert f"({shown} % for" in (ROOT / "docs" / "methods" / "schedule.md").read_text(encoding="utf-8")
