"""Examples in docstrings and tests run in the project with the frozen tables, see `tests.freeze`."""

from __future__ import annotations

import pytest

from tanfeng.data.project import VARIABLE
from tests import freeze


@pytest.fixture(autouse=True)
def _project_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(freeze.project())
    monkeypatch.delenv(VARIABLE, raising=False)
