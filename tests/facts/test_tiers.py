"""Province, cities and counties: what they add up to, reconciled without a remainder, and a page for every city."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions, league, tiers
from tanfeng.pages.charts import league as league_charts
from tanfeng.pages.page import open_page
from tanfeng.pages.reports import city as city_report
from tanfeng.pages.reports.city import Sentence
from tanfeng.publishing import make
from tanfeng.publishing.plan import chosen, family, reports

Run = Callable[..., tuple[int, str, str]]
PROVINCE = "330000"
CITIES = [f"33{number:02d}00" for number in range(1, 12)]


@pytest.fixture(scope="module")
def balance(catalog: Catalog) -> pd.DataFrame:
    return tiers.balance(catalog, PROVINCE).set_index("year")


@pytest.fixture(scope="module")
def matrix(catalog: Catalog) -> pd.DataFrame:
    return tiers.matrix(catalog, PROVINCE)


class TestBalance:
    def test_golden_sums(self, balance: pd.DataFrame) -> None:
        assert balance.at[2019, "cities_mt"] == pytest.approx(418.29, abs=0.01)
        assert balance.at[2019, "absent"] == "330700"
        assert balance.at[2019, "residual_mt"] == pytest.approx(381.407 - 418.290, abs=0.01)
        assert balance.at[2017, "residual_pct"] == pytest.approx(-17.14, abs=0.01)
        assert balance.at[2017, "counties_mt"] == pytest.approx(369.64, abs=0.01)

    def test_the_sums_are_those_of_the_other_inventories(self, catalog: Catalog, balance: pd.DataFrame) -> None:
        rows = catalog.read("other_inventories")
        for dataset, column in (("city_sum", "cities_mt"), ("county_sum", "counties_mt")):
            known = rows[rows["dataset"] == dataset].set_index("year")["co2_mt"]
            assert balance.loc[known.index, column].to_numpy() == pytest.approx(known.to_numpy(), abs=0.003)

    def test_a_year_with_no_city_has_no_residual(self, balance: pd.DataFrame) -> None:
        assert balance.at[2022, "cities"] == 0
        assert pd.isna(balance.at[2022, "residual_mt"])
        assert balance.at[2022, "province_mt"] == pytest.approx(440.67, abs=0.01)

    def test_complete_years(self, catalog: Catalog) -> None:
        assert tiers.complete_years(catalog, PROVINCE) == [2003, *range(2005, 2018)]

    def test_a_city_is_no_province(self, catalog: Catalog) -> None:
        with pytest.raises(ProjectError, match="330200"):
            tiers.balance(catalog, "330200")


class TestReconciled:
    def test_the_tiers_add_up(self, catalog: Catalog, matrix: pd.DataFrame) -> None:
        sums = matrix.pivot_table(index="year", columns="tier", values="reconciled_mt", aggfunc="sum")
        for year in tiers.complete_years(catalog, PROVINCE):
            row = sums.loc[year]
            assert row["city"] == pytest.approx(row["province"])
            assert row["county"] == pytest.approx(row["province"])

    def test_counties_add_up_to_their_city(self, matrix: pd.DataFrame) -> None:
        rows = matrix[matrix["year"] == 2010]
        below = rows[rows["tier"] == "county"].groupby("parent")["reconciled_mt"].sum()
        above = rows[rows["tier"] == "city"].set_index("id")["reconciled_mt"]
        assert below.to_numpy() == pytest.approx(above.reindex(below.index).to_numpy())

    def test_nothing_is_reconciled_without_every_city(self, matrix: pd.DataFrame) -> None:
        rows = matrix[(matrix["year"] == 2019) & (matrix["tier"] == "city")]
        assert rows["co2_mt"].notna().all()
        assert rows["reconciled_mt"].isna().all()

    def test_order_within_a_year_stays(self, matrix: pd.DataFrame) -> None:
        rows = matrix[(matrix["year"] == 2015) & (matrix["tier"] == "city")]
        assert rows["co2_mt"].rank().tolist() == rows["reconciled_mt"].rank().tolist()

    def test_the_province_is_the_inventory(self, catalog: Catalog, matrix: pd.DataFrame) -> None:
        own = matrix[matrix["tier"] == "province"].set_index("year")["co2_mt"]
        assert own.to_dict() == emissions.series(catalog, PROVINCE, "total").set_index("year")["co2_mt"].to_dict()

    @given(st.lists(st.floats(0.1, 200), min_size=11, max_size=11))
    @settings(max_examples=15, deadline=None)
    def test_any_city_figures_reconcile(self, catalog: Catalog, figures: list[float]) -> None:
        rows = pd.DataFrame({"region": CITIES, "year": 2010, "co2_mt": figures, "status": "reported", "source_id": "x"})
        table = tiers._balance(catalog, PROVINCE).set_index("year")
        factor = table.at[2010, "province_mt"] / table.at[2010, "cities_mt"]
        found = tiers._reconciled(catalog, PROVINCE, rows)["reconciled_mt"]
        assert found.sum() == pytest.approx(factor * sum(figures))


class TestCities:
    @pytest.mark.parametrize("city", CITIES)
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_everything_on_the_page_of_a_city_says_something(self, catalog: Catalog, city: str, lang: str) -> None:
        parts = [
            city_report.INVENTORIES.table(catalog, league.city_series(catalog, city), lang, "x"),
            city_report.COUNTIES.table(catalog, city_report.counties(catalog, city), lang, "x"),
            city_report.city_targets(catalog, city, lang, "x"),
            city_report.city_economy(catalog, city, lang, "x"),
        ]
        assert all(part.said if isinstance(part, Sentence) else part.rows for part in parts)
        assert league_charts.city_inventories(catalog, city, lang).alt.count("→") >= 2
        assert city_report.key_figures(catalog, city).set_index("id").at["co2_last", "value"] > 0

    @pytest.mark.parametrize(
        ("city", "lang", "said"),
        [
            ("330200", "zh", "在参评的10个市中居第9位"),
            ("330200", "zh", "在11个市中居第2位"),
            ("330900", "zh", "与其他市均可分出先后"),
            ("330700", "zh", "缺2019年城市清单"),
            ("330200", "en", "number 9 from the lowest of the 10 cities ranked"),
            ("330900", "en", "clearly apart from every other"),
        ],
    )
    def test_the_answer_names_both_inventories(
        self, catalog: Catalog, root: Path, city: str, lang: str, said: str
    ) -> None:
        cells = json.loads((root / "notebooks/reports/city.ipynb").read_text(encoding="utf-8"))["cells"]
        (cell,) = (one for one in cells if one["metadata"].get("tags") == [lang, "answer"])
        page = open_page("city", city, lang, texts=city_report.TEXTS, start=root)
        values = {"k": page.figures(city_report.key_figures(catalog, city)), "name": page.region_name}
        shown = str(page.answer("".join(cell["source"]), values).data)
        assert said in shown
        assert "与0个市" not in shown

    def test_the_league_leads_to_the_pages_of_the_cities(self, root: Path) -> None:
        source = (root / "notebooks/reports/league.ipynb").read_text(encoding="utf-8")
        anchor = (root / "src/tanfeng/pages/templates/index.html.j2").read_text(encoding="utf-8")
        assert 'id="reports"' in anchor
        assert "(../index.html#reports)" in source
        assert "(../index.en.html#reports)" in source

    def test_targets_of_a_city_or_a_sentence(self, catalog: Catalog) -> None:
        assert isinstance(city_report.city_targets(catalog, "330700", "zh", "x"), Sentence)
        assert len(city_report.city_targets(catalog, "330200", "zh", "x").rows) == 4  # type: ignore[union-attr]

    def test_a_sentence_is_escaped(self) -> None:
        assert Sentence("<b>").html({}) == "<p>&lt;b&gt;</p>"

    def test_a_province_is_no_city(self, catalog: Catalog) -> None:
        with pytest.raises(ProjectError, match="no city"):
            league.city_series(catalog, PROVINCE)

    def test_the_sentence_shows_on_a_page(self) -> None:
        page = open_page("city", "330700", "en")
        assert page.table(Sentence("Nothing.")).data == "<p>Nothing.</p>"  # type: ignore[arg-type]


class TestPlan:
    def test_a_city_has_its_own_reports(self, root: Path) -> None:
        found = reports(root, "330200")
        assert [report.name for report in found] == ["330200/city.zh", "330200/city.en"]
        assert [report.title for report in found] == ["宁波市排放概况", "Emissions of Ningbo"]

    def test_why_a_city_has_no_other_report(self, root: Path) -> None:
        with pytest.raises(ProjectError, match="there are: city; of a city one inventory without fields"):
            reports(root, "330200", names=["league"])
        with pytest.raises(ProjectError, match="there are: city; of a city one inventory without fields"):
            chosen(root, "330200", "zh", ["league"])

    def test_a_province_has_no_city_page(self, root: Path) -> None:
        assert "city" not in {report.slug for report in reports(root, PROVINCE)}

    def test_family(self, root: Path) -> None:
        assert family(root, PROVINCE) == family(root, "331100") == [PROVINCE, *CITIES]

    def test_a_grid_has_none(self, root: Path) -> None:
        with pytest.raises(ProjectError, match="no reports"):
            reports(root, "grid_east_china")

    def test_a_city_without_an_inventory_is_refused(self, run: Run, tables: Path) -> None:
        path = tables / "data" / "observations.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith("co2_city_inventory,330200,")]
        path.write_text("".join(kept), encoding="utf-8")
        (tables / "notebooks" / "reports").mkdir(parents=True)
        for name in ("reports.yaml", "city.ipynb"):
            source = Path(__file__).parents[2] / "notebooks" / "reports" / name
            (tables / "notebooks" / "reports" / name).write_bytes(source.read_bytes())
        status, _, said = run("build", "--region", "330200", cwd=tables)
        assert status == 2
        assert "330200" in said

    @pytest.mark.build
    def test_the_page_of_a_city_builds(self, project: Path, tmp_path: Path) -> None:
        """Of one with targets and all inventories, and of one without; `TestCities` looks at what is on all."""
        pages = [report for city in ("330200", "330700") for report in reports(project, city, "zh")]
        made = make.Build(project, tmp_path).all(make.jobs_for(project, tmp_path, pages))
        assert [one.error for one in made] == [""] * len(pages)
        for report in pages:
            page = (tmp_path / report.page).read_text(encoding="utf-8")
            assert "缺什么" in page, report.region
            assert len(page.encode()) < 500_000, report.region
