"""Word documents: headings, lists and tables by what they are called, not by how they look."""

import mammoth

from knowledge.sources.formats import container
from knowledge.sources.formats.text import Converted, Limits
from knowledge.sources.formats.web import page

STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh"


def read(raw: bytes, limits: Limits) -> Converted:
    opened = container.checked(raw, limits)
    html = mammoth.convert_to_html(opened, style_map=STYLES, convert_image=mammoth.images.img_element(lambda image: {"src": ""})).value
    return Converted(title=container.title(opened), text=page(html).text, plain=False)
