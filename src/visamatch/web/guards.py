"""Small helpers that views share: today, the program meant, where to go next, what was done."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localdate

from visamatch.directory.programs import directory
from visamatch.errors import InputError
from visamatch.facts.tables import Program
from visamatch.web import store
from visamatch.web.store import Shell
from visamatch.workspace.document import Workspace


def today() -> date:
    """The only clock of the web app."""
    return localdate()


def mine(request: HttpRequest) -> Shell:
    """The workspace of this request, read once."""
    if not hasattr(request, "mine"):
        request.mine = Shell(store.owner(request))  # type: ignore[attr-defined]
    return request.mine  # type: ignore[attr-defined, no-any-return]


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: ``mine`` in every template."""
    return {"mine": mine(request)}


def program_or_404(text: str) -> Program:
    """The program meant by an id or code, or a page that says what was looked for."""
    try:
        return directory().find(text)
    except InputError as error:
        raise Http404(str(error)) from None


def go_back(request: HttpRequest, otherwise: str, fragment: str = "") -> HttpResponse:
    """Redirect to the page that the form names in ``next``, if it is one of ours."""
    target = request.POST.get("next", "")
    inside = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    if not inside:
        return redirect(otherwise)
    return redirect(f"{target}#{fragment}" if fragment else target)


def change(
    request: HttpRequest, edit: Callable[[Workspace], Workspace], note: str, said: str
) -> int | None:
    """Change the workspace and say on the next page what was done; see :func:`store.change`."""
    undo = store.change(store.owner(request), edit, note)
    tell(request, said, undo)
    return undo


def attachment(body: bytes | str, media: str, name: str) -> HttpResponse:
    """A file to keep."""
    response = HttpResponse(body, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def uploaded(request: HttpRequest, wanted: str, most: int = -1) -> tuple[str, bytes]:
    """Name and bytes of the file that was sent."""
    upload = request.FILES.get("file")
    if upload is None:
        raise InputError("file", f"{wanted}; none was chosen")
    return str(upload.name), upload.read(most)


def tell(request: HttpRequest, text: str, undo: int | None = None) -> None:
    """Say on the next page what was done, with the revision that undoes it."""
    messages.success(request, text, extra_tags="" if undo is None else str(undo))
