"""Which teaching institution an H-1B employer string means, and how the employer is tied to it.

Three steps, the surest first: the tax id's last four digits with the state (never alone: four digits
collide), then the name inside the state with the city deciding between namesakes. Reviewed decisions
(``data/judgements.csv``) win over both. Method and figures: ``docs/method/filings.md``.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import log

from rapidfuzz.distance import DamerauLevenshtein

from visamatch.directory import registers
from visamatch.directory.names import Name, read_names, word_list
from visamatch.directory.registers import Judgement, Register, Relation, city_key
from visamatch.facts.states import STATES, postal

# A name fits when this share of its and the entry's weight agrees, weighed by how rare each word is.
ACCEPT_SAME_CITY, ACCEPT_ELSEWHERE, ACCEPT_TAX_ID = 0.72, 0.86, 0.35
OWN_TAX_ID = 0.15  # what an entry with the very digits is ahead of the institution's others
AMBIGUOUS = 0.05  # namesakes this close in another city leave the name unresolved
RARE = 0.5  # weight from which a word names an institution rather than a kind of institution
UNKNOWN = 1.0  # weight of a word no register has
NEARER = 0.15  # how much better a namesake elsewhere must fit to beat the one in the city
CITY = 0.3  # what is left of a word that only repeats the city
UNREAD = 0.15  # what is left of an entry's words behind the point where a name was cut
OTHER_KIND = (
    0.8  # fit of one employer's hospital, system and health center, or with a brand before it
)
EXACT = 0.93  # asked of universities, whose names differ by a word (State, the campus)
COMMON = 3  # houses of one name from which the city must agree
TYPO_FROM = 7  # letters from which one slip is forgiven

PRACTICE, _KIND, _SETS_APART = map(word_list, ("practice", "kind", "sets_apart"))
_WITH_PRACTICE = PRACTICE | word_list("with_practice")
_FIELDS, _HOUSE, _CARE = map(word_list, ("fields", "house", "care"))
_COMPASS, _OTHER_TRADE = word_list("compass"), word_list("other_trade")


@dataclass(frozen=True, slots=True)
class Match:
    """What an employer string was resolved to.

    Attributes:
        institution_id, institution: None where no teaching institution is meant.
        relation: how the employer stands to the institution; ``not_teaching`` without one.
        score: 0..1, how well name and entry agree; 1 for a reviewed decision.
        basis: ``judgement``, ``tax id``, ``name and city``, ``name`` or ``none``.
    """

    institution_id: str | None
    institution: str | None
    relation: Relation
    score: float
    basis: str


NOTHING = Match(None, None, "not_teaching", 0.0, "none")


@dataclass(frozen=True, slots=True)
class _Fit:
    entry: Register
    score: float
    same_city: bool
    relation: Relation
    rare: bool  # they agree on a word neither common nor a place, or the name is a short form
    common: bool  # several houses of the country have this name


class Resolver:
    """The registers, indexed for look-up. Build it once; :meth:`resolve` is pure."""

    def __init__(
        self,
        entries: Iterable[Register],
        judgements: Mapping[tuple[tuple[str, ...], str], Judgement] | None = None,
        tax_ids: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        self._judgements = judgements or {}
        self._filers: dict[tuple[str, str], set[str]] = defaultdict(set)
        for key, institution_id in (tax_ids or {}).items():
            self._filers[key].add(institution_id)
        self._by_word: dict[tuple[str, str], list[Register]] = defaultdict(list)
        self._vocabulary: dict[str, set[str]] = defaultdict(set)
        self._places: dict[str, set[str]] = defaultdict(lambda: set(_COMPASS))
        self._repairs: dict[tuple[str, str], tuple[str, ...]] = {}  # a memory, filled on the way
        entries = tuple(entries)
        seen: Counter[str] = Counter()
        for entry in entries:
            seen.update(set(entry.words))
            for state in entry.states:
                self._places[state].update(
                    entry.city.split(), STATES.get(state, "").upper().split()
                )
                self._vocabulary[state].update(entry.words)
                for word in {*entry.words, "".join(entry.words)}:
                    self._by_word[state, word].append(entry)
                for digits in entry.tax_ids:
                    self._filers[state, digits].add(entry.institution_id)
        self._order = {entry: number for number, entry in enumerate(entries)}
        houses = {(entry.words, entry.states, entry.institution_id) for entry in entries}
        self._namesakes = Counter(words for words, _, _ in houses)
        top = log(len(entries) + 1)
        self._weight = {word: log((len(entries) + 1) / n) / top for word, n in seen.items()}

    def resolve(self, raw_name: str, city: str = "", state: str = "", tax_id: str = "") -> Match:
        """Resolve one employer.

        Args:
            raw_name: as the file has it.
            city: of the employer's address, which may be a mailing address.
            state: two letters or the name in full, or empty.
            tax_id: the last four digits or the whole number; lost leading zeros are restored.
        """
        state = postal(state)
        names = read_names(raw_name, state)
        if not names:
            return NOTHING
        judged = self._judgements.get((names[0].words, state))
        if judged:
            return _judged(judged)
        by_name = [self._fits(name, city_key(city), state) for name in names]
        legal = any(fit.score == 1.0 and not fit.common for fit in by_name[0])
        fits = by_name[0] if legal else [fit for fits in by_name for fit in fits]
        digits = re.sub(r"\D", "", tax_id)[-4:]
        filers = self._filers.get((state, digits.zfill(4)), set()) if digits else set()
        return _by_tax_id(fits, filers, digits.zfill(4)) or _by_name(fits)

    def share_a_name(self, name: str, others: Iterable[str], state: str) -> bool:
        """Whether a name shares with one of the others a word that is rare and no place."""
        mine, *theirs = (
            {word for part in read_names(text, state) for word in part.words}
            for text in (name, *others)
        )
        shared = mine & set().union(*theirs) - self._places[state]
        return any(self._of(word) >= RARE for word in shared)

    def _fits(self, name: Name, city: str, state: str) -> list[_Fit]:
        words = self._repaired(name, state)
        rarest = sorted(set(words), key=lambda word: -self._weight.get(word, 0.0))[:3]
        found = dict.fromkeys(
            entry
            for word in ("".join(words), *rarest)
            for entry in self._by_word.get((state, word), ())
        )
        name = Name(words, name.cut)
        fits = [self._fit(name, entry, city) for entry in found if entry.meets(city)]
        return sorted(fits, key=lambda fit: self._order[fit.entry])

    def _repaired(self, name: Name, state: str) -> tuple[str, ...]:
        """The words with single slips mended."""
        parts: list[str] = []
        for word in name.words:
            if (state, word) not in self._repairs:
                known = self._vocabulary.get(state, set())
                mended = (word,) if word in known else self._unglued(word, known)
                self._repairs[state, word] = mended or (_mended(word, known),)
            parts += self._repairs[state, word]
        return tuple(parts)

    def _unglued(self, word: str, known: set[str]) -> tuple[str, ...]:
        """The two known words a blank was lost between, if there is one way to part them."""
        ways = [
            parts for n in range(4, len(word) - 3)
            if set(parts := (word[:n], word[n:])) <= known and max(map(self._of, parts)) >= RARE
        ]  # fmt: skip
        return ways[0] if len(ways) == 1 else ()

    def _fit(self, name: Name, entry: Register, city: str) -> _Fit:
        theirs = set(entry.words)
        mine = _completed(name, theirs)
        if (mine - theirs) & _OTHER_TRADE:
            return _Fit(entry, 0.0, False, entry.relation, False, False)
        common = self._namesakes[entry.words] >= COMMON
        if "".join(name.words) == "".join(entry.words):
            return _Fit(entry, 1.0, city == entry.city, entry.relation, True, common)
        if _between((theirs - mine) & _SETS_APART, mine, entry.words):
            return _Fit(entry, 0.0, False, entry.relation, False, False)
        best, relation = self._score(mine, theirs, entry, name.cut), entry.relation
        if city == entry.city and self._is_other_kind(name.words, mine, entry):
            best = max(best, OTHER_KIND)
        practice = self._practice(mine, theirs, entry, name.cut)
        if practice > best:
            best, relation = practice, "faculty_practice"
        if _is_university(mine) and best < EXACT:
            best = 0.0
        places = self._places[entry.states[0]] | set(city.split())
        rare = any(self._of(word) >= RARE for word in (mine & theirs) - places)
        shared = (mine & theirs) - (_WITH_PRACTICE - {"HOSPITAL"})
        rare = rare or (city == entry.city and (
            (mine < theirs and len(mine) > 2)
            or (best >= ACCEPT_ELSEWHERE and len(mine & theirs) > 1)
            or (mine == theirs - set(city.split()) and len(mine) > 1)
            or (relation == "faculty_practice" and len(shared) > 1)
        ))  # fmt: skip
        return _Fit(entry, best, city == entry.city, relation, rare, common)

    def _score(self, mine: set[str], theirs: set[str], entry: Register, cut: bool) -> float:
        """The weighed share of words that agree; the entry's city may be added or left out."""
        shared = sum(map(self._of, mine & theirs))
        place = set(entry.city.split())
        mine_only, theirs_only = (
            sum(self._of(word) * (CITY if word in place else 1.0) for word in words)
            for words in (mine - theirs, theirs - mine)
        )
        total = shared + mine_only + theirs_only * (UNREAD if cut else 1.0)
        return shared / total if total else 0.0

    def _practice(self, mine: set[str], theirs: set[str], entry: Register, cut: bool) -> float:
        """How well a physicians' group's name fits its hospital's."""
        if entry.relation != "self" or not (mine - theirs) & PRACTICE:
            return 0.0
        less, of = mine - (_WITH_PRACTICE - theirs), theirs - (_WITH_PRACTICE - mine)
        if not mine - theirs - {"GROUP", "ASSOCIATES"} and not mine & _CARE:
            return 0.0  # any trade has groups and associates
        fit = 0.97 * self._score(
            less, of - {"CENTER", "UNIVERSITY"} if less & of else of, entry, cut
        )
        own_field = (mine - theirs) & _FIELDS and not mine & _HOUSE
        return min(fit, ACCEPT_SAME_CITY - 0.01) if own_field else fit

    def _is_other_kind(self, words: tuple[str, ...], mine: set[str], entry: Register) -> bool:
        """Whether the names differ in the kind of house only, or in a brand before the name."""
        theirs = set(entry.words)
        if mine - {words[0]} == theirs and any(self._of(word) >= RARE for word in theirs):
            return True
        named = mine - _KIND
        apart = (mine ^ theirs) & _SETS_APART or "HEALTH CENTER" in " ".join(words)
        return not apart and named == theirs - _KIND and bool(named - self._places[entry.states[0]])

    def _of(self, word: str) -> float:
        return self._weight.get(word, UNKNOWN)


