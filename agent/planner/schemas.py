"""Tools as an endpoint is told of them: JSON Schema, and the stricter form that some endpoints can hold a model to."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from tools.tool import Args, Tool

LAX = frozenset({"default", "minLength", "maxLength"})   # not understood by strict mode; our own check holds them


def schema(tool: Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": _parameters(tool.args)}
    return {"type": "function", "function": function}


@cache
def _parameters(args: type[Args]) -> dict[str, Any]:
    """Written out once and for all: it is told at every step of every turn."""
    return _plain(args.model_json_schema())


def strict(told: Mapping[str, Any]) -> dict[str, Any]:
    """The same tool, to be obeyed to the letter: every property is required, and what may be left out may be null."""
    function = dict(told["function"])
    return {**told, "function": {**function, "strict": True, "parameters": _strict(function["parameters"])}}


def _plain(whole: dict[str, Any]) -> dict[str, Any]:
    """Definitions in their places and no titles: some servers follow no references, and titles only repeat names."""
    shared = whole.get("$defs", {})

    def told(node: Any) -> Any:
        if isinstance(node, list):
            return [told(each) for each in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return told({**shared[node["$ref"].rpartition("/")[2]], **{name: value for name, value in node.items() if name != "$ref"}})
        properties = {name: told(value) for name, value in node.get("properties", {}).items()}
        rest = {name: told(value) for name, value in node.items() if name not in ("title", "$defs", "properties")}
        return {**rest, "properties": properties} if "properties" in node else rest

    plain: dict[str, Any] = told(whole)
    return plain


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {name: _strict(value) for name, value in node.items() if name not in LAX and name != "properties"}
    if "properties" in node:
        wanted = set(node.get("required", ()))
        kept["properties"] = {name: _strict(value) if name in wanted else _or_null(_strict(value))
                              for name, value in node["properties"].items()}
        kept["required"] = list(node["properties"])
        kept["additionalProperties"] = False
    return kept


def _or_null(node: dict[str, Any]) -> dict[str, Any]:
    if "anyOf" in node:
        return node if {"type": "null"} in node["anyOf"] else {**node, "anyOf": [*node["anyOf"], {"type": "null"}]}
    described = {"description": node["description"]} if "description" in node else {}
    return {**described, "anyOf": [{name: value for name, value in node.items() if name != "description"}, {"type": "null"}]}
