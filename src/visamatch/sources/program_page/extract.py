"""The words of a page (HTML, PDF or plain text): what a reader sees, and the paragraph on visas."""

import codecs
import io
import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from visamatch.errors import InputError

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


MAIN = "main, [role=main], article"
FRAME = "nav, header, footer, aside"
PAGES = 100  # of a PDF; a policy stands at its beginning or not at all
PARAGRAPH = 3_000  # characters
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w:.-]+)""", re.I)
_VISA = re.compile(
    r"\bvisas?\b|\b[jh]\W{0,2}1\W{0,2}b?\b|ecfmg.sponsor|work authori|green card", re.I
)


def read_page(body: bytes, content_type: str) -> Page:
    """The words of a body as a server named it: its main part, without menus where that can be told.

    Raises:
        InputError: another kind of file, or a PDF that cannot be read.
    """
    kind = content_type.split(";")[0].strip().lower()
    if kind == "application/pdf" or body.startswith(b"%PDF-"):
        return Page(_pdf(body), "")
    if kind not in ("text/html", "application/xhtml+xml", "text/plain", ""):
        raise InputError("page", "HTML, PDF or plain text", kind)
    text = decoded(body, content_type)
    if kind == "text/plain":
        return Page(text, "")
    return visible(text, main=True)


def decoded(body: bytes, content_type: str) -> str:
    """Bytes as text: by their mark, the server's word, the page's own word, UTF-8, Windows-1252."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
    ):
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    said = re.search(r"charset=[\"']?([\w:.-]+)", content_type, re.I)
    own = _CHARSET.search(body[:4_096])
    names = [said[1]] if said else []
    names += [own[1].decode("ascii", "replace")] if own else []
    for name in [*names, "utf-8"]:
        if (text := _try(body, name)) is not None:
            return text
    return body.decode("cp1252", "replace")


def _try(body: bytes, name: str) -> str | None:
    latin = name.lower() in ("iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii")
    try:
        return body.decode("cp1252" if latin else name)
    except (LookupError, UnicodeError, ValueError):
        return None


def _pdf(body: bytes) -> str:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(body))
        return "\n".join(page.extract_text() for page in reader.pages[:PAGES])
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError("page", f"a PDF that can be read ({type(error).__name__})") from None


def paragraph(text: str) -> str:
    """The lines that speak of visas, each with the question or heading above it."""
    lines = text.splitlines()
    wanted: set[int] = set()
    for number, line in enumerate(lines):
        if _VISA.search(line):
            wanted |= {number}
            if number and _leads(lines[number - 1]):
                wanted.add(number - 1)
            if line.endswith("?") and number + 1 < len(lines):
                wanted.add(number + 1)
    return "\n".join(lines[number] for number in sorted(wanted))[:PARAGRAPH]


def _leads(line: str) -> bool:
    """Whether a line is a question or a heading."""
    return line.endswith("?") or (len(line) < 60 and not line.endswith((".", "!", ";", ",")))


def visible(html: str, main: bool = False) -> Page:
    """What a reader of ``html`` sees, or its main part. Scripts and hidden parts say nothing."""
    tree = LexborHTMLParser(html)
    date = _date(tree)
    for node in tree.css(UNSEEN):
        node.decompose()
    for node in tree.css("[style]"):
        if _HIDDEN_STYLE.search(node.attributes.get("style") or ""):
            node.decompose()
    root = tree.body or tree.root
    if root is None:
        return Page("", date)
    return Page((_main(tree, root) if main else "") or _text(root), date)


def _main(tree: LexborHTMLParser, root: LexborNode) -> str:
    """The main part where the page names it and it holds what is said of visas; else all but the frame."""
    whole = _text(root)
    named = "\n".join(_text(node) for node in tree.css(MAIN)[:20])
    if len(named) >= 200 and (_VISA.search(named) or not _VISA.search(whole)):
        return named
    for node in tree.css(FRAME):
        node.decompose()
    inner = _text(root)
    return inner if _VISA.search(inner) or not _VISA.search(whole) else whole


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
