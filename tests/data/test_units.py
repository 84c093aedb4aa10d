from __future__ import annotations

import itertools

import pytest

from tanfeng.data.catalog import Catalog, ProjectError
from tanfeng.data.units import factor


def test_every_pair_of_one_dimension_converts_there_and_back(live: Catalog) -> None:
    units = live.read("units")
    for _, group in units.groupby("dimension"):
        for one, other in itertools.combinations(group["id"], 2):
            assert factor(live, one, other) * factor(live, other, one) == pytest.approx(1)


def test_capacity_reads_in_gigawatt(catalog: Catalog) -> None:
    assert 2762 * factor(catalog, "10^4 kW", "GW") == pytest.approx(27.62)


def test_unknown_unit_is_named(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match="parsec"):
        factor(catalog, "parsec", "km")


def test_mass_is_not_money(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match="same thing"):
        factor(catalog, "10^4 t", "yuan")
