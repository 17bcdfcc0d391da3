"""What a page answers when something broke: 503 while the storage is away, else 500."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

RETRY_AFTER = 10  # seconds


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: called while the error is being handled.

    Asks the database nothing, for it may be what is away; so the language is the browser's.
    """
    is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    with translation.override(translation.get_language_from_request(request)):
        page = HttpResponse(
            render_to_string("503.html" if is_away else "500.html"), status=503 if is_away else 500
        )
    if is_away:
        page.headers["Retry-After"] = str(RETRY_AFTER)
        page.headers["Cache-Control"] = "no-store"
    return page
