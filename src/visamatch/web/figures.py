"""Small pictures drawn as SVG: the mark of a standing, a chance as dot and whisker.

Positions are percentages of the width, so one picture fits every column; colors are classes.
"""

from collections.abc import Sequence
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from visamatch.advice.plan import Point
from visamatch.directory.who_files import Year
from visamatch.evidence.assessment import Chance

# Shape and tone of each standing. Tones: yes (accent), ask (amber), no (gray ink).
_MARKS = {
    "confirmed": ("yes", '<circle cx="8" cy="8" r="7"/><path class="cut" d="M4.5 8.2 7 10.7 11.6 5.6"/>'),
    "filed": ("yes", '<path d="M2 1h12v14H2z"/><path class="cut" d="M5 5.5h6M5 8.5h6M5 11.5h3.5"/>'),
    "says_yes": ("yes", '<circle cx="8" cy="8" r="6.5"/>'),
    "conditional": ("ask", '<circle class="line" cx="8" cy="8" r="6"/><path d="M8 2a6 6 0 0 0 0 12z"/>'),
    "not_for_you": ("no", '<circle class="line" cx="8" cy="8" r="6"/><path class="line" d="m3.8 12.2 8.4-8.4"/>'),
    "j1_only": ("no", '<circle class="line" cx="8" cy="8" r="6"/><path class="line" d="M4.8 8h6.4"/>'),
    "no_h1b": ("no", '<path class="line" d="m3 3 10 10M13 3 3 13"/>'),
    "unknown": ("ask", '<circle class="line dashed" cx="8" cy="8" r="6"/>'),
    "conflict": ("ask", '<path d="m1.5 2.5 6 5.5-6 5.5zM14.5 2.5l-6 5.5 6 5.5z"/>'),
}  # fmt: skip


def mark(code: str) -> SafeString:
    """The mark of a standing: its shape tells it apart without color."""
    tone, shape = _MARKS[code]
    return format_html(
        '<svg class="mark {}" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">{}</svg>',
        tone,
        mark_safe(shape),
    )


@lru_cache(maxsize=4096)
def whisker(chance: Chance, size: str = "small") -> SafeString:
    """A chance on the common axis from 0 to 100 %: dot for the mean, whisker for the interval."""
    height = 44 if size == "large" else 20
    middle, cap, radius = height / 2, height / 2.5, height / 4 if size == "small" else 8
    low, mean, high = (round(100 * part, 1) for part in (chance.low, chance.mean, chance.high))
    top, bottom = middle - cap / 2, middle + cap / 2
    ticks = "".join(
        f'<line class="tick" x1="{at}%" x2="{at}%" y1="{top}" y2="{bottom}"/>'
        for at in (0, 25, 50, 75, 100)
    )
    return mark_safe(
        f'<svg class="whisker {size}" height="{height}" role="img" aria-label="{in_words(chance)}">'
        f'<line class="axis" x1="0" x2="100%" y1="{middle}" y2="{middle}"/>{ticks}'
        f'<line class="span" x1="{low}%" x2="{high}%" y1="{middle}" y2="{middle}"/>'
        f'<circle class="dot" cx="{mean}%" cy="{middle}" r="{radius}"/></svg>'
    )


def strip(values: tuple[float, float, float], lowest: float, highest: float) -> SafeString:
    """Low, middle and high of something on an axis from ``lowest`` to ``highest``."""
    low, middle, high = (
        round(100 * min(1.0, max(0.0, (one - lowest) / (highest - lowest))), 1) for one in values
    )
    return mark_safe(
        f'<svg class="whisker small" height="20" role="img" aria-label="{values[1]:.1f}, '
        f'from {values[0]:.1f} to {values[2]:.1f}">'
        f'<line class="axis" x1="0" x2="100%" y1="10" y2="10"/>'
        f'<line class="span" x1="{low}%" x2="{high}%" y1="10" y2="10"/>'
        f'<circle class="dot" cx="{middle}%" cy="10" r="5"/></svg>'
    )


def axis(step: int = 50) -> SafeString:
    """The labels of the common axis, to stand over or under whiskers."""
    anchor = {0: "start", 100: "end"}
    labels = "".join(
        f'<text x="{at}%" y="12" text-anchor="{anchor.get(at, "middle")}">{at}</text>'
        for at in range(0, 101, step)
    )
    return mark_safe(
        f'<svg class="axis" width="100%" height="16" aria-hidden="true">{labels}</svg>'
    )


