"""Wrong input that no view has caught becomes a page with its one sentence."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from visamatch.errors import InputError
from visamatch.web.views.errors import bad_request


class TellInputError:
    """The web app's counterpart of exit code 2."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._next(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer an :class:`InputError`; leave everything else to Django."""
        return bad_request(request, exception) if isinstance(exception, InputError) else None
