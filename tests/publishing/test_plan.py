"""Which reports there are, and how they are named."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tanfeng.data.project import ProjectError
from tanfeng.publishing import plan
from tanfeng.publishing.plan import Report, reports
from tanfeng.publishing.render import FIRST

FIELDS = ["energy", "industry", "buildings", "transport", "agriculture", "residential"]
LISTED = yaml.safe_load((Path(__file__).parents[2] / "notebooks/reports/reports.yaml").read_text(encoding="utf-8"))[
    "reports"
]
ALL = 2 * sum(len(FIELDS) if "each" in one else 1 for one in LISTED if "levels" not in one)


def test_every_report_in_two_languages(root: Path) -> None:
    found = reports(root, "330000")
    assert len(found) == len({report.page for report in found}) == ALL
    slugs = [report.slug for report in found if report.lang == "zh"]
    fields = [f"field-{name}" for name in FIELDS]
    listed = [one["id"] for one in LISTED if "levels" not in one]
    at = listed.index("field")
    assert slugs == [*listed[:at], *fields, *listed[at + 1 :]]
    assert slugs[0] == FIRST
    assert [report.slug for report in reports(root, "330000", "en")] == slugs


def test_every_notebook_exists(root: Path) -> None:
    assert all((root / report.notebook).is_file() for report in reports(root, "330000"))


def test_names_pages_and_parameters(root: Path) -> None:
    (report,) = reports(root, "330000", "zh", ["field-energy"])
    assert report.name == "330000/field-energy.zh"
    assert report.page == Path("330000", "field-energy.zh.html")
    assert report.notebook_parameters == {"region": "330000", "lang": "zh", "field": "energy"}


def test_titles_are_in_the_language_of_the_page(root: Path) -> None:
    for report in reports(root, "330000"):
        assert "{" not in report.title
        assert report.title.isascii() == (report.lang == "en")


@pytest.mark.parametrize(
    ("names", "count"), [(["field"], 12), (["overview"], 2), (["overview", "field-energy"], 4), ([], ALL)]
)
def test_choosing(root: Path, names: list[str], count: int) -> None:
    assert len(reports(root, "330000", names=names)) == count


@pytest.mark.parametrize(
    ("region", "lang", "names", "word"),
    [
        ("999999", "all", None, "999999"),
        ("330000", "fr", None, "fr"),
        ("330000", "all", ["nothing"], "nothing"),
        ("330000", "all", ["overview", "nothing"], "field-energy"),
    ],
)
def test_an_unknown_name_is_named(root: Path, region: str, lang: str, names: list[str] | None, word: str) -> None:
    with pytest.raises(ProjectError, match=word):
        reports(root, region, lang, names)


MORE = "- {id: more, notebook: overview.ipynb, group: basis, zh: 更多, en: More}"


def test_a_report_is_added_in_the_yaml_alone(project: Path) -> None:
    path = project / "notebooks" / "reports" / "reports.yaml"
    path.write_text(
        path.read_text(encoding="utf-8") + MORE + "\n",
        encoding="utf-8",
    )
    found = reports(project, "330000", "en")
    assert found[-1] == Report("more", "330000", "en", Path("notebooks/reports/overview.ipynb"), "More", {}, "basis")


def test_parameters_reach_the_notebook(project: Path) -> None:
    path = project / "notebooks" / "reports" / "reports.yaml"
    given = MORE.replace("group:", "parameters: {plan: 15FYP}, group:")
    path.write_text(path.read_text(encoding="utf-8") + given + "\n", encoding="utf-8")
    assert reports(project, "330000", "en", ["more"])[0].notebook_parameters == {
        "region": "330000",
        "lang": "en",
        "plan": "15FYP",
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("group: basis", "grup: basis"), r"unknown key 'grup' \(did you mean group\?\)"),
        (("group: basis, ", ""), f"report {len(LISTED) + 1} .more.: found None for group; expected the id of a group"),
        (("group: basis", "group: bases"), "found 'bases' for group; known are: whole, targets"),
        (("notebook: overview.ipynb", "notebook: no.ipynb"), "there is no notebook notebooks/reports/no.ipynb"),
        (("zh: 更多", "zh: 5"), "found 5 for zh; expected a title"),
        (("zh: 更多", "zh: 更多, each: plan"), "found 'plan' for each; known are: field"),
        (("zh: 更多", "zh: 更多, levels: [village]"), "found 'village' for levels; known are: country, province"),
        (("zh: 更多", "zh: 更多, levels: city"), "found 'city' for levels; expected a list of levels"),
        (("zh: 更多", "zh: 更多, parameters: [1]"), "found .1. for parameters; expected names with values"),
        (("zh: 更多", "zh: 更多, parameters: {ratio: .nan}"), "expected names with values"),
        (("zh: 更多", "zh: 更多, parameters: {region: '320000'}"), "expected names with values"),
        (("zh: 更多", "zh: 更多, plan: 15FYP"), "unknown key 'plan'; known are: id, notebook"),
        (("zh: 更多", "zh: '{year}'"), "expected a title, which may use"),
        (("id: more", "id: ../more"), "expected a name of letters, digits and -"),
        (("notebook: overview", "notebook: ../reports/overview"), "expected the file of a notebook"),
        (("- {id", "- [id"), "cannot be read"),
    ],
)
def test_what_is_wrong_in_the_yaml_is_named(project: Path, change: tuple[str, str], said: str) -> None:
    path = project / "notebooks" / "reports" / "reports.yaml"
    path.write_text(path.read_text(encoding="utf-8") + MORE.replace(*change) + "\n", encoding="utf-8")
    with pytest.raises(ProjectError, match=said):
        reports(project, "330000", "en")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("groups:", "group:"), r"unknown key 'group' \(did you mean groups\?\)"),
        (
            ("zh: 总览, en: Overview}\n- {id: targets", "zh: 总览}\n- {id: targets"),
            "group 1: found None for en; expected a title",
        ),
        (("id: registers,", "id: targets,"), "2 reports have the id 'targets'; expected one"),
        (("{id: basis, zh", "{id: targets, zh"), "2 groups have the id 'targets'; expected one"),
        (("zh: 总览,", "zh: 总览, zh: 概览,"), "the key 'zh' stands twice"),
    ],
)
def test_what_is_wrong_with_the_lists_is_named(project: Path, change: tuple[str, str], said: str) -> None:
    path = project / "notebooks" / "reports" / "reports.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(ProjectError, match=said):
        reports(project, "330000", "en")


def test_tables_saved_by_a_spreadsheet_are_read(project: Path) -> None:
    for name in ("regions", "fields"):
        path = project / "data" / f"{name}.csv"
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(reports(project, "330000")) == ALL


class TestProvinces:
    def test_a_report_is_made_where_the_tables_hold_what_it_needs(self, root: Path) -> None:
        assert plan.homes(root)[0] == "330000", "the home region comes first"
        assert "520000" in plan.panel(root)
        assert not set(plan.panel(root)) & set(plan.homes(root))
        needing = {one["id"] for one in LISTED if set(one.get("needs", ())) - {"inventory"}}
        found = {report.slug for report in plan.reports(root, "520000", "zh")}
        assert {"overview", "field-energy", "peak", "league", "data", "province"} <= found
        assert not needing & found

    @pytest.mark.parametrize(
        ("need", "held"),
        [
            ("targets", True),
            ("targets.indicator=pv_capacity", True),
            ("targets.indicator=pv_capacity&plan=14FYP", True),
            ("targets.indicator=pv_capacity&plan=11FYP", False),
        ],
    )
    def test_what_a_report_needs(self, root: Path, need: str, held: bool) -> None:
        assert plan._held(root, "330000", need) == held
        assert not plan._held(root, "520000", need)

    def test_targets_without_measures_make_the_reports_of_targets(self, project: Path) -> None:
        path = project / "data" / "targets.csv"
        path.write_text(
            path.read_text(encoding="utf-8").replace(
                "N01,energy_intensity_change_assessment,100000", "N01,energy_intensity_change_assessment,520000"
            ),
            encoding="utf-8",
        )
        assert "520000" in plan.homes(project)
        found = {report.slug for report in plan.reports(project, "520000", "zh")}
        assert "targets" in found
        assert not {"registers", "roadmap", "province"} & found

    def test_all_are_the_set_and_a_page_for_each_other_province(self, root: Path) -> None:
        every = plan.chosen(root, plan.ALL, "zh")
        own = [report for one in plan.homes(root) for report in plan.reports(root, one, "zh")]
        assert every[: len(own)] == own
        assert [report.region for report in every[len(own) :]] == plan.panel(root)
        assert len({report.name for report in every}) == len(every)

    def test_names_choose_among_all_of_them(self, root: Path) -> None:
        assert {report.slug for report in plan.chosen(root, plan.ALL, "en", ["province", "peak"])} == {
            "province",
            "peak",
        }
        with pytest.raises(ProjectError, match="no report 'nothing'"):
            plan.chosen(root, plan.ALL, "zh", ["nothing"])

    def test_the_index_is_the_same_whatever_was_built_last(self, root: Path) -> None:
        assert plan.listed(root, "330000") == plan.listed(root, "320000") == plan.listed(root, plan.ALL)
        assert plan.listed(root, "330000")[0].name == "330000/overview.zh"