def _between(words: set[str], mine: set[str], theirs: tuple[str, ...]) -> bool:
    """Whether a word is missing before the last one shared: left out, not cut away."""
    shared = [place for place, word in enumerate(theirs) if word in mine]
    return any(word in words for word in theirs[: max(shared, default=0)])


def is_care(words: set[str]) -> bool:
    """Whether a name is a health-care employer's by its words, and not another trade's or a campus's."""
    return (
        bool(words & (_CARE | _KIND | PRACTICE))
        and not words & _OTHER_TRADE
        and not _is_university(words)
    )


def _is_university(words: set[str]) -> bool:
    """Whether a name is a university's or college's as such, not a hospital's or practice's."""
    return bool(words & {"UNIVERSITY", "COLLEGE"}) and not words & _CARE


def _completed(name: Name, theirs: set[str]) -> set[str]:
    """The name's words, the last completed to a word of the entry when it is the beginning of one."""
    last = name.words[-1]
    if last in theirs or not (name.cut or len(last) >= 3):
        return set(name.words)
    whole = sorted(word for word in theirs - set(name.words) if word.startswith(last))
    if whole:
        return {*name.words[:-1], whole[0]}
    return set(name.words[:-1]) if name.cut and len(last) < 4 else set(name.words)


def _mended(word: str, known: set[str]) -> str:
    if len(word) < TYPO_FROM:
        return word
    near = [w for w in known if w[0] == word[0] and abs(len(w) - len(word)) < 2
            and DamerauLevenshtein.distance(w, word, score_cutoff=1) <= 1]  # fmt: skip
    return near[0] if len(near) == 1 else word


