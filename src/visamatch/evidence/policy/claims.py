"""Claims: who takes which visa, clause by clause.

A sentence is parted into clauses with one predicate each; a clause's predicate, its negation and its
"only" decide the stance toward the visas in it. Questions wait for their answer, headings and list
headers lend their predicate to the items below.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from visamatch.evidence.policy.conditions import SOFT, conditions_in
from visamatch.evidence.policy.cues import PREDICATES, VISAS, Cue, patterns, scan
from visamatch.evidence.policy.text import Sentence

Stance = Literal["offer", "consider", "refuse", "require", "named"]
_ASKED = frozenset({"j1", "h1b", "visa", "other_visa", "work_visa"})
_SAYS = patterns("claims")
_LINKS = frozenset({"join", "slash", "except", "instead", "trainee"})


def _has(cues: Iterable[Cue], *kinds: str) -> bool:
    return any(c.kind in kinds for c in cues)


@dataclass(frozen=True, slots=True)
class Claim:
    """One visa in one clause.

    Attributes:
        visa: a visa kind of ``cues.VISAS``; ``visa`` means any, ``other_visa`` those not named.
        closed: the clause takes the visas it names and no others.
        soft: "generally not", "rarely": a refusal that is not firm.
        excepted: a refusal followed by "unless …" or the like.
        new_only: a refusal of new petitions, which leaves transfers open.
        limited: an offer to some, denied to others ("fellows, but not residents").
        by_ecfmg: the J-1 named by its sponsor.
        sentence: index of the sentence; start, end: the clause in the text.
    """

    visa: str
    stance: Stance
    sentence: int
    start: int
    end: int
    closed: bool = False
    soft: bool = False
    excepted: bool = False
    new_only: bool = False
    limited: bool = False
    by_ecfmg: bool = False


@dataclass(slots=True)
class _Page:
    """What earlier sentences leave behind for the next one."""

    asked: list[str] = field(default_factory=list)  # visas of an unanswered question
    asked_new: bool = False  # it asked about new H-1B petitions
    header: Stance | None = None  # the predicate that a list takes from the line above it
    header_closed: bool = False
    before: list[str] = field(default_factory=list)  # visas of the sentence before, for "them"
    elsewhere: bool = False  # under a heading about faculty, scholars, students
    mute: bool = False  # the last question was about something else


def claims_of(sentences: list[Sentence]) -> list[Claim]:
    """All live claims of a page, in order. Talk of others' visas (faculty, waivers, law) makes none."""
    page, found = _Page(), []
    for index, sentence in enumerate(sentences):
        cues = list(scan(sentence.plain)) if _may_speak(sentence, page) else []
        if sentence.ends == "?":
            _ask(page, sentence, cues)
            continue
        made = [] if page.mute else list(_sentence_claims(index, sentence, cues, page))
        page.mute = False
        found += made
        _remember(page, sentence, cues, made)
    return found


def _may_speak(sentence: Sentence, page: _Page) -> bool:
    """Whether a sentence can matter: most of a page neither names a visa nor answers or heads one that does."""
    return (
        _SAYS["of_visas"].search(sentence.plain) is not None
        or sentence.ends not in (".", "!")
        or bool(page.asked or page.before or page.header)
    )


def _ask(page: _Page, sentence: Sentence, cues: list[Cue]) -> None:
    named = [c.kind for c in cues if c.kind in _ASKED]
    which = re.match(r"(?:\W*q\W+)?(?:what|which)\b", sentence.plain) is not None
    page.asked_new = any(c.special == "h1b_new" for c in cues)
    page.mute = (
        _opens_elsewhere(cues)
        or _has(cues, "aside")
        or _SAYS["general_question"].search(sentence.plain) is not None
    )
    if (
        which
        or _has(cues, "offer", "consider", "refuse")
        or sum(c.kind not in ("colon", "join") for c in cues) == len(named)
    ):
        specific = [kind for kind in named if kind != "visa"]
        page.asked = specific or named
    else:
        page.asked = []
    page.header, page.header_closed = ("offer" if page.asked else None), False


