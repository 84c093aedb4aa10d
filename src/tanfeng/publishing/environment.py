"""The environment of a build: the same on every machine, whatever the shell has set up."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from pathlib import Path

SETTINGS = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "agg",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
}
NOT_OURS = ("PYTHONSTARTUP", "JUPYTER_PATH", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_CONFIG_PATH")


def set_environment(scratch: Path) -> None:
    """Set it for this process and those it starts.

    Args:
        scratch: folder for what IPython writes.
    """
    package = importlib.util.find_spec("matplotlib")
    folder = Path(package.origin).parent if package and package.origin else Path()
    os.environ.update(SETTINGS, IPYTHONDIR=str(scratch / "ipython"))
    os.environ.setdefault("MPLCONFIGDIR", str(scratch.parent / "matplotlib"))
    if hasattr(time, "tzset"):
        time.tzset()
    os.environ["MATPLOTLIBRC"] = str(folder / "mpl-data" / "matplotlibrc")
    for name in NOT_OURS:
        os.environ.pop(name, None)


def spare_grammars() -> None:
    """Leave out an optional check of web addresses in notebooks: making its grammars takes a second a process."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
