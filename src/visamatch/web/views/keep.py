"""The workspace as one file: take it with you, open it again, go back to an earlier state."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from visamatch.errors import InputError
from visamatch.web import store
from visamatch.web.guards import attachment, change, go_back, tell, uploaded
from visamatch.workspace import document


@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """Show what can be done with the file; a POST opens an uploaded one. A bad file changes nothing."""
    who, problem = store.owner(request), ""
    if request.method == "POST":
        try:
            opened = opened_file(request)
            change(request, lambda _: opened, "Opened a file", "File opened.")
            return redirect("list")
        except InputError as error:
            problem = str(error)
    context = {"history": store.history(who), "problem": problem}
    return render(request, "keep.html", context, status=400 if problem else 200)


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """The workspace document as a file."""
    body = document.dump(store.load(store.owner(request)))
    return attachment(body, "application/json", "visamatch.json")


@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """Make an earlier state the current one; this, too, can be undone."""
    number = request.POST.get("number", "")
    if not number.isdigit():
        raise InputError("revision", "the number of a change", number)
    tell(request, "Undone.", store.restore(store.owner(request), int(number)))
    return go_back(request, "list")


def opened_file(request: HttpRequest) -> document.Workspace:
    """The workspace of an uploaded visamatch file."""
    name, body = uploaded(request, "a visamatch file")
    try:
        return document.load(body.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        raise InputError(name, f"text in UTF-8 (byte {error.start} is not)") from None