def _remember(page: _Page, sentence: Sentence, cues: list[Cue], made: list[Claim]) -> None:
    answered, page.asked = bool(page.asked), []
    kinds = {c.kind for c in cues}
    heading = sentence.ends == "" and len(sentence.plain) < 60 and not made
    if heading and (kinds & {"elsewhere", "trainee"} or not kinds & VISAS):
        page.elsewhere = "elsewhere" in kinds and "trainee" not in kinds
    if not _SAYS["pronoun"].search(sentence.plain) or kinds & {"j1", "h1b"}:
        page.before = [c.kind for c in cues if c.kind in ("j1", "h1b")]
    heading = sentence.ends in ("", ":")
    if heading and kinds & PREDICATES and "visa" in kinds | {c.visa for c in made}:
        negated = "neg" in kinds or "refuse" in kinds
        page.header, page.header_closed = ("refuse" if negated else "offer"), "only" in kinds
    elif answered and not heading:
        page.header = "offer" if [(c.visa, c.stance) for c in made] == [("visa", "offer")] else None
    elif not heading or not kinds & VISAS:
        page.header = page.header if heading and len(sentence.plain) < 60 else None


# Whose visas a sentence speaks of


def _about_others(kinds: set[str], cues: list[Cue]) -> bool:
    """Whether a sentence explains the law, or speaks of waivers or of programs in general."""
    if "aside" in kinds:
        return True
    subject = next((c.kind for c in cues if c.kind in ("own", "general", "explain")), "own")
    if subject != "own" or _opens_elsewhere(cues):
        return True
    if "paperwork" in kinds and not (kinds & {"own", "trainee"} and kinds & PREDICATES):
        return True
    return "greencard" in kinds and not kinds & {"j1", "h1b"}


def _after_others(cues: list[Cue]) -> tuple[list[Cue], list[str]]:
    """The cues after "some programs …; ours" with the visas named before, or those before "…; other programs"."""
    who = [i for i, c in enumerate(cues) if c.kind in ("own", "general")]
    if who and cues[who[0]].kind == "general":
        cut = next((i for i in range(who[0]) if cues[i].special == ";"), 0)
        if _has(cues[:cut], *VISAS):
            return cues[:cut], []
    if len(who) > 1 and cues[who[0]].kind == "general" and cues[who[1]].kind == "own":
        parts = ("cut", "join") if cues[0].kind == "cut" else ("cut",)  # "while others …, we …"
        start = next((i for i in range(who[0], who[1]) if cues[i].kind in parts), None)
        if start is not None:
            return cues[start + 1 :], [c.kind for c in cues[:start] if c.kind in ("j1", "h1b")]
    return cues, []


def _opens_elsewhere(cues: list[Cue]) -> bool:
    who = [c for c in cues if c.kind in VISAS or c.kind in ("elsewhere", "trainee")]
    trainees = any(c.kind == "trainee" and c.special != "applicant" for c in who)
    return bool(who) and who[0].kind == "elsewhere" and not trainees


def _sentence_claims(
    index: int, sentence: Sentence, cues: list[Cue], page: _Page
) -> Iterator[Claim]:
    cues, passed = _after_others(cues)
    kinds = {c.kind for c in cues}
    if _about_others(kinds, cues):
        return
    before = passed or page.before
    answer, rest = _answer(sentence.plain, cues)
    made: list[Claim] = []
    for clause in _clauses(rest, sentence.plain):
        made += _clause_claims(index, sentence, clause, page, made)
    whole = (index, sentence.start, sentence.end)
    if not any(c.visa in _ASKED for c in made) and not answer and page.asked:
        answer = _elliptic(rest, sentence.plain)
    if answer and page.asked:
        done = {c.visa for c in made}
        closed = any(c.closed for c in made)
        for visa in page.asked:
            if visa not in done and not (closed and answer == "offer"):
                yield Claim(visa, answer, *whole, new_only=page.asked_new and visa == "h1b")
    elif not made and not answer and _SAYS["pronoun"].search(sentence.plain) and before:
        stance = _elliptic(rest, sentence.plain)
        if stance == "refuse" and "offer" in kinds and "elsewhere" not in kinds:
            yield from (Claim(v, stance, *whole) for v in before)
    yield from made


