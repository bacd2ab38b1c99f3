"""Letters to one program: written here, sent by the person, logged with the reply."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from visamatch.documents.letters import answers, follow_up_day, letter
from visamatch.errors import InputError
from visamatch.evidence.policy import read_policy
from visamatch.evidence.words import J1, OFFERS
from visamatch.facts.tables import Program
from visamatch.web import store
from visamatch.web.guards import mine, program_or_404, tell, today
from visamatch.workspace.boundary import parse
from visamatch.workspace.diary import Contact
from visamatch.workspace.document import OwnStatement, Workspace
from visamatch.workspace.profile import Profile
from visamatch.workspace.sponsor_list import find, put

KINDS = {
    "program": "Ask the program",
    "resident": "Ask a resident",
    "update": "Step 3 is passed",
    "thanks": "Thank you",
    "confirm": "Confirm in writing",
}
GIVEN = ("area", "greeting", "topic")


@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest, program_id: str) -> HttpResponse:
    """Show a letter of the kind asked for; a POST logs that it was sent, or the reply to one."""
    program = program_or_404(program_id)
    workspace = mine(request).workspace
    kind = request.GET.get("kind", "program")
    profile = workspace.profile or Profile()
    if request.method == "POST":
        return _log(request, program, kind)
    given = {name: request.GET.get(name, "") for name in GIVEN}
    problem, made = "", None
    try:
        made = letter(kind, program, profile, today(), given)
    except InputError as error:
        problem = str(error)
    if made and not made.missing and request.GET.get("as") == "eml":
        response = HttpResponse(made.eml(request.GET.get("to", "")), content_type="message/rfc822")
        response["Content-Disposition"] = f'attachment; filename="{kind}-{program_id}.eml"'
        return response
    context = {
        "program": program, "kind": kind, "kinds": KINDS, "made": made, "problem": problem,
        "given": given, "to": request.GET.get("to", ""), "query": request.GET.urlencode(),
        "mailto": made.mailto(request.GET.get("to", "")) if made and not made.missing else "",
        "log": [each for each in workspace.contacts if each.program_id == program.program_id][::-1],
        "offers": OFFERS, "j1": J1, "answers": answers(profile), "today": today(),
    }  # fmt: skip
    return render(request, "letters.html", context, status=400 if problem else 200)


def _log(request: HttpRequest, program: Program, kind: str) -> HttpResponse:
    contact_id = request.POST.get("contact", "")
    if contact_id:
        edit, note = _replied(request.POST.dict(), contact_id), "Noted a reply"
    else:
        edit, note = _sent(request.POST.dict(), program, kind), "Logged a letter"
    undo = store.change(store.owner(request), edit, f"{note}: {program.name}")
    tell(request, f"{note}.", undo)
    return redirect("letters", program_id=program.program_id)


def _sent(form: dict[str, str], program: Program, kind: str) -> Any:
    day, asks = today(), kind in ("program", "resident", "confirm")
    contact: Contact = parse(
        Contact,
        {
            "contact_id": f"{program.program_id}-{kind}-{day}",
            "program_id": program.program_id,
            "kind": kind,
            "sent_on": day,
            "to": form.get("to", ""),
            "follow_up_on": follow_up_day(day) if asks else None,
        },
        "letter",
    )

    def edit(old: Workspace) -> Workspace:
        others = (each for each in old.contacts if each.contact_id != contact.contact_id)
        entry = find(old.entries, program.program_id)
        met = entry.model_copy(update={"contacted_on": contact.sent_on}) if entry else None
        entries = put(old.entries, met) if met else old.entries
        return old.model_copy(update={"contacts": (*others, contact), "entries": entries})

    return edit


def _replied(form: dict[str, str], contact_id: str) -> Any:
    """Keep the reply word for word, and what it says as the person's own evidence."""
    text = form.get("reply", "").strip()
    if not text:
        raise InputError("reply", "the words of the reply")
    read = read_policy(text)

    def edit(old: Workspace) -> Workspace:
        contact = next((each for each in old.contacts if each.contact_id == contact_id), None)
        if contact is None:
            raise InputError("letter", "a letter that you logged", contact_id)
        statement: OwnStatement = parse(
            OwnStatement,
            {
                "statement_id": f"reply-{contact_id}",
                "program_id": contact.program_id,
                "kind": "reply",
                "sponsors_j1": form.get("j1") or read.sponsors_j1,
                "sponsors_h1b": form.get("h1b") or read.sponsors_h1b,
                "conditions": () if form.get("h1b") else read.h1b_conditions,
                "note": text,
                "as_of": today().isoformat(),
            },
            "reply",
        )
        answered = contact.model_copy(update={"reply": text, "replied_on": today().isoformat()})
        others = (each for each in old.statements if each.statement_id != statement.statement_id)
        contacts = tuple(
            answered if each.contact_id == contact_id else each for each in old.contacts
        )
        return old.model_copy(update={"contacts": contacts, "statements": (*others, statement)})

    return edit
