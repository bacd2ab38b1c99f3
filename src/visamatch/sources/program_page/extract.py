"""The visible text of an HTML page, block by block, and the date the page states in its markup."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

UNSEEN = (
    "script, style, noscript, template, head, svg, iframe, object, [hidden], [aria-hidden=true]"
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_BLOCKS = frozenset(
    [
        "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset",
        "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav",
        "ol", "p", "pre", "section", "summary", "table", "td", "th", "tr", "ul",
    ]
)  # fmt: skip
_DATES = (
    'meta[property="article:modified_time"]',
    'meta[name="last-modified"]',
    'meta[name="date"]',
    'meta[property="article:published_time"]',
)


@dataclass(frozen=True, slots=True)
class Page:
    """Visible text with one block a line, and the ISO date of the markup or empty text."""

    text: str
    date: str


def visible(html: str) -> Page:
    """What a reader of ``html`` sees. Scripts and hidden parts say nothing."""
    tree = LexborHTMLParser(html)
    date = _date(tree)
    for node in tree.css(UNSEEN):
        node.decompose()
    for node in tree.css("[style]"):
        if _HIDDEN_STYLE.search(node.attributes.get("style") or ""):
            node.decompose()
    root = tree.body or tree.root
    return Page(_text(root) if root else "", date)


def _date(tree: LexborHTMLParser) -> str:
    for selector in _DATES:
        node = tree.css_first(selector)
        found = re.match(
            r"\d{4}-\d{2}-\d{2}", (node.attributes.get("content") or "") if node else ""
        )
        if found:
            return found[0]
    return ""


def _text(root: LexborNode) -> str:
    pieces: list[str] = []
    for node in root.traverse(include_text=True):
        if node.tag == "-text":
            pieces.append(node.text_content or "")
        elif node.tag in _BLOCKS:
            pieces.append("\n")
    lines = (" ".join(line.split()) for line in "".join(pieces).splitlines())
    return "\n".join(line for line in lines if line)
