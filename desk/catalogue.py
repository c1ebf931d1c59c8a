"""What people may ask for: the service catalogue, a YAML file with names, aliases and form fields in three languages."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from desk.declarations import LOADER, line_of
from desk.errors import BadInput
from desk.moments import day_in
from desk.people import Account, Lang
from desk.tickets import Level

SHIPPED = "service_catalogue.yaml"
LONGEST = {"text": 200, "long": 4000, "person": 200}
AN_ID = re.compile(r"[a-z][a-z0-9_]{1,39}")
CAUGHT = 80                    # characters taken from a message into a field
ENDS = re.compile(r"[.!?؟،,;؛\n]")
# What politeness and wishing leave at the end of a caught value.
WISHES = re.compile(r"(?:^|\s+)(?:please|(?:رو|را)?\s*(?:می‌?خوام|می‌?خواهم|لازم دارم|نیاز دارم|بدید|بدهید|بدین|لطفا|لطفاً)"
                    r"|لو سمحت\w*|من فضلك\w*)\s*$",
                    re.IGNORECASE)
YES, NO = "yes", "no"


class BadCatalogue(BadInput):
    """The service catalogue is not right. Correct the line that is named, then start again."""

    code = "bad_catalogue"


def _named(text: str) -> str:
    if not AN_ID.fullmatch(text):
        raise ValueError("an id is small Latin letters, digits and _")
    return text


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    return text


Id = Annotated[str, AfterValidator(_named)]
Words = Annotated[str, Field(min_length=1, max_length=300)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Three(Part):
    """Words in all three languages, or none."""

    en: Words
    ar: Words
    fa: Words

    def of(self, lang: Lang) -> str:
        return str(getattr(self, lang))


class Lists(Part):
    """Phrases by language; people mix languages, so all of them are looked for in every message."""

    en: tuple[Words, ...] = ()
    ar: tuple[Words, ...] = ()
    fa: tuple[Words, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.en, *self.ar, *self.fa)


class Option(Part):
    id: Id
    label: Three
    aliases: Lists = Lists()


class FormField(Part):
    id: Id
    kind: Literal["text", "long", "choice", "date", "yesno", "person"]
    label: Three
    hint: Three | None = None
    required: bool = True
    options: tuple[Option, ...] = ()
    known: Literal["name", "display", "email"] | None = Field(None, description="What the directory knows of the requester: never asked")
    after: Lists = Field(Lists(), description="Phrases after which the message names it")
    pattern: Pattern | None = Field(None, description="What it looks like in a message")
    message: bool = Field(False, description="Prefilled with the message itself")

    @model_validator(mode="after")
    def _whole(self) -> "FormField":
        if (self.kind == "choice") != (len(self.options) > 1):
            raise ValueError("a choice has two options or more, and no other field has any")
        _no_doubles([option.id for option in self.options], "option")
        return self

    def named(self, value: str, lang: Lang) -> str:
        """A value as people read it."""
        return next((option.label.of(lang) for option in self.options if option.id == value), value)


class Entry(Part):
    id: Id
    name: Three
    about: Three
    aliases: Lists
    fields: tuple[FormField, ...] = Field(min_length=1, max_length=12)
    approval: Three | None = Field(None, description="Who must agree first, as the requester is told")
    impact: Level = Level.LOW
    urgency: Level = Level.LOW

    @model_validator(mode="after")
    def _whole(self) -> "Entry":
        _no_doubles([field.id for field in self.fields], "field")
        for lang in ("en", "ar", "fa"):
            if not getattr(self.aliases, lang):
                raise ValueError(f"no alias in {lang}: nobody could ask for it in that language")
        return self

    @property
    def asked(self) -> tuple[FormField, ...]:
        return tuple(field for field in self.fields if not field.known)


class Catalogue(Part):
    entries: tuple[Entry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> "Catalogue":
        _no_doubles([entry.id for entry in self.entries], "entry")
        return self

    def get(self, entry: str) -> Entry | None:
        return next((each for each in self.entries if each.id == entry), None)


def _no_doubles(ids: Sequence[str], what: str) -> None:
    twice = next((each for at, each in enumerate(ids) if each in ids[:at]), None)
    if twice:
        raise ValueError(f"{what} {twice} stands twice")


def load(path: Path | None = None) -> Catalogue:
    """The catalogue of that file, or the shipped one. Raises BadCatalogue with file and line."""
    name = str(path or SHIPPED)
    try:
        text = path.read_text("utf-8") if path else files("desk").joinpath(SHIPPED).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadCatalogue(f"{name}: {error}. {BadCatalogue.__doc__}") from error
    return parse(text, name)


def parse(text: str, name: str) -> Catalogue:
    try:
        tree, data = yaml.compose(text, LOADER), yaml.load(text, LOADER)  # noqa: S506  it is a safe loader
    except yaml.YAMLError as error:
        raise BadCatalogue(f"{name}:{line_of(error, text)}: {getattr(error, 'problem', None) or 'no YAML'}.") from error
    try:
        return Catalogue.model_validate(data)
    except ValidationError as error:
        lines = [f"{name}:{_line(tree, each['loc'])}: {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        raise BadCatalogue("\n".join(lines)) from error


def _line(tree: Any, place: Sequence[int | str]) -> int:
    """The line of the node that a validation error names, or of the nearest one around it."""
    line = 1
    for step in (None, *place):
        if step is not None:
            tree = _inside(tree, step)
        if tree is None:
            break
        line = tree.start_mark.line + 1
    return line


def _inside(tree: Any, step: int | str) -> Any:
    if isinstance(tree, yaml.SequenceNode) and isinstance(step, int) and step < len(tree.value):
        return tree.value[step]
    if isinstance(tree, yaml.MappingNode):
        return next((value for key, value in tree.value if key.value == step), None)
    return None


def prefilled(entry: Entry, message: str, today: date) -> dict[str, str]:
    """What the message already says, by field."""
    found: dict[str, str] = {}
    dated = False              # one day in a message says one thing
    for field in entry.asked:
        value = "" if field.kind == "date" and dated else _said(field, message, today)
        dated = dated or field.kind == "date"
        if value:
            found[field.id] = value
    return found


def _said(field: FormField, message: str, today: date) -> str:
    if field.message:
        return message[:LONGEST["long"]]
    if field.kind == "date":
        day = day_in(message, today)
        return day.isoformat() if day and day >= today else ""
    if field.kind == "choice":
        low = message.casefold()
        return next((option.id for option in field.options if any(_stands_in(alias, low) for alias in option.aliases.all)), "")
    if field.pattern and (shape := re.search(field.pattern, message)):
        return shape[0][:CAUGHT]
    return _after(field.after.all, message)


def _stands_in(phrase: str, message: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(phrase.casefold())}(?!\w)", message) is not None


def _after(phrases: Sequence[str], message: str) -> str:
    """The words after the first such phrase, to the end of the sentence."""
    for phrase in sorted(phrases, key=len, reverse=True):
        found = re.search(rf"(?<!\w){re.escape(phrase)}\s+", message, re.IGNORECASE)
        if found:
            rest = ENDS.split(message[found.end():], maxsplit=1)[0].strip(" :«»\"'“”")
            return WISHES.sub("", rest)[:CAUGHT]
    return ""


def known(entry: Entry, person: Account) -> dict[str, str]:
    """What the directory knows and nobody is asked for."""
    return {field.id: str(getattr(person, field.known)) for field in entry.fields if field.known}


def faults(entry: Entry, sent: Mapping[str, str], today: date) -> dict[str, str]:
    """By field, why what was sent can't be taken: `missing`, `too_long`, `not_offered`, `no_date`, `past`, `unknown`."""
    found = {field.id: _fault(field, sent.get(field.id, "").strip(), today) for field in entry.asked}
    found |= {name: "unknown" for name in sent if name not in {field.id for field in entry.asked}}
    return {name: why for name, why in found.items() if why}


def _fault(field: FormField, value: str, today: date) -> str:
    if not value:
        return "missing" if field.required else ""
    if field.kind == "choice":
        return "" if value in {option.id for option in field.options} else "not_offered"
    if field.kind == "yesno":
        return "" if value in (YES, NO) else "not_offered"
    if field.kind == "date":
        try:
            return "past" if date.fromisoformat(value) < today else ""
        except ValueError:
            return "no_date"
    return "too_long" if len(value) > LONGEST[field.kind] else ""
