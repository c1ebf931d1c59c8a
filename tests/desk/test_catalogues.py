"""Three languages are equals: whatever one catalogue says, the others say too, whole and with the same facts."""

import ast
import re
from gettext import c2py
from pathlib import Path

import polib
import pytest

from desk.people import LANGS
from desk.words import DOMAINS, words

ROOT = Path(__file__).parents[2]
LOCALE = ROOT / "desk" / "locale"
PLURAL_FORMS = {"en": 2, "ar": 6, "fa": 2}          # CLDR
FACT = re.compile(r"(?<!\{)\{(\w+)[^{}]*\}(?!\})")
COUNTS = (0, 1, 2, 3, 10, 11, 99, 100, 101, 103)
# A letter of the neighbour looks the same and is found by nobody who searches for the right one.
AUTONYMS = re.compile("English|العربية|فارسی|EN|ع|فا")       # a language's own name for itself, on the switch
NEIGHBOUR = {"ar": re.compile("[یکگۀە]"), "fa": re.compile("[يكىة]"), "en": re.compile("[\u0600-\u06ff]")}


def book(lang: str, domain: str) -> polib.POFile:
    return polib.pofile((LOCALE / lang / f"{domain}.po").read_text("utf-8"))


def forms(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def facts(entry: polib.POEntry) -> set[str]:
    return {fact for form in forms(entry) for fact in FACT.findall(form)}


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("lang", LANGS)
def test_no_entry_is_missing_empty_or_fuzzy(lang, domain):
    ours = {entry.msgid: entry for entry in book(lang, domain)}
    everyone_s = {entry.msgid for other in LANGS for entry in book(other, domain) if not entry.obsolete}
    assert everyone_s - ours.keys() == set()
    assert [key for key, entry in ours.items() if entry.fuzzy or entry.obsolete or not all(form.strip() for form in forms(entry))] == []


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("lang", ["ar", "fa"])
def test_every_language_tells_the_same_facts(lang, domain):
    theirs = {entry.msgid: facts(entry) for entry in book(lang, domain)}
    ours = {entry.msgid: facts(entry) for entry in book("en", domain)}
    assert {key: (told, theirs.get(key)) for key, told in ours.items() if told != theirs.get(key)} == {}


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("lang", LANGS)
def test_a_count_has_every_plural_form_of_its_language(lang, domain):
    catalogue = book(lang, domain)
    declared = re.match(r"nplurals=(\d+)", catalogue.metadata["Plural-Forms"])
    assert declared, "no Plural-Forms in its head"
    assert int(declared[1]) == PLURAL_FORMS[lang]
    assert [entry.msgid for entry in catalogue if entry.msgid_plural and len(entry.msgstr_plural) != PLURAL_FORMS[lang]] == []
    assert {entry.msgid for entry in book("en", domain) if entry.msgid_plural} == {entry.msgid for entry in catalogue if entry.msgid_plural}


@pytest.mark.parametrize("lang", LANGS)
def test_a_count_is_said_in_the_form_that_its_catalogue_declares(lang):
    wrong = []
    for domain in DOMAINS:
        catalogue = book(lang, domain)
        form = c2py(catalogue.metadata["Plural-Forms"].partition("plural=")[2].rstrip("; "))
        for entry in (entry for entry in catalogue if entry.msgid_plural):
            blank = dict.fromkeys(facts(entry) - {"n"}, "…")
            wrong += [(entry.msgid, n) for n in COUNTS
                      if words().count(lang, entry.msgid, n, **blank) != entry.msgstr_plural[form(n)].format(n=n, **blank)]
    assert wrong == []


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("lang", LANGS)
def test_a_language_is_written_in_its_own_letters(lang, domain):
    said = [(entry.msgid, form) for entry in book(lang, domain) for form in forms(entry) if not AUTONYMS.fullmatch(form)]
    assert [(key, form) for key, form in said if NEIGHBOUR[lang].search(form)] == []


def test_no_key_stands_in_two_catalogues():
    keys = [entry.msgid for domain in DOMAINS for entry in book("en", domain)]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


def test_every_key_that_code_names_is_in_the_catalogues():
    known = {entry.msgid for domain in DOMAINS for entry in book("en", domain)}
    sources = [path for path in ROOT.glob("[!.]*/**/*.py") if path.relative_to(ROOT).parts[0] != "tests"]
    assert {(str(path.relative_to(ROOT)), key) for path in sources for key in _named_keys(path) - known} == set()


def _named_keys(path: Path) -> set[str]:
    """The keys that stand as plain text in a call of `say(lang, key)` or `count(lang, key, n)`."""
    calls = [call for call in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(call, ast.Call) and len(call.args) > 1]
    keys = [call.args[1] for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in ("say", "count")]
    return {key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str) and "." in key.value}
