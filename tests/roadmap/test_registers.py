"""The three registers: states, what is due, and a chain that breaks visibly when a line is removed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tanfeng.checks import magnitude
from tanfeng.data import links
from tanfeng.data.catalog import Catalog
from tanfeng.data.check import check_tables
from tanfeng.data.problem import Problem
from tanfeng.data.project import ProjectError
from tanfeng.pages.page import open_page
from tanfeng.pages.reports import registers as report
from tanfeng.roadmap import registers
from tanfeng.targets.verdict import judge
from tests.conftest import mistakes

ZHEJIANG = "330000"
CHECKED = [*links.REGISTERS, "observations"]


def without(tables: Path, table: str, start: str) -> list[Problem]:
    """Remove the lines of a table that start so, and check the registers and the figures."""
    path = tables / "data" / f"{table}.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    kept = [line for line in lines if not line.startswith(start)]
    assert len(kept) < len(lines), start
    path.write_text("\n".join(kept), encoding="utf-8")
    return check_tables(Catalog(tables), CHECKED)


def changed(tables: Path, table: str, start: str, old: str, new: str) -> list[Problem]:
    path = tables / "data" / f"{table}.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    place = next(place for place, line in enumerate(lines) if line.startswith(start))
    assert old in lines[place]
    lines[place] = lines[place].replace(old, new, 1)
    path.write_text("\n".join(lines), encoding="utf-8")
    return check_tables(Catalog(tables), CHECKED)


class TestChain:
    def test_a_deleted_measure(self, tables: Path) -> None:
        problems = without(tables, "measures", "ME16,")
        named = {(one.file, one.column, one.found) for one in problems}
        assert ("data/responsibilities.csv", "measure_id", "'ME16'") in named
        assert any(one.chain == "measure ME16 -> target E02 -> indicator pv_capacity" for one in problems)

    def test_every_measure_is_missed_if_it_is_deleted(self, live: Catalog) -> None:
        measures = set(live.read("measures")["id"])
        assert set(live.read("responsibilities")["measure_id"]) == measures

    @pytest.mark.parametrize("target", ["P05", "E29", "C05", "A02b"])  # no measure and no evidence speaks of most
    def test_a_deleted_target_that_nothing_points_at(self, tables: Path, target: str) -> None:
        problems = without(tables, "targets", f"{target},")
        (named,) = [one for one in problems if one.file == "data/plans.csv"]
        assert (named.column, named.found) == ("targets", f"no row {target} in data/targets.csv")
        assert named.chain.endswith(f" -> target {target}")

    def test_every_target_is_named_by_its_plan(self, live: Catalog) -> None:
        for plan, rows in live.read("targets").groupby("plan"):
            assert live.read("plans").set_index("id").at[plan, "targets"].split() == list(rows["id"])

    @pytest.mark.parametrize(("measure", "last"), [("MA11", 2), ("MI17", 4), ("MR01", 7)])
    def test_the_last_of_several_bodies(self, catalog: Catalog, tables: Path, measure: str, last: int) -> None:
        rows = catalog.read("responsibilities").query("measure_id == @measure and sort == @last")
        start = f"{measure},{rows['target_id'].iloc[0]},{last},"
        (problem,) = without(tables, "responsibilities", start)
        assert (problem.file, problem.column) == ("data/measures.csv", "bodies")
        assert problem.expected == f"{last}, as many as its document names"
        assert problem.chain.startswith(f"measure {measure}")

    def test_every_measure_says_how_many_bodies_it_has(self, live: Catalog) -> None:
        assert live.read("measures")["bodies"].notna().all()

    def test_a_deleted_outcome_of_a_target(self, tables: Path) -> None:
        (problem,) = without(tables, "observations", "pv_distributed_capacity,330000,2025-06,")
        assert problem.file == "data/evidence.csv"
        assert problem.found == "pv_distributed_capacity, 330000, 2025-06"
        assert problem.chain == "measure ME18 -> target E11 -> indicator pv_distributed_capacity -> evidence 2025-06"
        assert str(problem).endswith(f"; chain: {problem.chain}")

    def test_a_deleted_outcome_of_a_measure(self, tables: Path) -> None:
        (problem,) = without(tables, "observations", "grid_side_storage_capacity,330000,2025-06,")
        assert problem.chain == "measure ME48 -> indicator grid_side_storage_capacity -> evidence 2025-06"

    def test_a_deleted_source(self, tables: Path) -> None:
        problems = without(tables, "sources", "zj_energy_plan_14fyp_ent400,")
        assert {one.found for one in problems} == {"'zj_energy_plan_14fyp_ent400'"}
        chains_named = {one.chain for one in problems if one.file == "data/measures.csv"}
        assert "measure ME16 -> target E02 -> indicator pv_capacity" in chains_named

    def test_a_deleted_source_of_a_figure_that_is_cited(self, tables: Path) -> None:
        source = "xinhua_capacity_2025_06"
        problems = without(tables, "sources", f"{source},")
        assert any("target E02 -> indicator pv_capacity -> evidence 2025-06" in one.chain for one in problems)

    def test_a_deleted_target(self, tables: Path) -> None:
        problems = without(tables, "targets", "E06,")
        assert {"data/measures.csv", "data/responsibilities.csv", "data/evidence.csv"} <= {one.file for one in problems}
        assert any(one.chain == "measure ME41 -> target E06" for one in problems)

    def test_a_deleted_indicator(self, tables: Path) -> None:
        problems = without(tables, "indicators", "rd_intensity_bulletin,")
        assert any(one.chain == "measure MK01 -> target K01 -> indicator rd_intensity_bulletin" for one in problems)

    def test_a_deleted_parameter(self, tables: Path) -> None:
        problems = without(tables, "measure_parameters", "full_load_hours_coal_330000,")
        assert {one.chain for one in problems} == {
            "measure ME37 -> factor full_load_hours_coal_330000",
            "measure ME40 -> factor full_load_hours_coal_330000",
        }

    def test_deleted_factors_ask_for_a_reason(self, tables: Path) -> None:
        (problem,) = without(tables, "measure_factors", "ME37,")
        assert (problem.column, problem.expected) == ("no_effect", "why no effect is computed (ME37)")

    def test_the_registers_must_agree_on_the_target(self, tables: Path) -> None:
        (problem,) = changed(tables, "responsibilities", "ME29,", ",P04,", ",P05,")
        assert "'P05' for measure ME29" in problem.found
        assert problem.expected.startswith("'P04'")

    def test_a_measure_can_not_contain_itself(self, tables: Path) -> None:
        problems = changed(tables, "measures", "ME28,", ",ME33,", ",ME17,")
        assert {one.column for one in problems} == {"part_of"}
        assert len(problems) >= 3

    def test_an_outcome_in_a_unit_of_another_kind(self, tables: Path) -> None:
        problems = changed(tables, "observations", "pumped_storage_capacity,330000,2025-12,", "10^4 kW", "10^8 kWh")
        (problem,) = problems
        assert problem.column == "unit"
        assert "10^4 kW" in problem.expected
        assert problem.chain == (
            "measures ME41, ME42 -> target E06 -> indicator pumped_storage_capacity -> evidence 2025-12; "
            "measure ME42 -> indicator pumped_storage_capacity -> evidence 2025-12"
        )

    @pytest.mark.parametrize("unit", ["kW", "GW", "MW"])
    def test_an_outcome_in_a_unit_of_another_size(self, tables: Path, unit: str) -> None:
        assert not changed(tables, "observations", "pv_distributed_capacity,330000,2025-06,", "10^4 kW", unit)
        (problem,) = magnitude.check(Catalog(tables))
        assert problem.found == f"4943 {unit} (pv_distributed_capacity, 330000, 2025-06)"
        assert "measure ME18 -> target E11" in problem.chain

    def test_a_rule_that_is_applied_has_a_row(self, tables: Path) -> None:
        without(tables, "rules", "light,")
        (problem,) = mistakes(Catalog(tables))
        assert (problem.file, problem.column, problem.found) == ("data/rules.csv", "id", "no row light")
        assert problem.chain == "target -> schedule -> light -> rule light"

    def test_no_rule_but_one(self, tables: Path) -> None:
        path = tables / "data" / "rules.csv"
        head, first, *_ = path.read_text(encoding="utf-8").splitlines()
        path.write_text(f"{head}\n{first}\n", encoding="utf-8")
        kept = first.partition(",")[0]
        assert {one.found for one in check_tables(Catalog(tables), ["rules"])} == {
            f"no row {rule}" for rule in links.RULES if rule != kept
        }

    def test_every_rule_is_applied(self, live: Catalog) -> None:
        assert set(links.RULES) == set(live.read("rules")["id"])

    def test_duties_that_were_deleted(self, tables: Path) -> None:
        path = tables / "data" / "responsibilities.csv"
        lines = path.read_text(encoding="utf-8").split("\n")
        path.write_text("\n".join(line for line in lines if ",responsible," not in line), encoding="utf-8")
        problems = check_tables(Catalog(tables), CHECKED)
        assert {one.found for one in problems} == {
            f"no line of {name} in data/responsibilities.csv" for name in ("ME28", "ME29", "ME30", "ME31")
        }
        assert "measure ME31 -> target E15 -> indicator natural_gas_consumption" in {one.chain for one in problems}

    def test_one_body_of_several_that_was_deleted(self, tables: Path) -> None:
        (problem,) = without(tables, "responsibilities", "ME29,P04,2,")
        assert problem.found == "lines 1, 3 of ME29"

    def test_the_command_names_the_chain(self, tables: Path, run: Callable[..., tuple[int, str, str]]) -> None:
        without(tables, "measures", "ME16,")
        status, out, _ = run("data", "check", cwd=tables)
        assert status == 1
        assert "chain: measure ME16 -> target E02 -> indicator pv_capacity" in out

    def test_a_local_figure_keeps_the_chain(self, tables: Path) -> None:
        path = tables / "data" / "observations.csv"
        lines = path.read_text(encoding="utf-8").split("\n")
        own = next(line for line in lines if line.startswith("pv_distributed_capacity,330000,2025-06,"))
        (tables / "data" / "local").mkdir()
        (tables / "data" / "local" / "observations.csv").write_text(f"{lines[0]}\n{own}\n", encoding="utf-8")
        assert check_tables(Catalog(tables), CHECKED) == []


def test_every_figure_a_verdict_rests_on_is_registered(live: Catalog) -> None:
    rows = live.read("evidence").query("table == 'targets'")
    known = set(rows[["item", "indicator", "period"]].itertuples(index=False, name=None))
    for region in (ZHEJIANG, "100000"):
        for verdict in judge(live, region):
            if verdict.target["variant"] != "firm" or verdict.verdict not in {"met", "missed"}:
                continue
            first = verdict.evidence[0]
            key = (verdict.target["id"], first["indicator"])
            assert (*key, first["period"]) in known or any(one[:2] == key for one in known), key


class TestStates:
    @pytest.mark.parametrize(
        ("measure", "state", "due"),
        [
            ("ME16", "done", ""),  # the verdict on its target
            ("ME28", "done", ""),  # a part alone reaches it
            ("ME48", "done", ""),  # storage
            ("ME14", "done", ""),  # in service, as the document says
            ("ME42", "done", ""),  # a reported result
            ("ME35", "not_proven", "overdue"),  # a part below it shows nothing
            ("MK02", "not_proven", "overdue"),  # "about" 3.3 does not answer 3.3
            ("MI01", "not_proven", "overdue"),  # published to 2021 only
            ("ME10", "short", "overdue"),  # every unit on the grid at the end of 2025 is not enough
            ("MA02", "not_shown", "overdue"),
            ("ME01", "not_due", "soon"),  # on the grid, not yet in operation
            ("ME27", "done", ""),
            ("ME44", "not_due", ""),
            ("ME09", "no_date", ""),
            ("MA07", "lapsed", ""),
            ("MT16", "draft", ""),
        ],
    )
    def test_state(self, catalog: Catalog, measure: str, state: str, due: str) -> None:
        row = registers.measures(catalog, ZHEJIANG).set_index("id").loc[measure]
        assert (row["state"], row["due"]) == (state, due)

    def test_due_follows_the_date_of_the_tables(self, tables: Path) -> None:
        path = tables / "data" / "datapackage.json"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('"version": "2026.11"', '"version": "2028.01"'), encoding="utf-8")
        rows = registers.measures(Catalog(tables), ZHEJIANG).set_index("id")
        assert (rows.at["ME01", "due"], rows.at["ME44", "due"]) == ("overdue", "soon")

    def test_counts(self, catalog: Catalog) -> None:
        rows = registers.measures(catalog, ZHEJIANG)
        assert len(rows) == 117
        assert set(rows["state"]) <= set(registers.STATES)
        assert (rows["due"] == "overdue").sum() == rows["state"].isin(["short", "not_proven", "not_shown"]).sum()
        assert len(registers.measures(catalog, "100000")) == 6

    def test_wrong_questions(self, catalog: Catalog) -> None:
        for region, field, due in (("440000", None, None), (ZHEJIANG, "space", None), (ZHEJIANG, None, "later")):
            with pytest.raises(ProjectError):
                registers.measures(catalog, region, field, due)


class TestResponsibilities:
    def test_only_four_measures_have_a_duty(self, catalog: Catalog) -> None:
        rows = registers.responsibilities(catalog, ZHEJIANG)
        duty = rows[rows["role"] == "responsible"]
        assert sorted(set(duty["measure_id"])) == ["ME28", "ME29", "ME30", "ME31"]
        assert set(duty["body_zh"]) == {"省发展改革委", "省建设厅", "省能源局"}

    def test_no_body_is_invented(self, live: Catalog) -> None:
        rows = live.read("responsibilities")
        assert ((rows["body_zh"] == "") == (rows["role"] == "not_named")).all()
        assert ((rows["body_zh"] == "") == (rows["body_en"] == "")).all()


def test_flagged_measures_have_no_figure_of_their_scope(catalog: Catalog) -> None:
    rows = registers.flagged(catalog, ZHEJIANG).set_index("id")
    assert {"ME01", "ME12", "ME22", "MI17"} <= set(rows.index)
    assert not {"ME16", "ME48", "MA07", "MT16"} & set(rows.index)


def test_the_chain_says_what_it_lacks(catalog: Catalog) -> None:
    rows = registers.chain(catalog, ZHEJIANG).set_index("measure_id")
    assert rows.at["ME16", "lacks"] == "body"
    assert rows.at["ME39", "lacks"] == "target body evidence"
    assert "pv_capacity 2025-06" in rows.at["ME16", "evidence"]


def test_what_contains_what(catalog: Catalog) -> None:
    assert links.wholes(catalog, "ME34") == ["ME17", "ME16", "ME28", "ME33"]
    parts = catalog.read("measures").set_index("id")["part_of"]
    assert (parts[["ME18", "ME19", "ME20"]] == "ME17").all()


@pytest.mark.parametrize("lang", ["zh", "en"])
class TestTables:
    def test_every_table_has_rows_and_words(self, catalog: Catalog, lang: str) -> None:
        given = {
            report.TARGETS: report.by_field(catalog, registers.targets(catalog, ZHEJIANG)),
            report.MEASURES: report.measures(catalog, ZHEJIANG),
            report.RESPONSIBILITIES: report.responsibilities(catalog, ZHEJIANG),
            report.EXPECTED: report.expected(catalog, ZHEJIANG),
            report.OVERDUE: report.due(catalog, ZHEJIANG, "overdue"),
            report.SOON: report.due(catalog, ZHEJIANG, "soon"),
            report.FLAGGED: report.measures(catalog, ZHEJIANG),
            report.CHAIN: report.chain(catalog, ZHEJIANG),
        }
        assert not report.flagged(catalog, ZHEJIANG).empty
        tables = [layout.table(catalog, rows, lang, "x") for layout, rows in given.items()]
        for table in tables:
            assert table.rows
            shown = [(key, cell["text"]) for row in table.rows for key, cell in row.items()]
            assert all(isinstance(one, str) and (one or key == "verdict") for key, one in shown)
            assert not any("nan" in one.split() or "None" in one for _, one in shown)
        assert "<table>" in tables[0].html({source: 1 for source in tables[0].sources})

    def test_a_result_that_proves_nothing_is_named(self, catalog: Catalog, lang: str) -> None:
        table = report.OVERDUE.table(catalog, report.due(catalog, ZHEJIANG, "overdue"), lang, "x")
        rows = {row["id"]["text"]: row for row in table.rows}
        words = {"zh": "结果未能证明完成", "en": "due, the result does not show that it is completed"}
        assert {name for name, row in rows.items() if row["state"]["text"] == words[lang]} == {
            "MK02", "ME35", "MI01", "MT12",
        }  # fmt: skip

    def test_lines_that_do_not_agree_show_both_figures(self, catalog: Catalog, lang: str) -> None:
        tables = {
            "value": report.TARGETS.table(catalog, registers.targets(catalog, ZHEJIANG), lang, "x"),
            "quantity": report.MEASURES.table(catalog, report.measures(catalog, ZHEJIANG), lang, "x"),
        }
        cells = {row["id"]["text"]: row[key]["text"] for key, table in tables.items() for row in table.rows}
        shown = {
            "zh": {
                "T09b": "（与T09的12万个不一致）",
                "T09": "（与T09b的10万个不一致）",
                "ME31": "（与E15的315亿立方米不一致）",
            },
            "en": {"T09b": "(T09 says 120 thousand)", "ME31": "(E15 says 31,500 million m3)", "E15": "(ME31 says 20,"},
        }
        for name, words in shown[lang].items():
            assert words in cells[name]
        marks = {"zh": "不一致", "en": " says "}
        assert {name for name, cell in cells.items() if marks[lang] in cell} == {
            *("A04", "A04b", "T09", "T09b", "E15", "ME31"),
        }

    def test_the_electricity_of_trucks_is_said(self, catalog: Catalog, lang: str) -> None:
        table = report.EXPECTED.table(catalog, report.expected(catalog, ZHEJIANG), lang, "x")
        rows = {row["id"]["text"]: row for row in table.rows}
        words = {"zh": "增加3.3万吨，相抵后净增0.9万吨", "en": "it adds 33.4 kt, 9.4 kt more in all"}
        assert {name for name, row in rows.items() if words[lang] in row["formula"]["text"]} == {"MT03"}
        every = report.MEASURES.table(catalog, report.measures(catalog, ZHEJIANG), lang, "x")
        effect = {row["id"]["text"]: row for row in every.rows}
        assert effect["MT03"]["effect"]["text"].endswith({"zh": "（只计节省的燃油）", "en": "(fuel saved only)"}[lang])

    def test_broken_places_are_shown_with_their_chain(self, tables: Path, lang: str) -> None:
        without(tables, "measures", "ME16,")
        page = open_page("registers", ZHEJIANG, lang, texts=report.TEXTS, start=tables)
        table = page.tabulate(report.DANGLING, report.broken(page.catalog), "dangling")
        rows = table.rows
        assert all(set(row) == {"place", "found", "expected", "chain"} for row in rows)
        assert any("measure ME16 -> target E02" in row["chain"]["text"] for row in rows)


class TestCommand:
    def test_formats(self, run: Callable[..., tuple[int, str, str]]) -> None:
        status, out, err = run("measures", "--field", "energy", "--format", "csv")
        assert (status, err) == (0, "")
        assert len(out.splitlines()) == 54
        assert out.splitlines()[0].split(",") == report.EXPORTED
        status, out, _ = run("measures", "--due", "overdue", "--lang", "en")
        assert status == 0
        assert "ME10  short      2025  result_missing Nuclear installed capacity: 10 GW" in out

    @pytest.mark.parametrize(
        "wrong", [("--due", "later"), ("--field", "space"), ("--region", "440000"), ("--format", "x")]
    )
    def test_wrong_questions(self, run: Callable[..., tuple[int, str, str]], wrong: tuple[str, str]) -> None:
        status, out, err = run("measures", *wrong)
        assert (status, out) == (2, "")
        assert wrong[1] in err
