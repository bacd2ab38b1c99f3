"""Pages for what went wrong: what happened, and what to do now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be read."""
    return _page(request, 400, "That request could not be read", str(exception))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: not allowed."""
    return _page(request, 403, "That is not allowed", str(exception))


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the form check: the page was open while the app was set up anew, or cookies are off."""
    text = "Go back, load the page again and send it once more. The app needs its cookie to accept changes."
    return _page(request, 403, "This form is out of date", text)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such page or program."""
    text = str(exception.args[0]) if exception.args and isinstance(exception.args[0], str) else ""
    return _page(request, 404, "There is nothing at this address", text)


def failed(request: HttpRequest) -> HttpResponse:
    """500: a failure of our own."""
    text = "The failure is ours. Your list is as it was before this step."
    return _page(request, 500, "Something broke", text)


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    context = {"status": status, "title": title, "text": text}
    return render(request, "error.html", context, status=status)
