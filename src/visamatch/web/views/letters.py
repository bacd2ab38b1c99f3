"""Letters to one program: written here, sent by the person, logged with the reply."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from visamatch.documents.letters import ASKS, answers, follow_up_day, letter
from visamatch.errors import InputError
from visamatch.evidence.words import J1, OFFERS
from visamatch.facts.tables import Program
from visamatch.shipped import shipped
from visamatch.web.guards import attachment, change, mine, program_or_404, today
from visamatch.web.views.readings import waiting
from visamatch.workspace.boundary import parse
from visamatch.workspace.diary import Contact
from visamatch.workspace.document import OwnStatement, Pending, Workspace
from visamatch.workspace.profile import Profile
from visamatch.workspace.sponsor_list import find, put

KINDS: dict[str, str] = shipped("web/words.yaml")["letters"]
GIVEN = ("area", "greeting", "topic")


@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest, program_id: str) -> HttpResponse:
    """Show a letter of the kind asked for; a POST logs that it was sent, or the reply to one."""
    program, workspace = program_or_404(program_id), mine(request).workspace
    profile = workspace.profile or Profile()
    offered = {code: KINDS[code] for code in KINDS if profile.needs_visa or code not in ASKS}
    kind, to = request.GET.get("kind", next(iter(offered))), request.GET.get("to", "")
    if request.method == "POST":
        return _log(request, program, kind)
    given = {name: request.GET.get(name, "") for name in GIVEN}
    problem, made = "", None
    try:
        made = letter(kind, program, profile, today(), given)
    except InputError as error:
        problem = str(error)
    if made and made.body and request.GET.get("as") == "eml":
        return attachment(made.eml(to), "message/rfc822", f"{kind}-{program.program_id}.eml")
    context = {
        "program": program, "kind": kind, "kinds": KINDS, "offered": offered, "asks": kind in ASKS, "made": made,
        "problem": problem, "given": given, "to": to, "query": request.GET.urlencode(),
        "mailto": made.mailto(to) if made and made.body else "", "offers": OFFERS, "j1": J1,
        "log": [each for each in workspace.contacts if each.program_id == program.program_id][::-1],
        "answers": answers(profile),
    }  # fmt: skip
    return render(request, "letters.html", context, status=400 if problem else 200)


def _log(request: HttpRequest, program: Program, kind: str) -> HttpResponse:
    form, day = request.POST.dict(), today().isoformat()

    def edit(old: Workspace) -> Workspace:
        if "contact" in form:
            return _replied(old, form, day)
        return _sent(old, program.program_id, kind, form.get("to", ""), day)

    note = "Noted a reply" if "contact" in form else "Logged a letter"
    change(request, edit, f"{note}: {program.name}", f"{note}.")
    if "contact" in form and not (form.get("j1") or form.get("h1b")):
        return redirect(reverse("program", args=[program.program_id]) + "#review")
    return redirect("letters", program_id=program.program_id)


def _sent(old: Workspace, program_id: str, kind: str, to: str, day: str) -> Workspace:
    sent = {"program_id": program_id, "kind": kind, "to": to, "sent_on": day}
    sent |= {"contact_id": f"{program_id}-{kind}-{day}"}
    if kind in ASKS:
        sent["follow_up_on"] = follow_up_day(today()).isoformat()
    contact: Contact = parse(Contact, sent, "letter")
    entry = find(old.entries, program_id)
    met = entry.model_copy(update={"contacted_on": day}) if entry else None
    others = [each for each in old.contacts if each.contact_id != contact.contact_id]
    return old.model_copy(
        update={
            "contacts": (*others, contact),
            "entries": put(old.entries, met) if met else old.entries,
        }
    )


def _replied(old: Workspace, form: Mapping[str, str], day: str) -> Workspace:
    """Keep the reply word for word. What the person says it means is evidence; what we read waits for them."""
    text = form.get("reply", "").strip()
    contact = next((each for each in old.contacts if each.contact_id == form["contact"]), None)
    if not text or contact is None:
        raise InputError("reply", "the words of a reply to a letter that you logged")
    answered = contact.model_copy(update={"reply": text, "replied_on": day})
    contacts = tuple(answered if each is contact else each for each in old.contacts)
    new = old.model_copy(update={"contacts": contacts})
    name, program_id = f"reply-{contact.contact_id}", contact.program_id
    if not (form.get("j1") or form.get("h1b")):
        waits = {"reading_id": name, "program_id": program_id, "kind": "reply", "text": text}
        return waiting(
            new,
            parse(Pending, {**waits, "read_on": day, "contact_id": contact.contact_id}, "reply"),
        )
    said = {
        "statement_id": name,
        "program_id": program_id,
        "kind": "reply",
        "sponsors_j1": form.get("j1") or "unknown",
        "sponsors_h1b": form.get("h1b") or "unknown",
        "note": text,
        "as_of": day,
    }
    statement: OwnStatement = parse(OwnStatement, said, "reply")
    others = [each for each in old.statements if each.statement_id != name]
    return new.model_copy(update={"statements": (*others, statement)})