def _by_tax_id(fits: list[_Fit], filers: set[str], digits: str) -> Match | None:
    """The filer with this tax id, if the name speaks for it too."""
    agreed = [
        fit for fit in fits
        if fit.entry.institution_id in filers
        and fit.score >= ACCEPT_TAX_ID and (fit.rare or fit.score > 0.6)
    ]  # fmt: skip
    agreed.sort(key=lambda fit: fit.score + OWN_TAX_ID * (digits in fit.entry.tax_ids))
    return _match(agreed[-1], "tax id") if agreed else None


def _by_name(fits: list[_Fit]) -> Match:
    """The best fit in the city, else the best of the state if no namesake is near."""
    fits = [fit for fit in fits if fit.rare or fit.score > 0.97]
    whole = [fit for fit in fits if fit.score == 1.0]
    if whole and whole[0].relation == "parent_system":  # it files from any of its addresses
        return _match(whole[0], "name")
    here = [fit for fit in fits if fit.same_city and fit.score >= ACCEPT_SAME_CITY]
    if here:
        best = max(here, key=lambda fit: fit.score)
        if not any(fit.score > best.score + NEARER for fit in fits):
            return _match(best, "name and city")
    fits = [fit for fit in fits if fit.same_city or not fit.common]
    best_anywhere = max(fits, key=lambda fit: fit.score, default=None)
    if best_anywhere is None or best_anywhere.score < ACCEPT_ELSEWHERE:
        return NOTHING
    rivals = {
        fit.entry.institution_id for fit in fits if fit.score > best_anywhere.score - AMBIGUOUS
    }
    return _match(best_anywhere, "name") if len(rivals) == 1 else NOTHING


def _match(fit: _Fit, basis: str) -> Match:
    entry = fit.entry
    return Match(entry.institution_id, entry.institution, fit.relation, round(fit.score, 3), basis)


def _judged(judged: Judgement) -> Match:
    if judged.decision == "reject":
        return Match(None, None, "not_teaching", 1.0, "judgement")
    return Match(judged.institution_id, judged.institution, judged.relation, 1.0, "judgement")


@cache
def resolver() -> Resolver:
    """The resolver over the shipped registers and the ledger of judgements."""
    return Resolver(registers.registers(), registers.judgements(), registers.tax_ids())
