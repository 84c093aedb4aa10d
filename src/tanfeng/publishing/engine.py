"""Running the cells of a notebook in this process, as an engine of papermill; outputs are those of a kernel."""

from __future__ import annotations

import contextlib
import io
import random
import sys
import zlib
from base64 import b64encode
from typing import Any

import numpy as np
import papermill
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.engines import Engine, NotebookExecutionManager
from traitlets import Type
from traitlets.config import Config

ENGINE = "tanfeng"


class _Result(DisplayHook):
    """The value of a cell goes to the outputs."""

    shell: Any

    def write_output_prompt(self) -> None:
        """Write none."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        """Add the value."""
        about = {"metadata": md_dict or {}, "execution_count": self.prompt_count}
        self.shell.outputs.append(new_output("execute_result", data=_encoded(format_dict), **about))

    def finish_displayhook(self) -> None:
        """Leave the terminal alone."""


class _Shown(DisplayPublisher):
    """What is displayed goes to the outputs."""

    shell: Any

    def publish(self, data: Any, metadata: Any = None, **_: Any) -> None:  # type: ignore[override]
        """Add what is displayed."""
        self.shell.outputs.append(new_output("display_data", data=_encoded(data), metadata=metadata or {}))

    def clear_output(self, wait: bool = False) -> None:
        """Begin the outputs of the cell anew."""
        self.shell.outputs.clear()


class _Stream(io.TextIOBase):
    """What is printed goes to the outputs."""

    def __init__(self, shell: Shell, name: str) -> None:
        self._shell, self._name = shell, name

    def writable(self) -> bool:
        """Return that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Add a text, to the one before if that is of the same stream."""
        outputs = self._shell.outputs
        if outputs and outputs[-1].get("name") == self._name:
            outputs[-1].text += text
        elif text:
            outputs.append(new_output("stream", name=self._name, text=text))
        return len(text)

    def fileno(self) -> int:
        """Return where processes of the notebook may print."""
        return {"stdout": 1, "stderr": 2}[self._name]


def _encoded(data: dict[str, Any]) -> dict[str, Any]:
    return {kind: b64encode(one).decode() if isinstance(one, bytes) else one for kind, one in data.items()}


class Shell(InteractiveShell):
    """An IPython that keeps what a cell shows as outputs of a notebook."""

    displayhook_class = Type(_Result)
    display_pub_class = Type(_Shown)
    outputs: list[NotebookNode]

    def enable_gui(self, gui: Any = None) -> None:
        """Take no loop of events; figures are shown inline."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        shown = {"ename": etype.__name__, "evalue": str(evalue), "traceback": list(stb)}
        self.outputs.append(new_output("error", **shown))

    def run(self, cell: NotebookNode) -> BaseException | None:
        """Run a cell, leave its outputs in it, and return the error it ended with."""
        self.outputs = []
        with contextlib.redirect_stdout(_Stream(self, "stdout")), contextlib.redirect_stderr(_Stream(self, "stderr")):
            done = self.run_cell(cell.source, store_history=True)
        cell.outputs, cell.execution_count = self.outputs, done.execution_count
        return done.error_before_exec or done.error_in_exec


class InProcess(Engine):
    """The engine: one notebook a process."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **_: Any) -> None:
        """Run the cells up to the first that raises."""
        shell = Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))
        shell.enable_matplotlib("inline")
        for number, cell in enumerate(nb_man.nb.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            nb_man.cell_start(cell, number)
            error = shell.run(cell)
            if error is not None:
                nb_man.cell_exception(cell, number, exception=error)
                return
            nb_man.cell_complete(cell, number)


papermill.engines.papermill_engines.register(ENGINE, InProcess)


def ready(name: str) -> None:
    """Set this process up for a notebook: its own random numbers, the same in every build; no arguments of a command.

    Args:
        name: what the numbers depend on.
    """
    seed = zlib.crc32(name.encode())
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  # of a notebook that uses the old interface
    sys.path[0], sys.argv = "", ["tanfeng"]