def bar(count: int, most: int, code: str) -> SafeString:
    """A count as a bar beside its number; ``most`` fills the width."""
    return format_html(
        '<svg class="bar {}" width="100%" height="12" aria-hidden="true">'
        '<rect width="{}%" height="12"/></svg>',
        _MARKS[code][0],
        round(100 * count / most, 2),
    )


def columns(years: Sequence[Year]) -> SafeString:
    """First approvals and trainee cases by fiscal year, oldest left; a year on file in part is outlined."""
    height, foot = 120, 18
    shown = sorted(years, key=lambda year: year.fiscal_year)
    counts = [(year.initial or 0, (year.residents or 0) + (year.fellows or 0)) for year in shown]
    most = max(1, *(max(pair) for pair in counts))
    step = 100 / len(shown)
    parts = []
    for place, (year, pair) in enumerate(zip(shown, counts, strict=True)):
        for side, (count, name) in enumerate(zip(pair, ("first", "cases"), strict=True)):
            tall = round((height - 16) * count / most, 1)
            left = round(step * (place + 0.14 + 0.37 * side), 2)
            part = " part" if year.part else ""
            if count:
                parts.append(
                    f'<rect class="{name}{part}" x="{left}%" width="{step * 0.34:.2f}%"'
                    f' y="{height - tall}" height="{tall}"/>'
                    f'<text x="{left + step * 0.17:.2f}%" y="{height - tall - 3}">{count}</text>'
                )
        middle = round(step * (place + 0.5), 2)
        parts.append(
            f'<text class="year" x="{middle}%" y="{height + foot - 4}">’{year.fiscal_year % 100:02}</text>'
        )
    span = f"{shown[0].fiscal_year} to {shown[-1].fiscal_year}"
    label = f"First approvals and trainee cases, {span}; the figures stand in the table"
    return mark_safe(
        f'<svg class="columns" width="100%" height="{height + foot}" role="img" aria-label="{label}">'
        f'<line class="axis" x1="0" x2="100%" y1="{height}" y2="{height}"/>{"".join(parts)}</svg>'
    )


def curve(points: Sequence[Point], stop: int) -> SafeString:
    """The chance to match against the number of applications: line, band, and the stop line."""
    last = max(1, len(points))
    spots = [(0.0, Chance(0.0, 0.0, 0.0))]
    spots += [(100 * point.applications / last, point.p_match) for point in points]
    line = " ".join(f"{x:.2f},{100 - 100 * part.mean:.1f}" for x, part in spots)
    band = [f"{x:.2f},{100 - 100 * part.high:.1f}" for x, part in spots]
    band += [f"{x:.2f},{100 - 100 * part.low:.1f}" for x, part in reversed(spots)]
    at = round(100 * stop / last, 2)
    ticks = "".join(
        f'<line class="tick" x1="0" x2="100%" y1="{y}" y2="{y}"/><text x="0" y="{y - 4}">{label}</text>'
        for y, label in ((20, "100 %"), (110, "50 %"), (200, "0"))
    )
    return mark_safe(
        f'<svg class="curve" width="100%" height="240" role="img" aria-label="Chance to match by number of'
        f' applications, from 0 to {len(points)}; worth it up to {stop}. The table below has the figures.">{ticks}'
        f'<svg y="20" width="100%" height="180" viewBox="0 0 100 100" preserveAspectRatio="none">'
        f'<polygon class="band" points="{" ".join(band)}"/><polyline class="line" points="{line}"/></svg>'
        f'<line class="stop" x1="{at}%" x2="{at}%" y1="20" y2="200"/>'
        f'<text x="{at}%" y="218" text-anchor="{"end" if at > 70 else "start"}">stop line: {stop}</text>'
        f'<text x="0" y="236">applications</text><text x="100%" y="236" text-anchor="end">{len(points)}</text></svg>'
    )


def percent(part: float) -> str:
    """Whole percent; never 0 or 100, which would claim to know."""
    return str(min(99, max(1, round(100 * part))))


def in_words(chance: Chance) -> str:
    """The chance for those who do not see the picture."""
    return f"{percent(chance.mean)}%, 90% interval {percent(chance.low)} to {percent(chance.high)}%"
