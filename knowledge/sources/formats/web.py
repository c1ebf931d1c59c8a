"""Pages of the web, and whatever else is had as HTML."""

from bs4 import BeautifulSoup
from bs4.element import PageElement
from markdownify import MarkdownConverter

from knowledge.sources.formats.text import Converted, Limits

NEVER_READ = ("script", "style", "noscript", "template", "svg", "math", "iframe", "object", "form", "nav")


def read(raw: bytes, limits: Limits) -> Converted:
    return page(raw)


def page(html: bytes | str) -> Converted:
    """The page's text as Markdown, without what only a browser needs; a picture is what is said in its place."""
    soup = BeautifulSoup(html, "html.parser")
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    for element in soup.find_all([*NEVER_READ, "title"]):
        element.decompose()
    for image in soup.find_all("img"):
        image.replace_with(str(image.get("alt") or ""))
    return Converted(title=title, text=_markdown(soup), plain=False)


def _markdown(soup: PageElement) -> str:
    # what is escaped could not be searched as it is written: a_name, 2*3
    converter = MarkdownConverter(heading_style="atx", bullets="-", escape_asterisks=False, escape_underscores=False, escape_misc=False,
                                  table_infer_header=True)
    return str(converter.convert_soup(soup))
