"""What a sheet would change on a list: added, changed, to be asked. Nothing is applied without being shown.

Three states are compared where the sheet carries the list it was written from (its *base*): a cell that
still says what the base says changes nothing, however the list has moved on; a cell that was changed on
both sides is a conflict. Without a base a filled cell that differs is a change, and an empty one says nothing.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from visamatch.directory.programs import Directory
from visamatch.documents import which_program
from visamatch.documents.columns import Column, named, plain
from visamatch.documents.grid import read_grids
from visamatch.documents.table import (
    Row,
    Table,
    Unclear,
    day_first,
    fields_of,
    find_table,
    own_columns,
    value_of,
)
from visamatch.errors import InputError
from visamatch.workspace.boundary import parse
from visamatch.workspace.document import Workspace
from visamatch.workspace.sponsor_list import Entry, find

Value = str | int | None
IDS = ("program_id", "acgme_id", "nrmp_code")
FACTS = (*IDS[1:], "specialty", "city", "state")
MINE = " (mine)"  # ends an own header that would read like one of ours
OWN_ENTRY = "own"  # the answer "none of these programs: keep the row as my own"


@dataclass(frozen=True, slots=True)
class Added:
    """A row that comes on the list as a new program."""

    row: int
    program_id: str
    name: str
    institution: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A cell that changes an entry. ``row`` as the sheet counts; ``field`` a field of ours or an own header."""

    row: int
    field: str
    old: Value
    new: Value
    program: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """What a person must decide; until then the list stays as it is.

    ``kind``: ``both_changed``, ``two_rows``, ``which_program`` or ``unclear``. An answer is one of the
    choices, under :attr:`key`.
    """

    row: int
    field: str
    kind: str
    old: Value
    new: Value
    question: str
    choices: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The name under which an answer is given: ``12:interest``."""
        return f"{self.row}:{self.field}"

    @property
    def options(self) -> list[tuple[str, str]]:
        """Every choice that differs from leaving the list as it is, with its words."""
        pairs = zip(self.choices, self.labels or self.choices, strict=True)
        return [pair for pair in pairs if pair[0] != str(self.old or "") or self.kind == "two_rows"]


@dataclass(frozen=True, slots=True)
class Difference:
    """The whole answer; ``workspace`` is the list with everything applied that needs no question.

    ``removed``: ids of programs that stood in the sheet when we wrote it and stand there no more.
    """

    added: tuple[Added, ...]
    changed: tuple[Changed, ...]
    conflicts: tuple[Conflict, ...]
    unknown_columns_kept: tuple[str, ...]
    removed: tuple[str, ...]
    remarks: tuple[str, ...]
    read_as: dict[str, str]
    workspace: Workspace

    def record(self) -> dict[str, Any]:
        """The answer as the command line's contract has it, and what else there is to tell."""
        told = asdict(replace(self, workspace=Workspace()))
        del told["workspace"]
        return told


def read_table(data: bytes, name: str) -> Table:
    """The program table of a file; see :func:`read_grids` and :func:`find_table`."""
    return find_table(read_grids(data, name), name)


def compare(
    mine: Workspace,
    table: Table,
    known: Directory,
    on: date,
    answers: Mapping[str, str] | None = None,
    remove: bool = False,
) -> Difference:
    """Compare a sheet with a list; answered conflicts count as changes.

    Args:
        on: the day on which new programs come on the list.
        answers: choices by :attr:`Conflict.key`.
        remove: also take the removed rows' programs off the list.

    Raises:
        InputError: the sheet is no list of programs.
    """
    return _Comparison(mine, table, known, on, answers or {}).run(remove)


