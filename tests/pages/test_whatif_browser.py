"""The what-if as an analyst uses it: JupyterLab on this machine alone; move a slider, tick a measure, type a name."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tanfeng.cli.build import LAB_OPTIONS
from tanfeng.data.catalog import Catalog
from tanfeng.pages.reports import whatif as whatif_tables
from tanfeng.roadmap import levers, whatif

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
NOTEBOOK = "notebooks/explore/whatif.ipynb"
REGION = "330000"
PATIENCE_MS = 240_000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of a server that leaves nothing behind: every folder it writes to is a new one."""
    names = ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "XDG_CACHE_HOME")
    own = {name: str(folder / name.lower()) for name in names}
    for path in own.values():
        Path(path).mkdir(parents=True)
    return {**os.environ, **own, "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"), "PYTHONDONTWRITEBYTECODE": "1"}


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture
def lab(project: Path, tmp_path: Path) -> Iterator[str]:
    """JupyterLab on a copy of the project; the address of the notebook, with a token."""
    port, token = free_port(), secrets.token_hex(16)
    options = ["--no-browser", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    options += [f"--IdentityProvider.token={token}", "--allow-root", "--notebook-dir", str(project)]
    command = [sys.executable, "-m", "jupyterlab", *LAB_OPTIONS, *options]
    server = subprocess.Popen(command, cwd=project, env=surroundings(tmp_path / "lab"), stderr=subprocess.DEVNULL)
    try:
        for _ in range(240):
            if answers(f"http://127.0.0.1:{port}/api/status?token={token}"):
                break
            assert server.poll() is None, "JupyterLab ended at once"
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}/lab/tree/{NOTEBOOK}?token={token}"
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()


@pytest.fixture
def tab(lab: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1400, "height": 2600})
        page.set_default_timeout(PATIENCE_MS)
        page.goto(lab)
        yield page
        browser.close()


def run_all(tab: Any) -> None:
    tab.get_by_text("Python 3 (ipykernel) | Idle").wait_for()  # before, the menu is empty or asks for a kernel
    tab.get_by_role("menuitem", name="Run", exact=True).click()
    tab.locator(".lm-Menu-itemLabel").get_by_text("Run All Cells", exact=True).click()


def said(project: Path, values: dict[str, float], measures: list[str]) -> str:
    catalog = Catalog(project)
    both = [whatif.answer(catalog, levers.setting(catalog, REGION, *one)) for one in (({}, []), (values, measures))]
    return whatif_tables.sentence(catalog, both[0], both[1], "zh")


def test_a_control_moves_the_answer(tab: Any, project: Path) -> None:
    from playwright.sync_api import expect

    run_all(tab)
    answer = tab.locator(".jupyter-widgets .whatif-answer")
    expect(answer).to_have_text(said(project, {}, []), timeout=PATIENCE_MS)
    slider = tab.locator(".widget-hslider .noUi-handle").first
    slider.focus()
    slider.press("ArrowRight")
    expect(answer).to_have_text(said(project, {"gdp_growth": 2.0}, []), timeout=PATIENCE_MS)
    tab.get_by_label("ME12").or_(tab.locator(".widget-checkbox", has_text="ME12").locator("input")).first.check()
    expect(answer).to_have_text(said(project, {"gdp_growth": 2.0}, ["ME12"]), timeout=PATIENCE_MS)
    assert tab.locator(".jupyter-widgets svg[aria-label*='按所设条件']").count() == 1
    name = tab.get_by_placeholder("情景名称")
    name.fill("从浏览器保存")
    name.press("Tab")
    tab.get_by_role("button", name="保存为情景").click()
    expect(tab.locator(".widget-html", has_text="已保存：")).to_be_visible(timeout=PATIENCE_MS)
    (saved,) = levers.saved(Catalog(project), REGION)
    assert (saved.name, saved.given, saved.measures) == ("从浏览器保存", (("gdp_growth", 2.0),), ("ME12",))
