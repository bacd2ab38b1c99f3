"""What the plan says would bring a program in does bring it in; asking in its order changes it most."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from tests.advice.asking import first_and_random
from tests.advice.season import season
from tests.advice.test_plan import person
from visamatch.advice.choose import Chosen, Season, choose
from visamatch.advice.news import news
from visamatch.advice.plan import plan
from visamatch.advice.portfolio import search
from visamatch.directory.programs import directory

ON = date(2026, 11, 24)


@pytest.fixture(scope="module")
def made() -> Chosen:
    return choose(Season(directory(), season(), ON, budget=300.0), person())


def again(made, row, outcomes, utility):
    """The set chosen when one program's outcomes are others; proved best."""
    reachable, worth = made.problem.reachable.copy(), made.problem.utility.copy()
    reachable[row], worth[row] = outcomes, utility
    problem = replace(made.problem, reachable=reachable, utility=worth)
    return search.solve(problem, 4 * 10**8).chosen


def test_a_sure_visa_brings_in_what_it_is_said_to_bring_in(made):
    told, seen = news(made), made.candidates.choosing
    said = np.flatnonzero(told.yes > 0)
    assert len(said) > 3
    sure, could = seen.utility(sure=True), seen.could[1].T
    for row in [*said[np.argsort(-told.yes[said])][:3], said[np.argmin(told.yes[said])]]:
        assert row in again(made, row, could[row], sure[row])


def test_the_chance_that_is_asked_for_brings_a_program_in(made):
    """Its own seasons, thinned or filled up at random until the chance is the one that is named."""
    told, problem = news(made), made.problem
    rng = np.random.default_rng(1)
    out = np.setdiff1d(np.arange(len(problem.utility)), made.chosen)
    out = out[np.isfinite(told.chance_needed[out])]
    for row in rng.choice(out, 6, replace=False):
        now = problem.reachable[row].astype(bool)
        wanted = told.chance_needed[row] * 1.1
        assert wanted > now.mean()
        more = (wanted - now.mean()) / (1 - now.mean())
        outcomes = now | (rng.random(len(now)) < more)
        assert row in again(made, row, outcomes, problem.utility[row])


def test_every_program_that_is_out_says_what_would_bring_it_in():
    told = plan(Season(directory(), season(), ON, budget=300.0), person(), more=False)
    out = [line for line in told.lines if line.rank is None]
    assert out
    assert all(line.reasons[1].startswith("Would come in") for line in out)
    assert any("in writing" in line.reasons[1] for line in out)


def test_nothing_to_ask_where_no_visa_is_needed(made):
    citizen = person().model_copy(
        update={"visa": person().visa.model_copy(update={"needed": False})}
    )
    told = plan(Season(directory(), season(), ON, budget=300.0), citizen, more=False)
    assert not told.ask_first
    assert not any("in writing" in line.reasons[1] for line in told.lines if line.rank is None)


def test_the_first_to_ask_changes_the_plan_more_than_others():
    """Requirement F13, in simulation: answers as likely as the chances say, and a new plan for each."""
    season_ = Season(directory(), season(), ON, budget=300.0)
    first = plan(season_, person(), more=False).ask_first[0]
    told, others = first_and_random(season_, person(), first.outlook.program_id, 6)
    assert told.gain > 2 * np.mean([other.gain for other in others])
    assert told.gain == pytest.approx(first.worth_asking, rel=0.5)
