"""A draft's versions as they come in: redacted, and without what the template says where nobody has written yet."""

from agent.house import House
from desk.drafts import Version
from desk.errors import BadInput
from desk.people import Lang

TEMPLATE = "pages.draft.template"


def version_of(house: House, lang: Lang, title: str, text: str) -> Version:
    """Raises BadInput, with the language as `field`, while a sentence of the template still stands in the text."""
    template = house.desk.words.say(lang, TEMPLATE)
    written = house.assistant.redact(text.replace("\r\n", "\n"))
    if _lines(written) == _lines(template):
        written = ""
    elif {line for line in _lines(template) if not line.startswith("##")} & set(_lines(written)):
        raise BadInput("A sentence of the template still stands in the text. Write what it asks for, or take it out.", field=lang)
    return Version(house.assistant.redact(" ".join(title.split())), written)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