@dataclass
class _Comparison:
    mine: Workspace
    table: Table
    known: Directory
    on: date
    answers: Mapping[str, str]
    added: list[Added] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    def run(self, remove: bool) -> Difference:
        base = self.table.base
        self.base = {entry.program_id: entry for entry in base.entries} if base else {}
        self.now = {entry.program_id: entry for entry in self.mine.entries}
        if base and base.starting:
            self.now = self.base | self.now
        self.at = fields_of(self.table)
        self.orders = {
            at: day_first(row.cells[at] for row in self.table.rows) for at in self.at.values()
        }
        self.keys = [self._key(at) for at in range(len(self.table.headers))]
        rows = self._by_program()
        joined = [
            f"rows {', '.join(str(row.number) for row in group)} are one program and become one entry"
            for group in rows.values()
            if len(group) > 1
        ]
        after = {each: self._entry(each, rows[each]) for each in rows}
        mine = {entry.program_id for entry in self.mine.entries}
        fresh = len(after.keys() - mine) - len(self.added)
        if fresh:
            joined.append(f"a starting list of ours: {fresh} programs of it come on your list")
        gone = tuple(
            each for each in self.base if each not in after and find(self.mine.entries, each)
        )
        entries = [after.pop(entry.program_id, entry) for entry in self.mine.entries]
        if remove:
            entries = [entry for entry in entries if entry.program_id not in gone]
        both = (*entries, *after.values())
        update = {"entries": both, "columns": self._own_headers(both)}
        return Difference(
            tuple(self.added),
            tuple(self.changed),
            tuple(self.conflicts),
            own_columns(self.table),
            gone,
            (*self.table.remarks, *joined),
            {h: c.title for h, c in zip(self.table.headers, self.table.columns, strict=True) if c},
            self.mine.model_copy(update=update),
        )

    def _own_headers(self, entries: tuple[Entry, ...]) -> tuple[str, ...]:
        """The person's own columns as the sheet orders them, then those it does not have."""
        used = {name for entry in entries for name in entry.extra}
        pairs = zip(self.keys, self.table.columns, strict=True)
        own = [key for key, column in pairs if key and (column is None or key in used)]
        return tuple(dict.fromkeys((*own, *self.mine.columns)))

    def _key(self, at: int) -> str:
        """The name under which an entry keeps a column that is no field; empty for the others."""
        column, header = self.table.columns[at], self.table.headers[at]
        if column is None:
            return (
                header.removesuffix(MINE) if self.table.ours and named(header) is None else header
            )
        if column.field in Entry.model_fields or column.kind == "computed":
            return ""
        for old in self.mine.columns:  # a column renamed to another name of the same thing
            same = named(old)
            if same and same.field == column.field:
                return old
        return header

    def _by_program(self) -> dict[str, list[Row]]:
        rows: dict[str, list[Row]] = {}
        sure = self.table.telling
        for row in self.table.rows:
            program_id = self._program(row)
            sure = sure or program_id in self.known.programs or program_id.startswith("acgme-")
            if program_id:
                rows.setdefault(program_id, []).append(row)
        if not sure:
            seen = ", ".join(self.table.headers)
            raise InputError(
                self.table.name, "a list of residency programs; no row names one", seen
            )
        return rows

    def _said(self, row: Row, name: str) -> str:
        return row.cells[self.at[name]] if name in self.at else ""

    def _program(self, row: Row) -> str:
        """The id of the program a row means; empty where that must be asked first."""
        stable = self._said(row, "program_id")
        if stable in self.now or stable in self.base or (stable and self.table.base):
            return stable
        for name in IDS:
            if found := which_program.by_id(self.known, self._said(row, name)):
                return found
        said = {name: self._said(row, name) for name in ("name", "institution", *FACTS[2:])}
        if not (said["name"] or said["institution"]):
            return self._nameless(row)
        own = own_id(said)
        same = [e.program_id for e in self.now.values() if e.name and _says(e, said)]
        if own in self.now or len(same) == 1:
            return own if own in self.now else same[0]
        guess = which_program.by_name(self.known, said)
        return guess.program_id or (self._ask_program(row, guess, said) if guess.maybe else own)

    def _nameless(self, row: Row) -> str:
        text = next((self._said(row, name) for name in IDS if self._said(row, name)), "")
        what = f"{text!r} is no id we can read" if text else "the row names no program"
        question = f"{what}; write the program's name or its ten-digit ACGME id."
        self._ask(row, "program", "unclear", None, text, question)
        return ""

    def _ask_program(self, row: Row, guess: which_program.Guess, said: Mapping[str, str]) -> str:
        programs = [self.known.programs[each] for each in guess.maybe]
        labels = (*(f"{p.name}, {p.state}" for p in programs), "None of these: my own entry")
        text = " · ".join(filter(None, said.values()))
        question, choices = f"Which program is {text!r}?", (*guess.maybe, OWN_ENTRY)
        asked = ("program", "which_program", None, text, question, choices, labels)
        answer = self._ask(row, *asked)
        return own_id(said) if answer == OWN_ENTRY else answer or ""

    def _entry(self, program_id: str, rows: list[Row]) -> Entry:
        """The entry of a program as its rows would have it."""
        before = self.now.get(program_id)
        start = before or self._blank(program_id)
        base = self.base.get(program_id)
        fields: dict[str, Value] = {}
        extra = dict(start.extra)
        for at in range(len(self.table.headers)):
            name = self._name(at)
            if not name or (before and self._settled(name, program_id, base)):
                continue
            own = bool(self.keys[at])
            old = _of(start, name, own)
            row, new = self._proposed(at, program_id, rows, name, old)
            if row is None:
                continue
            if base:
                new = self._three_way(row, name, _of(base, name, own), old, new)
            elif not _text(new) and not (self.table.ours and before):
                continue  # a sheet that is not ours says nothing where it is empty
            if _same(new, old):
                continue
            if before:
                self.changed.append(Changed(row.number, name, old, new, start.name or program_id))
            if own:
                extra[name] = str(new or "")
            else:
                fields[name] = new
        extra = {key: text for key, text in extra.items() if text}
        where = f"row {rows[0].number}"
        entry: Entry = parse(Entry, start.model_dump() | fields | {"extra": extra}, where)
        if not before:
            self.added.append(Added(rows[0].number, program_id, entry.name, entry.institution))
        return entry

    def _name(self, at: int) -> str:
        column = self.table.columns[at]
        if column and (column.kind == "computed" or column.field == "program_id"):
            return ""
        return self.keys[at] or (column.field if column else "")

    def _settled(self, name: str, program_id: str, base: Entry | None) -> bool:
        """Another sheet's way of naming a program that the directory names is no change."""
        return (
            name in ("name", "institution") and base is None and program_id in self.known.programs
        )

    def _blank(self, program_id: str) -> Entry:
        program = self.known.programs.get(program_id)
        return Entry(
            program_id=program_id,
            name=program.name if program else "",
            institution=self.known.institution(program).name if program else "",
            added_on=self.on.isoformat(),
        )

    def _proposed(
        self, at: int, program_id: str, rows: list[Row], name: str, old: Value
    ) -> tuple[Row | None, Value]:
        """What the rows of a program say in a column, and which of them says it."""
        said: list[tuple[Row, Value]] = []
        for row in rows:
            value = self._value(row, at, name, old)
            if isinstance(value, Unclear) or self._directory_says(at, program_id, value):
                continue
            if not any(_same(value, v) for _, v in said):
                said.append((row, value))
        filled = [pair for pair in said if _text(pair[1])]
        if not said:
            return None, None
        if len(filled) < 2 or name in ("name", "institution"):
            return (filled or said)[0]
        if self.keys[at]:  # reports on a program, as in a log of invitations: all are kept
            return filled[0][0], " | ".join(_text(value) for _, value in filled)
        first, second = filled[0], filled[1]
        question = f"Rows {first[0].number} and {second[0].number} are one program and differ here."
        choices = tuple(str(value) for _, value in filled)
        answer = self._ask(second[0], name, "two_rows", first[1], second[1], question, choices)
        return next((pair for pair in filled if str(pair[1]) == answer), (None, None))

    def _value(self, row: Row, at: int, name: str, old: Value) -> Value | Unclear:
        text, column = row.cells[at], self.table.columns[at]
        value = value_of(text, column, self.orders.get(at))
        if not isinstance(value, Unclear):
            return value
        if _same(text, old):
            return old
        answer = self.answers.get(f"{row.number}:{name}", "")
        read = value_of(answer, column, None) if answer else value
        if isinstance(read, Unclear):
            self._ask(row, name, "unclear", old, text, value.question, value.choices)
        return read

    def _ask(
        self, row: Row, name: str, kind: str, old: Value, new: Value, question: str,
        choices: tuple[str, ...] = (), labels: tuple[str, ...] = (),
    ) -> str | None:  # fmt: skip
        """The choice that answers a conflict; None where it is still to be made."""
        asked = Conflict(row.number, name, kind, old, new, question, choices, labels)
        if (answer := self.answers.get(asked.key)) in choices:
            return answer
        self.conflicts.append(asked)
        return None

    def _directory_says(self, at: int, program_id: str, new: Value) -> bool:
        """Whether a cell repeats, or leaves out, what the directory knows."""
        column = self.table.columns[at]
        if column is None or column.kind != "fact" or program_id not in self.known.programs:
            return False
        if column.field in IDS:
            return not new or which_program.by_id(self.known, str(new)) == program_id
        return plain(str(new or "")) in ("", plain(fact(self.known, program_id, column)))

    def _three_way(self, row: Row, name: str, then: Value, old: Value, new: Value) -> Value:
        """What a cell becomes that said ``then`` in the base, ``old`` on the list and ``new`` in the sheet."""
        if _same(new, then) or _same(new, old):
            return old
        if _same(old, then):
            return new
        words = (repr(str(value)) if _text(value) else "empty" for value in (then, old, new))
        question = "It was {}; your list now says {}, the sheet {}.".format(*words)
        choices = (_text(old), _text(new))
        answer = self._ask(row, name, "both_changed", old, new, question, choices)
        return new if answer == _text(new) else old