def _answer(plain: str, cues: list[Cue]) -> tuple[Stance | None, list[Cue]]:
    """The "Yes" or "No" that opens an answer, and the cues after it."""
    if not cues or cues[0].kind not in ("yes", "neg"):
        return None, cues
    first = cues[0]
    word = plain[first.start : first.end]
    if first.kind == "neg" and word != "no":
        return None, cues
    after = plain[first.end :].lstrip()
    if (
        word == "no"
        and after
        and after[0] not in ",.;:-—!"
        and not after.startswith(("we ", "our "))
    ):
        return None, cues
    return ("refuse" if word == "no" else "offer"), cues[1:]


def _elliptic(cues: list[Cue], plain: str) -> Stance | None:
    """The stance of an answer without an object: "We do not.", "Not at this time.", "We do."."""
    kinds = [c.kind for c in cues]
    if any(c.code in SOFT for c in conditions_in(plain, 0, len(plain))):
        return "consider"
    if "neg" in kinds or "refuse" in kinds:
        return "refuse" if len(plain) < 120 else None
    if "consider" in kinds:
        return "consider"
    return "offer" if "offer" in kinds or re.match(r"(?:yes|we do)\b", plain) else None


# Clauses


def _clauses(cues: list[Cue], plain: str) -> Iterator[list[Cue]]:
    """Part a sentence's cues into clauses: at marks and contrasts, then between predicates."""
    before: list[Cue] = []
    for piece in [*_pieces(cues), []]:
        whole = _main_clause(piece)
        if _belong_together(before, whole):
            before += whole
            continue
        yield from _by_predicate(before)
        before = whole


def _belong_together(left: list[Cue], right: list[Cue]) -> bool:
    """Whether a mark parts a visa from its predicate: "H-1B - not offered"."""
    if (
        left
        and right
        and not _has(left, *VISAS)
        and _has(left, *PREDICATES)
        and not _has(right, *PREDICATES)
    ):
        return right[0].special == "but" and _has(
            right, *VISAS
        )  # "prefers, but is not limited to, J-1"
    if (
        not right
        or not _has(left, *VISAS)
        or _has(right, *VISAS)
        or right[0].special not in ("-", "—")
    ):
        return False
    acts = (PREDICATES | {"neg", "only", "only_if"}) - {"prefer"}
    return not _has(left, *acts) and _has(right, *acts)


def _main_clause(cues: list[Cue]) -> list[Cue]:
    """Leave out an "if" or "while" clause, unless it alone names the visas."""
    if cues and cues[0].kind == "cut":
        end = next((i for i, c in enumerate(cues) if c.special == ","), 0)
        if not _has(cues[:end], *VISAS) and _has(cues[end:], *VISAS):
            return cues[end:]
    start = next((i for i, c in enumerate(cues) if c.kind == "if"), None)
    if start is None:
        return cues
    ends = (
        i for i in range(start + 1, len(cues)) if cues[i].kind == "join" and cues[i].special == ","
    )
    inner = not _has(cues[:start], *VISAS) or cues[start - 1].kind == "join"  # "or, if …, an H-1B"
    end = next(ends, len(cues)) if inner else len(cues)
    if (
        cues[start].special == "only_if"
        and _has(cues[start:end], "j1", "h1b")
        and not _has(cues[:start], "j1", "h1b")
    ):
        return [*cues[:start], Cue("only", cues[start].start, cues[start].end), *cues[start + 1 :]]
    audience = [c for c in cues[start:end] if c.kind in ("elsewhere", "trainee")]
    main = [*cues[:start], *audience, *cues[end:]]
    only = Cue("only_if", cues[start].start, cues[start].start)
    return [*main, only] if _has(main, *VISAS) else cues


def _pieces(cues: list[Cue]) -> list[list[Cue]]:
    outer: list[list[Cue]] = [[]]
    asides: list[list[Cue]] = []
    inner: list[Cue] | None = None
    for place, cue in enumerate(cues):
        if cue.kind == "open":
            inner = []
        elif cue.kind == "close" and inner is not None:
            _close(inner, outer[-1], asides)
            inner = None
        elif inner is not None:
            inner.append(cue)
        elif cue.kind == "if_list":
            break
        elif (
            (cue.kind == "cut" and (cue.special == ";" or (not _has(outer[-1][:1], "if"))))
            or cue.kind == "unless"
            or (cue.kind == "own" and _after_colon(outer[-1], cues[place:]))
        ):
            outer.append([cue])
        else:
            outer[-1].append(cue)
    if inner:
        outer[-1] += inner
    return outer + asides


