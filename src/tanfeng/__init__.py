"""Tanfeng (碳峰): reproducible, honest tracking of a Chinese province's road to the carbon peak.

Ask a region: `tf.region("浙江").outlook()`. A name is loaded when it is first used, so `import tanfeng` costs nothing.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tanfeng.data.project import ProjectError
    from tanfeng.pages.objects import Picture, Roadmap, Target, Targets, WhatIf
    from tanfeng.region import Region, region, regions

__version__ = "0.2.0"
__all__ = ["Picture", "ProjectError", "Region", "Roadmap", "Target", "Targets", "WhatIf", "region", "regions"]
_HOMES = {"ProjectError": "data.project", "Region": "region", "region": "region", "regions": "region"}


class _Package(ModuleType):
    """The package, in which `region` stays the function when the module of that name is loaded."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name == "region" and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


def load_ipython_extension(shell: Any) -> None:
    """Show the text cells of report notebooks with their numbers; called by `%load_ext tanfeng`."""
    importlib.import_module("tanfeng.pages.notebook").load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Show them no more; called by `%unload_ext tanfeng` and `%reload_ext tanfeng`."""
    importlib.import_module("tanfeng.pages.notebook").unload(shell)


def __dir__() -> list[str]:
    return __all__


if not TYPE_CHECKING:  # a wrong name stays an error of the type checker

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module 'tanfeng' has no attribute {name!r}; there are: {', '.join(__all__)}")
        # By name: so that what a report can reach (`make house`) does not hold the face.
        return getattr(importlib.import_module(f"tanfeng.{_HOMES.get(name, 'pages.objects')}"), name)


sys.modules[__name__].__class__ = _Package
