"""The page of silences, and the snooze of one alert."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alerts.actions import work
from alerts.actions.errors import Forbidden, Invalid, NotFound, Over
from alerts.actions.silences import end_silence, make_silence, may_silence
from alerts.logic.lifecycle import NotAllowed
from alerts.logic.silences import LONGEST, STATES
from alerts.models import Alert
from alerts.web.silence_form import SilenceForm, from_alert
from alerts.web.silence_words import silence_rows
from cx_loop import clock
from cx_loop.models import Actor, Department, Touchpoint, User, zone_of
from cx_loop.ui.words import say_duration

SNOOZES = (1, 4, 24, 72, 168)  # hours


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def silences(request: HttpRequest) -> HttpResponse:
    """What is silent, was or will be; and, for leads and admins, the form to make one."""
    user = _reader(request)
    if request.method == "POST":
        return _make(request, user)
    return _page(request, user)


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        end_silence(pk=pk, by=Actor(_reader(request)), now=clock.now())
    except NotFound as gone:
        raise Http404 from gone
    except Forbidden as refusal:
        raise PermissionDenied from refusal
    except Over:
        messages.warning(request, _("This silence has ended already."))
    else:
        messages.success(request, _("The silence is ended; the clocks go on."))
    return redirect("alerts:silences")


@login_required
@require_POST
def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    now, said = clock.now(), request.POST.get("hours", "")
    hours = int(said) if said in {str(each) for each in SNOOZES} else SNOOZES[0]
    until = now + timedelta(hours=hours)
    try:
        work.perform("snooze", pk=pk, by=Actor(_reader(request)), now=now, fields={"until": until})
    except NotFound as gone:
        raise Http404 from gone
    except Forbidden as refusal:
        raise PermissionDenied from refusal
    except NotAllowed:
        messages.warning(request, _("The alert is over already."))
    else:
        messages.success(request, _("Quiet now; it will be heard again by itself."))
    return redirect("alerts:alert", pk=pk)


def snooze_choices() -> list[tuple[int, str]]:
    return [(hours, say_duration(timedelta(hours=hours))) for hours in SNOOZES]


def _make(request: HttpRequest, user: User) -> HttpResponse:
    if not may_silence(user):
        raise PermissionDenied
    now = clock.now()
    form = SilenceForm(request.POST, user=user, now=now, zone=zone_of(user))
    if not form.is_valid():
        return _page(request, user, form=form)
    said = form.cleaned_data
    try:
        make_silence(
            by=Actor(user),
            now=now,
            matchers=form.matchers(),
            reason=said["reason"],
            kind=said["kind"],
            starts_at=said["starts_at"],
            ends_at=said["ends_at"],
            department=Department.objects.filter(key=said.get("department") or "").first(),
        )
    except Invalid as refusal:
        for name, code, message in refusal.problems:
            field = name.removeprefix("matchers.")
            form.add_error(field if field in form.fields else None, _say_problem(code, message))
        return _page(request, user, form=form)
    messages.success(request, _("The silence is kept; it ends by itself."))
    return redirect("alerts:silences")


def _page(request: HttpRequest, user: User, form: SilenceForm | None = None) -> HttpResponse:
    now, tab = clock.now(), request.GET.get("tab", "")
    tab = tab if tab in STATES else "running"
    guesses = _guesses(request, user)
    if form is None and may_silence(user):
        form = SilenceForm(initial=guesses, user=user, now=now, zone=zone_of(user))
    page: dict[str, Any] = {
        "now": now,
        "tab": tab,
        "tabs": [("running", _("Running")), ("coming", _("Coming")), ("over", _("Over"))],
        "rows": silence_rows(user, tab, now),
        "form": form,
        "is_open": bool(guesses) or (form is not None and form.is_bound),
    }
    refused = form is not None and form.is_bound
    return render(request, "alerts/silences.html", page, status=422 if refused else 200)


def _guesses(request: HttpRequest, user: User) -> dict[str, str]:
    """?alert=7 or ?touchpoint=boarding: where the reader comes from."""
    number, key = request.GET.get("alert", ""), request.GET.get("touchpoint", "")
    if number.isdecimal() and len(number) < 10:
        related = Alert.objects.select_related("touchpoint", "group", "version__rule")
        found = related.visible_to(user).filter(pk=number).first()
        return from_alert(found) if found else {}
    if key and "\x00" not in key:
        place = Touchpoint.objects.all().visible_to(user).filter(key=key).first()
        return {"touchpoint": place.key} if place else {}
    return {}


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _say_problem(code: str, message: str) -> str:
    return {
        "required": _("Say what is to be silent: choose at least one."),
        "not_in_future": _("It must end after it begins, and after now."),
        "too_long": _("A silence lasts at most %(days)s days.") % {"days": LONGEST.days},
        "unknown_choice": _("Choose one of the list."),
        "text_has_nul": _("The text has a character that cannot be stored."),
    }.get(code, message)
