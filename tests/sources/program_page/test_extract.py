import pytest

from visamatch.errors import InputError
from visamatch.sources.program_page.extract import decoded, paragraph, read_page, visible


def pdf(words: bytes) -> bytes:
    """The smallest PDF with one line of words."""
    drawn = b"BT /F1 12 Tf 20 100 Td (" + words + b") Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj%b endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 6\n0000000000 65535 f \n" + table
    return body + head + b"trailer<</Root 1 0 R/Size 6>>\nstartxref\n%d\n%%%%EOF" % len(body)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("Résidents: visa J‑1".encode(), "text/html; charset=utf-8"),
        ("Résidents: visa J-1".encode("cp1252"), "text/html; charset=ISO-8859-1"),
        ("Résidents: visa J‑1".encode("utf-16"), "text/plain"),
        ("<meta charset='windows-1252'>Résidents: visa J-1".encode("cp1252"), "text/html"),
        ("Résidents: visa J-1".encode("cp1252"), "text/html"),  # nobody says
        ("Résidents: visa J-1".encode(), "text/html; charset=no-such-thing"),
        (b"\xef\xbb\xbf" + "Résidents: visa J-1".encode(), ""),
    ],
)
def test_odd_encodings(body, kind):
    text = decoded(body, kind)
    assert "Résidents: visa J" in text
    assert "\ufeff" not in text


def test_a_pdf_is_read_whatever_the_server_calls_it():
    for kind in ("application/pdf", "application/octet-stream"):
        assert (
            "We sponsor J-1 visas only." in read_page(pdf(b"We sponsor J-1 visas only."), kind).text
        )


@pytest.mark.parametrize(
    ("body", "kind"), [(b"%PDF-1.4 broken", "application/pdf"), (b"\x89PNG", "image/png")]
)
def test_what_cannot_be_read_is_told(body, kind):
    with pytest.raises(InputError):
        read_page(body, kind)


def test_the_main_part_leaves_menus_out():
    long = "<p>Residents learn medicine here and are paid for it, which is fair. </p>" * 5
    html = f"<nav>Visa card</nav><main>{long}<p>J-1 visas only.</p></main><footer>Parking</footer>"
    text = read_page(html.encode(), "text/html").text
    assert "J-1 visas only." in text
    assert "Parking" not in text
    assert "Visa card" not in text


def test_a_visa_told_outside_the_main_part_is_not_lost():
    html = f"<main>{'<p>Words about rounds.</p>' * 20}</main><aside>J-1 visas only.</aside>"
    assert "J-1 visas only." in read_page(html.encode(), "text/html").text


def test_scripts_and_hidden_parts_say_nothing():
    html = "<script>H-1B yes</script><p hidden>H-1B yes</p><p style='display: none'>H-1B</p><p>J-1.</p>"
    assert visible(html).text == "J-1."


def test_the_paragraph_on_visas():
    text = "Rounds\nWe round at 7.\nDo you sponsor visas?\nYes, J-1 only.\nParking\nThere is some."
    assert paragraph(text) == "Do you sponsor visas?\nYes, J-1 only."
    assert paragraph("Nothing here.") == ""
