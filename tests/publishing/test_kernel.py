"""The kernel "Tanfeng (fast)" as JupyterLab starts it: figures are shown, it can be interrupted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

from tanfeng.publishing import environment, forks

pytestmark = pytest.mark.build


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch, root: Path) -> Iterator[tuple[KernelManager, Any]]:
    monkeypatch.setenv("JUPYTER_PATH", environment.KERNELS)
    monkeypatch.delenv("MPLBACKEND", raising=False)
    manager = KernelManager(kernel_name="tanfeng")
    manager.start_kernel(cwd=str(root))
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    for server in forks._lab:
        server.stop()
    forks._lab.clear()


def outputs(client: Any, code: str) -> list[dict[str, Any]]:
    """Run code and return what it showed."""
    found: list[dict[str, Any]] = []
    client.execute_interactive(code, timeout=60, output_hook=lambda message: found.append(message["content"]))
    return found


def test_it_is_forked_and_shows_figures(kernel: tuple[KernelManager, Any]) -> None:
    manager, client = kernel
    assert manager.kernel_spec.display_name == "Tanfeng (fast)"
    assert isinstance(manager.provisioner.process, forks.Forked)
    shown = outputs(client, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    assert any("image/png" in output.get("data", {}) for output in shown)
    said = outputs(client, "import sys; print('statsmodels' in sys.modules, __name__)")
    assert "True __main__\n" in [output.get("text") for output in said]


def test_it_can_be_interrupted_and_ends(kernel: tuple[KernelManager, Any]) -> None:
    manager, client = kernel
    client.execute("import time; time.sleep(60)")
    time.sleep(0.5)
    manager.interrupt_kernel()
    reply = client.get_shell_msg(timeout=10)["content"]
    assert (reply["status"], reply["ename"]) == ("error", "KeyboardInterrupt")
    process = manager.provisioner.process
    manager.shutdown_kernel(now=True)
    assert process.poll() is not None
