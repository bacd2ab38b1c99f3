import re

from visamatch.evidence.assessment import Chance
from visamatch.evidence.words import STANDINGS
from visamatch.web import figures


def test_each_standing_has_a_shape_of_its_own():
    marks = [re.sub(r'class="mark \w+"', "", figures.mark(code)) for code in STANDINGS]
    assert len(set(marks)) == len(STANDINGS)


def test_a_whisker_stands_where_its_numbers_say():
    drawn = figures.whisker(Chance(0.62, 0.41, 0.79))
    assert 'class="span" x1="41.0%" x2="79.0%"' in drawn
    assert 'cx="62.0%"' in drawn
    assert 'aria-label="62%, 90% interval 41 to 79%"' in drawn


def test_no_percentage_claims_certainty():
    assert figures.percent(0.0004) == "1"
    assert figures.percent(0.9999) == "99"


def test_drawings_carry_no_inline_style():
    drawn = [figures.whisker(Chance(0.5, 0.4, 0.6), "large"), figures.bar(3, 9, "filed")]
    assert not [svg for svg in (*drawn, figures.axis()) if "style" in svg]
