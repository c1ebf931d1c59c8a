"""Words that people see: gettext catalogues in three languages, read from the `.po` files that are committed.

Keys are symbolic ("handoff.waiting"), English included: all three languages are equals, and no sentence stands in code.
"""

import gettext
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from desk.people import LANGS, Lang

DOMAINS = ("assistant", "errors", "pages", "notices")


class Words:
    """The catalogues of all languages, loaded once."""

    def __init__(self) -> None:
        self._books = {lang: _load(lang) for lang in LANGS}

    def say(self, lang: Lang, key: str, **facts: object) -> str:
        """The text of `key` with `{facts}` filled in; a missing key is a programming error and raises KeyError."""
        text = self._books[lang].gettext(key)
        if text == key:
            raise KeyError(f"{key} [{lang}]")
        return text.format(**facts) if facts else text

    def count(self, lang: Lang, key: str, n: int, **facts: object) -> str:
        """Like `say`, in the plural form that the language has for `n`."""
        text = self._books[lang].ngettext(key, key + ".many", n)
        if text in (key, key + ".many"):
            raise KeyError(f"{key} [{lang}]")
        return text.format(n=n, **facts)

    def has(self, lang: Lang, key: str) -> bool:
        return self._books[lang].gettext(key) != key


def _load(lang: Lang) -> gettext.GNUTranslations:
    whole: Catalog | None = None
    for domain in DOMAINS:
        with files("desk").joinpath("locale", lang, f"{domain}.po").open("rb") as file:
            book = read_po(file, locale=lang)
        whole = whole or book      # and so the plural forms are those that the catalogue declares; Babel's own differ
        for message in book:
            if message.id:
                whole[message.id] = message
    assert whole is not None
    compiled = BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def words() -> Words:
    """The catalogues; read at the first call and kept."""
    return Words()
