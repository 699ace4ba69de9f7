"""HTML that a student wrote, or a student's code printed, as HTML that does nothing but be read."""

from __future__ import annotations

import re
from functools import cache

import nh3

TAGS = {"a", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt", "em"}
TAGS |= {"h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "q"}
TAGS |= {"s", "samp", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot"}
TAGS |= {"th", "thead", "tr", "u", "ul", "var"}
EMPTIED = {"script", "style", "title", "textarea", "noscript", "template", "math", "svg"}
ATTRIBUTES = {
    "a": {"href", "id", "title"},
    "img": {"src", "alt", "title"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
}
LINK = re.compile(r"(?:https?://|mailto:|#)[^\s]*\Z", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]+\Z")
NAME = re.compile(r"[\w.:-]{1,100}\Z")
COUNT = re.compile(r"\d{1,3}\Z")
CHECKS = {"href": LINK, "src": PICTURE, "id": NAME, "colspan": COUNT, "rowspan": COUNT, "start": COUNT}
NO_ALT = re.compile(r"<img(?![^>]*\balt=)", re.IGNORECASE)
# A tag as nh3 writes it, with every value in double quotes.
MARKUP = re.compile(r'<[^>"]*(?:"[^"]*"[^>"]*)*>')


def clean_html(html: str) -> str:
    """The HTML with text, tables, links and inline pictures kept, and everything else taken out.

    Out go scripts, styles, handlers, frames, forms, classes but those of coloured code, pictures that are not
    in the page itself, and links that are neither http, https, mailto nor within the page. A link opens
    nothing by itself. What comes out is well formed: no tag stays open.
    """
    return NO_ALT.sub('<img alt="A picture without a description"', _cleaner().clean(html))


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS,
        clean_content_tags=EMPTIED,
        attributes=ATTRIBUTES,
        attribute_filter=_checked,
        allowed_classes=_classes(),
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer nofollow",
    )


def _checked(_tag: str, name: str, value: str) -> str | None:
    wanted = CHECKS.get(name)
    return value if wanted is None or wanted.match(value.strip()) else None


def _classes() -> dict[str, set[str]]:
    """The classes of code in colours."""
    from pygments.token import STANDARD_TYPES

    return {"span": {name for name in STANDARD_TYPES.values() if name}, "div": {"highlight"}}


def fill_text(html: str, pieces: dict[str, str], in_tags: dict[str, str]) -> str:
    """Puts pieces of HTML in the place of their keys: in text `pieces`, inside of a tag `in_tags`."""
    if not pieces:
        return html
    keys = re.compile("|".join(map(re.escape, pieces)))
    done, end = [], 0
    for tag in MARKUP.finditer(html):
        done.append(keys.sub(lambda found: pieces[found[0]], html[end : tag.start()]))
        done.append(keys.sub(lambda found: in_tags[found[0]], tag[0]))
        end = tag.end()
    return "".join([*done, keys.sub(lambda found: pieces[found[0]], html[end:])])
