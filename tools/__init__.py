"""The hands: one file per capability, found by looking through this room."""

import importlib
import pkgutil
from collections.abc import Mapping

from tools.tool import BadTool, Tool


def toolbox() -> Mapping[str, Tool]:
    """Every tool of this room, by name. Adding one is adding a file."""
    found: dict[str, Tool] = {}
    for module in pkgutil.iter_modules(__path__):
        for value in vars(importlib.import_module(f"{__name__}.{module.name}")).values():
            if isinstance(value, Tool):
                if value.name in found and found[value.name] is not value:
                    raise BadTool(f"{value.name} is declared twice.")
                found[value.name] = value
    return dict(sorted(found.items()))
