"""Words pasted for a program: read, shown, and counted only when the person accepts what was read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from visamatch.errors import InputError
from visamatch.web import store
from visamatch.web.guards import change, program_or_404, tell, today
from visamatch.web.review import quote, reading_id
from visamatch.web.views.programs import program_page
from visamatch.workspace.boundary import parse
from visamatch.workspace.document import OwnStatement, Pending, Workspace


@require_POST
def read(request: HttpRequest, program_id: str) -> HttpResponse:
    """Read pasted words; they wait on the program's page for the person's decision."""
    program = program_or_404(program_id)
    form = request.POST.dict()
    words = str(form.get("text", "")).strip()
    data = {
        "reading_id": reading_id(program.program_id, str(form.get("kind", "")), words),
        "program_id": program.program_id,
        "kind": form.get("kind", "page"),
        "text": words,
        "url": form.get("url", ""),
        "read_on": today().isoformat(),
    }
    try:
        if not words:
            raise InputError("the words", "some text to read; the box was empty")
        pending: Pending = parse(Pending, data, "the words")
    except InputError as error:
        return program_page(request, program, typed=form, problem=str(error))
    said = "Read. Nothing counts until you accept it."
    change(request, lambda old: waiting(old, pending), f"Read words: {program.name}", said)
    return redirect(reverse("program", args=[program.program_id]) + "#review")


def waiting(old: Workspace, pending: Pending) -> Workspace:
    """The workspace with these words waiting; the same words wait once."""
    others = [each for each in old.pending if each.reading_id != pending.reading_id]
    return old.model_copy(update={"pending": (*others, pending)})


@require_POST
def decide(request: HttpRequest, program_id: str) -> HttpResponse:
    """Accept a waiting reading as it stands in the form, drop it, or withdraw an accepted one."""
    program, form = program_or_404(program_id), request.POST
    name, action = form.get("reading", ""), form.get("action", "")
    said = {"accept": "Accepted", "drop": "Dropped", "withdraw": "Withdrawn"}.get(action)
    if said is None:
        raise InputError("action", "accept, drop or withdraw", action)

    def edit(old: Workspace) -> Workspace:
        if action == "withdraw":
            kept = tuple(each for each in old.statements if each.statement_id != name)
            return old.model_copy(update={"statements": kept})
        return _decided(old, name, form if action == "accept" else None)

    undo = store.change(store.owner(request), edit, f"{said} a reading: {program.name}")
    tell(request, f"{said}." if undo is not None else "Nothing had changed.", undo)
    return redirect(reverse("program", args=[program.program_id]) + "#evidence-title")


def _decided(old: Workspace, name: str, accepted: QueryDict | None) -> Workspace:
    pending = next((each for each in old.pending if each.reading_id == name), None)
    if pending is None:
        raise InputError("reading", "one that waits for you; this one was decided already")
    rest = tuple(each for each in old.pending if each is not pending)
    if accepted is None:
        return old.model_copy(update={"pending": rest})
    said = {
        "statement_id": name,
        "program_id": pending.program_id,
        "kind": pending.kind,
        "sponsors_j1": accepted.get("j1", ""),
        "sponsors_h1b": accepted.get("h1b", ""),
        "conditions": accepted.getlist("condition")
        if accepted.get("h1b") not in ("yes", "no")
        else (),
        "url": pending.url,
        "note": quote(pending),
        "as_of": accepted.get("as_of", ""),
    }
    statement: OwnStatement = parse(OwnStatement, said, "reading")
    others = tuple(each for each in old.statements if each.statement_id != name)
    return old.model_copy(update={"pending": rest, "statements": (*others, statement)})
