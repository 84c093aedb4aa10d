"""An ordinary kernel in a process of its own: `python -m tanfeng.publishing.plain -f CONNECTION_FILE`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tanfeng.publishing import tracing, zygote


def main() -> None:
    """Run the kernel; it tells what it read if the build asks for that."""
    if "TANFENG_ROOT" in os.environ:
        tracing.start(Path(os.environ["TANFENG_ROOT"]))
    zygote.become_kernel(os.getppid(), sys.argv[1:], str(Path.cwd()), dict(os.environ), "kernel")


if __name__ == "__main__":
    main()
