"""Template tags: standings, chances, ages, places and statements in the app's one way of showing them."""

import re
from datetime import date
from functools import lru_cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from visamatch.directory.programs import directory
from visamatch.documents.columns import title_of
from visamatch.evidence.assessment import Chance, Standing, Weighed
from visamatch.evidence.words import statement_text
from visamatch.facts.states import STATES
from visamatch.facts.tables import Petitioner, Program
from visamatch.shipped import shipped
from visamatch.web import figures
from visamatch.web.profile_form import Field, Group

_ISO = re.compile(r"(\d{4}-\d{2}(?:-\d{2})?)")

register = template.Library()
register.filter("percent", figures.percent)
register.simple_tag(figures.whisker, name="whisker")
register.simple_tag(figures.strip, name="strip")
register.simple_tag(figures.mark, name="mark")
register.simple_tag(figures.bar, name="bar")
register.simple_tag(figures.axis, name="axis")
register.simple_tag(figures.columns, name="columns")
register.simple_tag(figures.curve, name="curve")
register.filter("says", statement_text)
register.filter("column", title_of)


@register.simple_tag
@lru_cache(maxsize=8192)
def standing(value: Standing) -> SafeString:
    """Word, shape and color, with the age beside it."""
    return format_html(
        '<span class="standing">{} {}</span> {}',
        figures.mark(value.code),
        value.label,
        age(value.as_of, value.stale) if value.code != "unknown" else "",
    )


@register.simple_tag
def age(as_of: str, stale: bool = False) -> SafeString:
    """The year of a fact, gray and marked when it is older than the current cycle."""
    if not as_of or as_of == "undated":
        text, stale = "undated", True
    else:
        text = as_of[:4] + (", old" if stale else "")
    return format_html('<span class="age{}">{}</span>', " stale" if stale else "", text)


@register.filter
def when(as_of: str) -> str:
    """An ISO date of any precision as people write it: ``March 2025``."""
    parts = as_of.split("-")
    if not parts[0].isdigit():
        return as_of.capitalize()
    if len(parts) == 1:
        return as_of
    month = date(2000, int(parts[1]), 1).strftime("%B")
    day = f" {int(parts[2])}," if len(parts) > 2 else ""
    return f"{month}{day} {parts[0]}"


@register.filter
def dated(text: str) -> SafeString:
    """A sentence with its ISO dates written out, unbroken at the end of a line."""
    parts = _ISO.split(text)  # text, date, text, date, …
    shown = (
        format_html('<span class="date">{}</span>', when(part)) if at % 2 else part
        for at, part in enumerate(parts)
    )
    return format_html_join("", "{}", ((part,) for part in shown))


@register.filter
def place(program: Program) -> str:
    """City and state."""
    return ", ".join(filter(None, (program.city, program.state)))


@register.filter
def files_for(row: Petitioner) -> str:
    """How a petitioner is tied to the institutions it files for, and that several share its filings."""
    known = directory().institutions
    names = [known[place].name for place in row.institutions]
    if not names:
        return "tied to nobody"
    tie = called(row.relation, "ties")
    if len(names) > 1:
        who = tie if row.relation == "parent_system" else row.relation.replace("_", " ")
        return f"{who.removeprefix('self')}, supports {len(names)} institutions jointly".lstrip(
            ", "
        )
    alone = row.relation == "self" or names[0] == row.name
    return tie if alone else f"{tie} {names[0]}"


@register.filter
def specialty(specialty_id: str) -> str:
    """The name of a specialty."""
    row = directory().specialties.get(specialty_id)
    return row.name if row else specialty_id


@register.filter
def state(code: str) -> str:
    """The name of a state."""
    return STATES.get(code, code)


@register.filter
def quota(program_id: str) -> tuple[int, int] | None:
    """Positions of the newest year on file, and the year."""
    return directory().quota(program_id)


@register.filter
def get(mapping: dict[str, object], key: str) -> object:
    """A value by a key that is only known in the template."""
    return mapping.get(key, "")


@register.filter
def pair(one: object, other: object) -> tuple[object, object]:
    """Two things to go through in a row."""
    return one, other


@register.filter
def points(part: float) -> str:
    """A share as percentage points: ``0.0312`` is 3.1."""
    return f"{100 * part:.1f}"


@register.filter
def share(part: float) -> str:
    """A share in percent with one digit; never 0.0, which would claim to know."""
    return f"{100 * part:.1f}" if part >= 0.0005 else "<0.1"


@register.filter
def span(chance: Chance) -> str:
    """The interval as people read it: ``41–79``."""
    return f"{figures.percent(chance.low)}–{figures.percent(chance.high)}"


@register.filter
def called(code: str, which: str) -> str:
    """A code in the words of a list of ``words.yaml``."""
    found: str = shipped("web/words.yaml")[which].get(code) or words(code)
    return found


@register.filter
def words(code: object) -> str:
    """A code of the data in plain words."""
    return str(code).replace("_", " ")


@register.filter
def signed(effect: float) -> str:
    """An effect with its sign and a true minus."""
    return f"{effect:+.2f}".replace("-", "−")


@register.filter
def touched(group: Group, answers: dict[str, object]) -> bool:
    """Whether any question of a group has an answer."""
    return any(answers.get(each.path) for each in group.fields if each.path != "visa.h1b")


@register.filter
def wrong(group: Group, problems: dict[str, str]) -> bool:
    """Whether any answer of a group needs another look."""
    return any(each.path in problems for each in group.fields)


@register.filter
def labels(fields: tuple[Field, ...]) -> str:
    """The questions of a group at a glance."""
    return ", ".join(each.label for each in fields)


@register.filter
def pull(item: Weighed) -> str:
    """The direction and size of a statement's effect in words."""
    effect = item.effect_log_odds
    if abs(effect) < 0.05:
        return "no effect"
    size = "a little" if abs(effect) < 0.4 else "clearly" if abs(effect) < 1.2 else "strongly"
    return f"{'raises' if effect > 0 else 'lowers'} the chance {size}"
