"""Drawing pages anew: side by side, and still all of them when a process is killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tanfeng.publishing.drawing import FEW, Desk, Result
from tanfeng.publishing.plan import Report

REPORTS = [Report(f"r{number}", "330000", lang, Path("x.ipynb"), "x") for number in range(FEW) for lang in ("zh", "en")]


class Pretended(Desk):
    """Says in which process it drew; one page is the death of any process but the first."""

    def draw(self, report: Report, outcome: object, seconds: float) -> Result:
        if report.slug == self.revision and os.getpid() != int(self.scratch.name):
            os.kill(os.getpid(), signal.SIGKILL)
        return Result(report, 0.0, str(os.getpid()), ran=outcome is not None)


def drawn(slots: int, reports: list[Report] = REPORTS, deadly: str = "") -> list[Result]:
    desk = Pretended(Path(), Path(), Path(str(os.getpid())), Path(), deadly)
    return list(desk.draw_anew(reports, slots))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
class TestDrawAnew:
    def test_several_processes_draw_each_page_once(self) -> None:
        results = drawn(2)
        assert [result.report for result in results] == sorted(REPORTS, key=lambda one: one.slug)
        assert str(os.getpid()) not in {result.error for result in results}
        assert not any(result.ran for result in results)

    @pytest.mark.parametrize("deadly", ["r0", f"r{FEW - 1}"])
    def test_a_killed_process_takes_no_page_with_it(self, deadly: str) -> None:
        results = drawn(2, deadly=deadly)
        assert [result.report for result in results] == sorted(REPORTS, key=lambda one: one.slug)

    @pytest.mark.parametrize(("slots", "number"), [(1, len(REPORTS)), (2, FEW)])
    def test_few_pages_or_one_core_take_no_other_process(self, slots: int, number: int) -> None:
        assert {result.error for result in drawn(slots, REPORTS[:number])} == {str(os.getpid())}
