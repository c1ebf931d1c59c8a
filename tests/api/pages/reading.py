"""Reads a page as a browser would: its elements, its forms, what it would run or fetch."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
FETCHES = frozenset({"img", "iframe", "object", "embed", "video", "audio", "source", "track", "base", "frame"})


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""
    inside: list["Element"] = field(default_factory=list)

    def all(self, tag: str = "", **wanted: str) -> list["Element"]:
        found = [each for child in self.inside for each in (child, *child.all())]
        return [each for each in found if (not tag or each.tag == tag) and all(
            value in each.attributes.get(name.rstrip("_"), "").split() or value == each.attributes.get(name.rstrip("_"))
            for name, value in wanted.items())]

    def one(self, tag: str = "", **wanted: str) -> "Element":
        found = self.all(tag, **wanted)
        assert len(found) == 1, (tag, wanted, len(found))
        return found[0]

    @property
    def words(self) -> str:
        return " ".join(" ".join([self.text, *(each.words for each in self.inside)]).split())


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(text)
        self.close()
        assert len(self._open) == 1, [each.tag for each in self._open]   # every element is closed

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attributes})
        self._open[-1].inside.append(element)
        if tag not in VOID and tag != "path":
            self._open.append(element)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._open[-1].inside.append(Element(tag, {name: value or "" for name, value in attributes}))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and tag != "path":
            assert self._open[-1].tag == tag, (tag, self._open[-1].tag)
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].text += data


def read(answer: httpx.Response) -> Element:
    assert answer.headers["content-type"].startswith("text/html"), answer.text[:200]
    return Page(answer.text).root


def form(page: Element, action: str, method: str = "") -> dict[str, str]:
    """The fields of the form that goes to `action`, as a browser would send them (buttons aside)."""
    forms = [each for each in page.all("form", action=action)
             if not method or any(hidden.attributes.get("value") == method for hidden in each.all("input", name="method"))]
    assert forms, f"no form goes to {action}"
    return {each.attributes["name"]: each.attributes.get("value", "") for each in forms[0].all("input") if "name" in each.attributes}


def dangers(page: Element) -> list[str]:
    """What of a page would run, fetch or lead elsewhere, besides what the house itself serves."""
    found = []
    for each in page.all():
        href = each.attributes.get("href", each.attributes.get("src", each.attributes.get("action", "")))
        own = not href or (href.startswith(("/", "#", "tel:")) and not href.startswith("//"))
        if each.tag == "script" and not each.attributes.get("src", "").startswith("/static/"):
            found.append("inline script")
        if each.tag in FETCHES or each.tag in {"style", "svg:script", "foreignobject", "math", "marquee"}:
            found.append(each.tag)
        if not own:
            found.append(f"{each.tag} {href}")
        found += [f"{each.tag} {name}" for name in each.attributes if name.startswith("on") or name in {"style", "srcdoc", "formaction"}]
        refreshes = each.tag == "meta" and each.attributes.get("http-equiv", "").lower() == "refresh"
        if refreshes and "url" in each.attributes["content"].lower():
            found.append("refresh")
    return found
