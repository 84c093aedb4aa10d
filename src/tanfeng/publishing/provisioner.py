"""Starting kernels for papermill, nbclient and JupyterLab by forking (entry point `tanfeng-fork`)."""

from __future__ import annotations

import os
import time
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from tanfeng.publishing import forks

INLINE = "module://matplotlib_inline.backend_inline"


class ForkProvisioner(LocalProvisioner):
    """Fork a kernel from a process that has imported the libraries; start a plain one where that is not possible."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start a kernel: the command names the connection file after the module of the launcher."""
        launch = forks.launch.get() or forks.Launch(server=forks.lab_server)
        server = launch.server() if launch.server and forks.ABLE else None
        env = {"MPLBACKEND": INLINE, **kwargs.get("env", {}), **launch.env}
        if server is None:
            info = await super().launch_kernel(cmd, **{**kwargs, "env": env})
        else:
            arguments = cmd[cmd.index("-f") :]
            self.pid = server.kernel(arguments, os.path.abspath(kwargs.get("cwd") or "."), env)
            self.process, self.pgid = forks.Forked(self.pid), None  # type: ignore[assignment]
            info = self.connection_info
        launch.pid, launch.since = self.pid, time.monotonic()
        launch.started()
        return info