def _close(inner: list[Cue], before: list[Cue], asides: list[list[Cue]]) -> None:
    """Put the words of a pair of brackets where they belong."""
    if _has(before[-1:], *VISAS) and {c.kind for c in inner} in ({"yes"}, {"neg"}, {"consider"}):
        asides.append([before.pop(), *inner])  # "J-1 (yes), H-1B (case by case)"
    elif _has(inner, *PREDICATES, "neg", "only"):
        asides.append(inner)
    elif all(c.kind in VISAS or c.kind in _LINKS for c in inner):
        before += inner


def _after_colon(label: list[Cue], rest: list[Cue]) -> bool:
    """Whether a clause starts after a colon; not where it tells of the label: "J-1: we take this visa"."""
    if not label or label[-1].kind != "colon":
        return False
    clause = itertools.takewhile(lambda c: c.kind != "cut", rest)
    return not _has(label, "j1", "h1b") or _has(list(clause), "j1", "h1b")


def _by_predicate(cues: list[Cue]) -> Iterator[list[Cue]]:
    """Cut between two predicates where each side has visas of its own (or ends in "are not")."""
    while (place := _cut_place(cues)) is not None:
        yield cues[:place]
        cues = cues[place + 1 :]
    yield cues


def _cut_place(cues: list[Cue]) -> int | None:
    acts = [i for i, c in enumerate(cues) if c.kind in PREDICATES | {"neg"}]
    for left, right in itertools.pairwise(acts):
        joins = [i for i in range(left + 1, right) if cues[i].kind == "join"]
        for place in reversed(joins):
            before, after = cues[:place], cues[place + 1 :]
            if not (_has(before, *VISAS) and _has(after, *VISAS) and _has(before, *PREDICATES)):
                continue
            if not _has(before, "must") or _has(after, "own", "neg"):
                return place
    return None


# The stance of a clause


def _clause_claims(
    index: int, sentence: Sentence, cues: list[Cue], page: _Page, earlier: list[Claim]
) -> Iterator[Claim]:
    if cues and cues[0].kind == "unless":
        if earlier or not _has(cues, *VISAS):
            _except(earlier)
            return
        opened = _clause_claims(index, sentence, cues[1:], page, earlier)
        yield from (replace(c, excepted=c.stance == "refuse") for c in opened)
        return
    visas = [c for c in cues if c.kind in VISAS]
    if not visas and earlier and cues:
        _look_back(cues, sentence.plain, earlier)
    if not visas and any(c.special == "foreigner" for c in cues) and _negated(cues, sentence.plain):
        yield Claim("visa", "refuse", index, sentence.start, sentence.end)  # citizens only
    if not visas or _of_others(cues, page):
        return
    turned = _has(cues, "except", "instead")
    if any(c.kind in ("j1", "h1b") for c in visas) and not turned:
        visas = [c for c in visas if c.kind != "visa"]
    visas = [
        c  # "TN visas": the name of one
        for i, c in enumerate(visas)
        if c.kind != "visa" or i == 0 or sentence.plain[visas[i - 1].end : c.start].strip()
    ]
    stance, closed = _stance(cues, sentence.plain, page, earlier)
    start, end = sentence.start + cues[0].start, sentence.start + cues[-1].end
    soft = _has(cues, "soft", "soft_neg")
    excepted = any(c.kind == "except" and c.start > _last_visa(visas) for c in cues)
    for cue in visas:
        own = _own_stance(cue, cues, sentence.plain, stance)
        yield Claim(
            cue.kind,
            own,
            index,
            start,
            end,
            closed=closed and own != "refuse",
            soft=soft,
            excepted=excepted and own == "refuse",
            limited=excepted and own == "offer",
            new_only=cue.special == "h1b_new"
            or (cue.kind in ("h1b", "visa") and any(c.special == "initiate" for c in cues)),
            by_ecfmg=cue.special == "j1_ecfmg"
            or _SAYS["by_ecfmg"].search(sentence.plain) is not None,
        )


