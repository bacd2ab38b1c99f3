"""The calendar: events on file, and rules that reproduce published dates they were not made for."""

from datetime import date

import pytest

from visamatch.errors import InputError
from visamatch.facts import cycles


@pytest.mark.parametrize(
    ("event", "cycle", "day"),
    [
        ("match_day", 2015, date(2015, 3, 20)),
        ("match_day", 2016, date(2016, 3, 18)),
        ("match_day", 2018, date(2018, 3, 16)),
        ("match_day", 2024, date(2024, 3, 15)),
        ("rol_deadline", 2024, date(2024, 2, 28)),
        ("registration_deadline", 2024, date(2024, 1, 31)),
        ("ranking_opens", 2024, date(2024, 2, 1)),
        ("match_week", 2018, date(2018, 3, 12)),
        ("registration_opens", 2016, date(2015, 9, 15)),
        ("match_day", 2028, date(2028, 3, 17)),
        ("ranking_opens", 2031, date(2031, 2, 3)),
        ("registration_deadline", 2032, date(2032, 1, 30)),
    ],
)
def test_rules(event, cycle, day):
    assert cycles.project(event, cycle) == day


def test_the_2027_cycle_is_on_file():
    events = {event.event: event for event in cycles.events(2027)}
    deadline = events["rol_deadline"]
    assert (deadline.date, deadline.time) == (date(2027, 3, 3), "21:00")
    assert deadline.zone == "America/New_York"
    assert deadline.standing == "secondary"
    assert events["eras_ends"].standing == "projected"


def test_a_cycle_nobody_has_published_is_projected_in_order():
    events = cycles.events(2029)
    assert {event.standing for event in events} == {"projected"}
    assert [event.date for event in events] == sorted(event.date for event in events)


def test_unknown_events_are_named():
    with pytest.raises(InputError, match="match_day"):
        cycles.project("match_dya", 2027)