def own_id(said: Mapping[str, str]) -> str:
    """The stable id of a program that the directory does not know: made of its own words."""
    words = [plain(said.get(name, "")) for name in ("name", "institution", "specialty", "city")]
    return "own-" + "-".join(filter(None, words))[:120]


def fact(known: Directory, program_id: str, column: Column) -> str:
    """What the directory says of a program in a column of facts."""
    program = known.programs[program_id]
    if column.field == "specialty":
        return known.specialty(program).name
    if column.field == "nrmp_code":
        tracks = known.tracks_of.get(program_id, ())
        return ", ".join(track.nrmp_code for track in tracks if track.current)
    return str(getattr(program, column.field))


def _says(entry: Entry, said: Mapping[str, str]) -> bool:
    return plain(entry.name) == plain(said["name"]) and (
        not said["institution"] or plain(entry.institution) == plain(said["institution"])
    )


def _of(entry: Entry, name: str, own: bool) -> Value:
    value: Value = entry.extra.get(name, "") if own else getattr(entry, name)
    return value


def _text(value: Value) -> str:
    return "" if value is None else str(value)


def _same(one: Value, other: Value) -> bool:
    """Whether two cells say the same, whatever their ends of lines."""
    first, second = ("\n".join(_text(each).splitlines()).strip() for each in (one, other))
    return first == second