def _look_back(cues: list[Cue], plain: str, earlier: list[Claim]) -> None:
    """Let a clause without a visa turn or limit the claims of the clause before it."""
    last = earlier[-1]
    if _takes_back(cues, plain, last.stance):
        turned: dict[str, Any] = {"stance": "refuse"}
    elif last.stance == "offer" and _has(cues, "neg") and _has(cues, "trainee"):
        turned = {"limited": True}
    else:
        return
    earlier[:] = [replace(c, **turned) if c.start == last.start else c for c in earlier]


def _takes_back(cues: list[Cue], plain: str, last: Stance) -> bool:
    """Whether a clause without a visa denies the one before: "but our hospital does not permit it"."""
    said = plain[cues[0].start :]
    if _has(cues, "elsewhere"):
        return False
    if _has(cues, "refuse"):
        return last == "named"  # "we used to, but stopped"
    if not _has(cues, "neg"):
        return False
    return (
        bool(re.search(r"no longer|not anymore", said))
        or (
            _has(cues, "offer")
            and bool(_SAYS["pronoun"].search(said) or not plain[cues[-1].end :].strip(" .!"))
        )
        or (last == "named" and re.search(r"(?:not|n't)\W*$", said) is not None)
    )


def _except(earlier: list[Claim]) -> None:
    """An "unless" opens the refusals of the clause before it."""
    if earlier:
        last = earlier[-1].start
        for i, claim in enumerate(earlier):
            if claim.start == last and claim.stance in ("refuse", "require"):
                earlier[i] = replace(claim, excepted=True)


def _of_others(cues: list[Cue], page: _Page) -> bool:
    kinds = {c.kind for c in cues}
    if "trainee" in kinds:
        return False
    spouse = any(c.kind == "spouse" and not _has(cues[:i], *VISAS) for i, c in enumerate(cues))
    return "elsewhere" in kinds or page.elsewhere or spouse


def _stance(cues: list[Cue], plain: str, page: _Page, earlier: list[Claim]) -> tuple[Stance, bool]:
    kinds = [c.kind for c in cues]
    if "past" in kinds and "neg" not in kinds:
        return "named", False
    closed = "only" in kinds and _closes(cues, plain)
    if _negated(cues, plain):
        return "refuse", False
    positive = _positive(cues, plain)
    if positive == "require":  # a list of what one must have is closed; a single need is not
        kept = {k for k in kinds if k in VISAS} - {"visa"}
        closed = len(kept) > 1 or kept == {"citizen"}
        return "require", closed and "other_visa" not in kept
    if positive:
        return positive, closed
    if "only" in kinds or "only_if" in kinds:
        return "offer", closed
    if page.header and "neg" not in kinds and len(plain) < 80:
        return page.header, page.header_closed
    if earlier and earlier[-1].stance == "refuse" and re.search(r"\b(?:is|are|do)\W*$", plain):
        return "offer", False
    if earlier and earlier[-1].stance != "refuse":
        if "modal" in kinds:
            return "consider", False
        return earlier[-1].stance, earlier[-1].closed
    return _row(cues, plain)


def _negated(cues: list[Cue], plain: str) -> bool:
    """Whether a negation governs the clause's predicate, or closes the clause ("H-1B: no")."""
    flips = 0
    for i, cue in enumerate(cues):
        if cue.kind == "refuse":
            flips += 1
        elif cue.kind == "neg" and not _negates_visa(i, cues, plain):
            later = [c.kind for c in cues[i + 1 :]]
            ours = _has(cues[:i], "own") and bool(VISAS & set(later))
            if (
                ours
                or any(k in ("offer", "consider", "seek", "admit") for k in later)
                or (
                    _has(cues[:i], *VISAS)
                    and _SAYS["nothing_more"].match(plain[cue.end : cue.end + 60])
                )
            ):
                flips += 1
    return flips % 2 == 1


def _negates_visa(i: int, cues: list[Cue], plain: str) -> bool:
    """Whether the negation at ``i`` stands right before a visa: "no H-1B", "not H-1B", "neither J-1"."""
    if i + 1 >= len(cues) or cues[i + 1].kind not in VISAS:
        return False
    gap = plain[cues[i].end : cues[i + 1].start]
    return bool(_SAYS["gap"].fullmatch(gap))


