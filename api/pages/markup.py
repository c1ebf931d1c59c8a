"""Text of people and machines as safe HTML: markdown through an allow-list, links on this host only, no images, sources numbered."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from desk.dates import DIGITS
from desk.people import Lang

TAGS = {"p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "h2", "h3", "h4", "h5", "blockquote", "a", "hr", "bdi", "table",
        "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "code": {"dir"}, "pre": {"dir"}, "bdi": {"dir"}}
CITED = re.compile(r"\[(\d{1,2})\]")
# What stays left to right inside any text: addresses, paths, hosts, codes, phone numbers.
TECHNICAL = re.compile(
    r"(?:https?://|\\\\)[^\s<>\"']+|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|\b[\w.+-]+@[\w-]+\.[\w.]+\b|\b[A-Z]{2,}-\d+\b|\b0x[0-9A-Fa-f]+\b"
    r"|(?<![\w.+])\+?\d{1,4}(?:[ -]\d{2,5}){1,4}(?![\w.]*\w)",
    re.ASCII)
# Marks that turn or hide what stands around them; ZWNJ stays, Persian needs it.
UNSEEN = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, *range(0xE0000, 0xE0080)])
ARABIC_LETTER = re.compile(r"[\u0620-\u064a\u066e-\u06d3\ufb50-\ufefc]")
LATIN_LETTER = re.compile(r"[A-Za-z]")
NEVER = ["image", "reference", "html_block", "html_inline"]
markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable(NEVER)


def rendered(text: str, *, host: str, citations: Sequence[dict[str, Any]] = (), base: int = 3) -> Markup:
    """Markdown as HTML; `[n]` becomes a link to the n-th source. Headings begin at level `base`."""
    tokens = markdown.parse(shown(text))
    sources = {int(cited["n"]): cited for cited in citations if str(cited.get("n", "")).isdigit()}
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(5, base + int(token.tag[1]) - 1)}"
        if token.type in ("fence", "code_block"):
            token.attrSet("dir", "ltr")
        if token.children:
            token.children = _inline(token.children, sources, host)
    html = markdown.renderer.render(tokens, markdown.options, {})
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, allowed_classes={"a": {"cite"}}, url_schemes={"http", "https"},
                      link_rel="noopener", attribute_filter=lambda tag, name, value: _kept(tag, name, value, host))
    return Markup(clean)  # noqa: S704  cleaned by nh3 one line above


def plain(text: str) -> Markup:
    """What people and the desk wrote, as it stands; its technical words keep their direction."""
    return Markup("").join(Markup(token.content) if token.type == "html_inline" else token.content for token in _isolated(shown(text)))  # noqa: S704  (escaped by _isolated)


def own_link(href: str, host: str) -> bool:
    """True for a path on this host, or an address of this host."""
    if href.startswith("/"):
        return not href.startswith(("//", "/\\"))
    there, here = urlsplit(href), urlsplit(host)
    return (there.scheme, there.netloc) == (here.scheme, here.netloc)


def digits(text: str, lang: Lang) -> str:
    return text.translate(DIGITS[lang])


def shown(text: str) -> str:
    """The text without the marks that could turn or hide what stands around it."""
    return text.translate(UNSEEN)


def direction(text: str, lang: Lang) -> str:
    """The direction of a whole text, by its language and its letters: `VPN وصل نمیشه` is right to left, Arabizi left to right."""
    arabic, latin = len(ARABIC_LETTER.findall(text)), len(LATIN_LETTER.findall(text))
    if lang == "en":
        return "rtl" if arabic > latin else "ltr"
    return "rtl" if arabic or not latin else "ltr"


def tongue(text: str, lang: Lang) -> str:
    """The language tag of a text: Arabic or Persian written in Latin letters says so."""
    return lang if lang == "en" or direction(text, lang) == "rtl" else f"{lang}-Latn"


def _kept(tag: str, name: str, value: str, host: str) -> str | None:
    return None if (tag, name) == ("a", "href") and not own_link(value, host) else value


def _inline(children: list[Token], sources: dict[int, dict[str, Any]], host: str) -> list[Token]:
    whole: list[Token] = []
    inside = 0                 # links are not nested
    for token in children:
        inside += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "code_inline":
            token.attrSet("dir", "ltr")
        whole += _split(token, sources, host) if token.type == "text" and not inside else [token]
    return whole


def _split(token: Token, sources: dict[int, dict[str, Any]], host: str) -> list[Token]:
    parts, last = [], 0
    for found in CITED.finditer(token.content):
        cited = sources.get(int(found[1]))
        if cited and own_link(str(cited.get("url", "")), host):
            parts += [*_isolated(token.content[last:found.start()]), _raw(_mark(int(found[1]), cited))]
            last = found.end()
    return [*parts, *_isolated(token.content[last:])]


def _mark(n: int, cited: dict[str, Any]) -> str:
    return Markup('<a class="cite" href="{url}" title="{title}">{n}</a>').format(url=cited["url"], title=cited.get("title", ""), n=n)


def _isolated(text: str) -> list[Token]:
    """The text with its technical words kept left to right."""
    parts, last = [], 0
    for found in TECHNICAL.finditer(text):
        parts += [_text(text[last:found.start()]), _raw(Markup('<bdi dir="ltr">{}</bdi>').format(found[0]))]
        last = found.end()
    return [*parts, _text(text[last:])]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _raw(html: str) -> Token:
    return Token("html_inline", "", 0, content=html)
