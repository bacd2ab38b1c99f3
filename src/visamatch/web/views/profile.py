"""The two-minute profile: only specialty and visa need are asked for; the rest sharpens the answer."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from visamatch.web import profile_form
from visamatch.web.filters import address_for
from visamatch.web.guards import change, mine
from visamatch.web.samples import samples
from visamatch.workspace.document import Workspace
from visamatch.workspace.profile import Profile


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show the form, or save it and go to the programs it leads to. A bad answer keeps what was typed."""
    before = mine(request).workspace.profile
    problems: dict[str, str] = {}
    answers = profile_form.answers(before)
    if request.method == "POST":
        made, problems = profile_form.read(request.POST, before)
        if made:
            return _saved(request, made, "Profile saved.")
        answers |= {
            each.path: request.POST.getlist(each.path)
            if each.kind == "many"
            else request.POST[each.path]
            for each in profile_form.fields()
            if each.path in request.POST
        }
    context = {"groups": profile_form.groups(), "answers": answers, "problems": problems}
    return render(request, "profile.html", context, status=400 if problems else 200)


@require_POST
def sample(request: HttpRequest, name: str) -> HttpResponse:
    """Take one of the sample profiles as one's own, to look around."""
    found = samples().get(name)
    if found is None:
        raise Http404(f"There is no sample profile {name!r}.")
    return _saved(request, found, f"You are looking as: {found.name}.")


def _saved(request: HttpRequest, made: Profile, text: str) -> HttpResponse:
    def edit(old: Workspace) -> Workspace:
        return old.model_copy(update={"profile": made})

    change(request, edit, "Changed the profile", text)
    return redirect(f"{reverse('programs')}?{address_for(made)}")
