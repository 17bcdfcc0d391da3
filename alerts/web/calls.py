"""What people do to an alert on its page: acknowledge it with one tap, dismiss it with a reason."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alerts.actions import work
from alerts.actions.errors import Forbidden, Invalid, NotFound
from alerts.logic.lifecycle import NotAllowed
from alerts.web.alerts import alert_page
from alerts.web.dismissal import Dismiss
from cx_loop import clock
from cx_loop.models import Actor, User


@login_required
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    with _refusals(request):
        work.perform("acknowledge", pk=_known(pk), by=_actor(request), now=clock.now())
        messages.success(request, _("It is known now that you have seen it."))
    return redirect("alerts:alert", pk=pk)


@login_required
@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    form = Dismiss(request.POST)
    filled_in = form.is_valid()
    try:
        with _refusals(request):
            # an empty form is refused by the verb too, but only after it was asked who may
            said = form.cleaned_data if filled_in else {}
            work.perform("dismiss", pk=_known(pk), by=_actor(request), now=clock.now(), fields=said)
            messages.success(request, _("It is dismissed, and its tasks are closed."))
    except Invalid as refusal:
        for field, _code, message in refusal.problems if filled_in else ():
            form.add_error(field if field in form.fields else None, message)
        return alert_page(request, pk, dismissing=form, status=422)
    return redirect("alerts:alert", pk=pk)


@contextmanager
def _refusals(request: HttpRequest) -> Iterator[None]:
    try:
        yield
    except NotFound as gone:
        raise Http404 from gone
    except Forbidden as refusal:
        raise PermissionDenied from refusal
    except NotAllowed:
        messages.warning(request, _("The alert has moved on; this is how it stands now."))


def _known(pk: int) -> int:
    if pk >= 2**63:
        raise Http404
    return pk


def _actor(request: HttpRequest) -> Actor:
    assert isinstance(request.user, User)
    return Actor(request.user)
