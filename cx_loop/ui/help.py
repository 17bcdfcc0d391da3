"""What a page is for, in three sentences: declared in `config/help.py`, folded under each page."""

from collections.abc import Mapping

from django.http import HttpRequest
from django_stubs_ext import StrOrPromise

_panels: dict[str, StrOrPromise] = {}


def declare(panels: Mapping[str, StrOrPromise]) -> None:
    """Name of a view -> what its page is for; what was declared before is gone."""
    _panels.clear()
    _panels.update(panels)


def help_of(request: HttpRequest) -> StrOrPromise:
    """What the page that is being shown is for; "" where nothing was declared."""
    match = request.resolver_match
    return _panels.get(match.view_name, "") if match else ""
