"""Reads what a house declares in YAML: checked against a model, every problem with its file and line."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from desk.declarations import LOADER, line_of

Place = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


class Declared(BaseModel):
    """Something that a file declares. A name that does not exist is an error, not a comment."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Trilingual(Declared):
    """The same words in the three languages of the house."""

    en: str
    ar: str
    fa: str

    def in_(self, lang: str) -> str:
        return str(getattr(self, lang))


class BadDeclaration(Exception):
    """A declared file is wrong. Correct each line that is named, then start again."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read(text: str, file: str, model: type[Model]) -> Model:
    """The file as `model`; raises BadDeclaration with every problem as `file:line: place: reason`."""
    try:
        loader = LOADER(text)
        try:
            node = loader.get_single_node()
            twice = [f"{file}:{line}: {key} stands twice." for key, line in _twice(node)] if node else []
            if twice:
                raise BadDeclaration(twice)
            lines = dict(_lines(node, ())) if node else {}
            data = loader.construct_document(node) if node else {}
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        raise BadDeclaration([f"{file}:{line_of(error, text)}: this is no YAML ({error.problem})."]) from None
    except (yaml.YAMLError, ValueError) as error:
        raise BadDeclaration([f"{file}:1: this is no YAML ({error})."]) from None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise BadDeclaration([_sentence(file, lines, details["loc"], details["msg"]) for details in error.errors()]) from None


def read_file(path: Path, model: type[Model]) -> Model:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadDeclaration([f"{path}: cannot be read ({error})."]) from None
    return read(text, str(path), model)


def _lines(node: yaml.Node, place: Place) -> Iterator[tuple[Place, int]]:
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*place, key.value), key.start_mark.line + 1
            for inner, line in _lines(value, (*place, key.value)):
                if inner != (*place, key.value):
                    yield inner, line
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _lines(value, (*place, number))


def _twice(node: yaml.Node) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield str(key.value), key.start_mark.line + 1
            seen.add(key.value)
            yield from _twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _twice(value)


def _sentence(file: str, lines: dict[Place, int], place: Place, message: str) -> str:
    known = place
    while known and known not in lines:
        known = known[:-1]
    where = ".".join(str(part) for part in place)
    return f"{file}:{lines.get(known, 1)}: {where + ': ' if where else ''}{message.removeprefix('Value error, ')}."
