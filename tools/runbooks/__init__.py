"""The runbooks that ship with the house: one YAML file each, in this folder."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from tools.declared import BadDeclaration, read
from tools.runbooks.runbook import Runbook


@cache
def shipped() -> Mapping[str, Runbook]:
    """Every runbook by its id, which is the name of its file."""
    found: dict[str, Runbook] = {}
    for file in sorted(files(__name__).iterdir(), key=lambda each: each.name):
        if file.name.endswith(".yaml"):
            runbook = read(file.read_text("utf-8"), file.name, Runbook)
            if file.name != f"{runbook.id}.yaml":
                raise BadDeclaration([f"{file.name}:1: the file of runbook {runbook.id} is called {runbook.id}.yaml."])
            found[runbook.id] = runbook
    return found
