"""The crosswalk: sums stay those of the fields, categories are those of the guidelines, nothing is left unmapped."""

from __future__ import annotations

import io
from collections.abc import Callable

import pandas as pd
import pytest

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import crosswalk, emissions

Run = Callable[..., tuple[int, str, str]]
REGION = "330000"
SCHEMES = pytest.mark.parametrize("scheme", list(crosswalk.SCHEMES))
UNSPECIFIED = "1.A.2.m"  # industry "for which separate data are not available"


@SCHEMES
@pytest.mark.parametrize("corrections", [True, False])
def test_fields_and_years_keep_their_sums(catalog: Catalog, scheme: str, corrections: bool) -> None:
    rows = crosswalk.by(catalog, REGION, scheme, corrections)
    fields = emissions.emissions(catalog, REGION, "field", corrections).set_index(["year", "field"])["co2_mt"]
    found = rows.groupby(["year", "field"])["co2_mt"].sum()
    assert len(found) == len(fields) == 26 * 6
    assert (found - fields).abs().max() < 1e-6


@SCHEMES
def test_the_command_keeps_them_too(catalog: Catalog, run: Run, scheme: str) -> None:
    status, out, _ = run("inventory", "--by", scheme)
    assert status == 0
    found = pd.read_csv(io.StringIO(out)).groupby("year")["co2_mt"].sum()
    _, told, _ = run("inventory", "--by", "field")
    fields = pd.read_csv(io.StringIO(told)).groupby("year")["co2_mt"].sum()
    known = emissions.series(catalog, REGION, "total").set_index("year")["co2_mt"]
    assert (found - fields).abs().max() < 1e-6
    assert (found - known).abs().max() < 1e-6


@SCHEMES
def test_a_region_that_is_not_broken_down_is_refused(run: Run, scheme: str) -> None:
    status, out, err = run("inventory", "--by", scheme, "--region", "320000")
    assert (status, out) == (2, "")
    assert "not broken down" in err


def test_another_classification_is_refused(catalog: Catalog) -> None:
    with pytest.raises(ProjectError, match="ipcc2006, gpc"):
        crosswalk.by(catalog, REGION, "crf")


class TestTables:
    """Tables of today: the categories are held to the library that keeps those of the guidelines."""

    def test_the_categories_are_those_of_the_guidelines(self, live: Catalog) -> None:
        import climate_categories  # loads for two seconds

        rows = live.read("categories").query("scheme == 'ipcc2006'")
        known = climate_categories.IPCC2006
        assert {row.id: row.en for row in rows.itertuples()} == {code: known[code].title for code in rows["id"]}

    def test_every_code_is_of_its_scheme(self, live: Catalog) -> None:
        scheme = live.read("categories").set_index("id")["scheme"]
        rows = live.read("crosswalk")
        for column, name in (("ipcc2006", "ipcc2006"), ("ipcc2006_told", "ipcc2006"), ("gpc", "gpc")):
            codes = rows.loc[rows[column] != "", column]
            assert (codes.map(scheme) == name).all(), column
        named = set(rows["ipcc2006"]) | set(rows["ipcc2006_told"]) | set(rows["gpc"])
        noted = {code for code in scheme.index if rows["note_zh"].str.contains(code, regex=False).any()}
        assert set(scheme.index) == (named | noted) - {""}

    def test_every_sector_is_mapped_once(self, live: Catalog) -> None:
        rows = live.read("crosswalk")
        own = rows[rows["ceads_sector"] != ""]
        assert set(own["ceads_sector"]) == set(live.read("ceads_sectors")["ceads_sector"])
        assert not own.duplicated(["ceads_sector", "part"]).any()
        assert own.loc[own["part"] == "process", "ceads_sector"].tolist() == ["Nonmetal Mineral Products"]
        assert (own.loc[~own["ceads_sector"].isin(["Urban", "Rural"]), "gbt4754"] != "").all()

    def test_a_subsector_is_told_in_one_category(self, live: Catalog) -> None:
        rows = crosswalk.sectors(live)
        told = rows.groupby(["subsector", "part"])[["ipcc2006_told", "gpc"]].nunique()
        assert (told == 1).all(axis=None)
        differs = rows[rows["ipcc2006"] != rows["ipcc2006_told"]]
        assert set(differs["ipcc2006_told"]) == {UNSPECIFIED}
        assert set(differs["fit"]) == {"merged"}

    def test_what_does_not_fit_says_why(self, live: Catalog) -> None:
        rows = live.read("crosswalk")
        odd = rows[rows["fit"] != "exact"]
        assert (odd[["note_zh", "note_en"]] != "").all(axis=None)
        assert set(crosswalk.absent(live)["ipcc2006"]).isdisjoint(rows["ipcc2006_told"])


def test_refining_moves_and_nothing_else(catalog: Catalog) -> None:
    rows = crosswalk.refining_as_industry(catalog, REGION)
    moved = crosswalk.by(catalog, REGION, "ipcc2006").query("category == '1.A.1.b'").set_index("year")["co2_mt"]
    assert rows.set_index("year")["refining_mt"].tolist() == pytest.approx(moved.tolist())
    before, after = rows["energy_mt"] + rows["industry_mt"], rows["energy_without_mt"] + rows["industry_with_mt"]
    assert after.tolist() == pytest.approx(before.tolist())