def _own_stance(visa: Cue, cues: list[Cue], plain: str, stance: Stance) -> Stance:
    """The clause's stance, turned for a visa under an exception or a negation of its own."""
    before = [c.kind for c in cues if c.start < visa.start]
    refused = [c for i, c in enumerate(cues) if c.kind == "neg" and _negates_visa(i, cues, plain)]
    if refused and any(cues[cues.index(c) + 1] is visa for c in refused):
        return "refuse"
    turns = [
        c
        for c in cues
        if c.start < visa.start
        and (
            c.kind == "except"
            or (c.kind == "instead" and not _has(_between(cues, c, visa), "j1", "h1b"))
        )
        and not (stance == "offer" and plain.startswith("besides", c.start))
    ]
    if len(turns) % 2:
        return "offer" if stance == "refuse" or refused else "refuse"
    if refused and refused[-1].start < visa.start:
        between = _between(cues, refused[-1], visa)
        return "offer" if _has(between, "only") else "refuse"
    if stance == "refuse" and "only" in before:
        return "offer"
    must = [c for c in cues if c.kind in ("must", "needed")]
    if stance == "named" or (
        stance == "require" and not any(c.kind == "needed" or c.start < visa.start for c in must)
    ):
        place = cues.index(visa) + 1
        applicant = any(c.special == "applicant" for c in cues[place : place + 2])
        return "offer" if must and applicant else "named"  # "J-1 applicants must …"
    return stance


def _between(cues: list[Cue], left: Cue, right: Cue) -> list[Cue]:
    return [c for c in cues if left.start < c.start < right.start]


def _closes(cues: list[Cue], plain: str) -> bool:
    """Whether "only" binds visas: one stands after it, or right before it at the end of the clause."""
    for i, cue in enumerate(cues):
        if cue.kind == "only":
            after = [c.kind for c in cues[i + 1 :]]
            return bool(VISAS & set(after)) or (
                _has(cues[max(0, i - 2) : i], *VISAS)
                and cues[i - 1].kind in VISAS | {"offer"}
                and not _SAYS["transfers"].search(plain, cues[i - 1].end, cue.start)
                and (not after or after[0] in ("offer", "join"))
                and not _SAYS["only_for"].match(plain, cue.end)
            )
    return False


def _positive(cues: list[Cue], plain: str) -> Stance | None:
    kinds = [c.kind for c in cues]
    first_visa = next(c.start for c in cues if c.kind in VISAS)
    if any(c.kind == "must" and c.start < _last_visa(cues) for c in cues) and "neg" not in kinds:
        return "require"
    if any(c.kind == "needed" and c.start > first_visa for c in cues) and "neg" not in kinds:
        return "require"
    acting = bool(set(kinds) & {"offer", "seek", "admit"})
    considers = [c for c in cues if c.kind == "consider" or (acting and c.kind == "modal")]
    if considers or "soft_neg" in kinds:
        people = any(c.kind == "trainee" and c.start < first_visa for c in cues)
        after = all(c.start > first_visa for c in considers)
        plainly = all(plain.startswith("considered", c.start) for c in considers)
        return "offer" if considers and people and after and plainly else "consider"
    if set(kinds) & {"offer", "seek", "prefer"}:
        return "offer"
    return None


def _last_visa(cues: list[Cue]) -> int:
    return max(c.start for c in cues if c.kind in VISAS)


def _row(cues: list[Cue], plain: str) -> tuple[Stance, bool]:
    """A label with its value: "Visa status: J-1 sponsorship", "Requirements: J-1 or green card"."""
    kinds = [c.kind for c in cues]
    if any(c.kind == "yes" and _SAYS["label"].search(plain, 0, c.start) for c in cues):
        return "offer", False
    if "ask" in kinds:
        return "named", False
    if _SAYS["list_of_needs"].search(plain) and "j1" in kinds and {"pr", "citizen"} & set(kinds):
        return "offer", True
    if "colon" in kinds and len(plain) <= 120 and "visa" in kinds[: kinds.index("colon")]:
        return "offer", False
    return "named", False
