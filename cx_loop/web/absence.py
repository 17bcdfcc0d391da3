"""Who is away, and who stands in: everybody enters their own, leads that of their people."""

from datetime import datetime, tzinfo
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from cx_loop import clock
from cx_loop.actions.absence import (
    Refused,
    end_absence,
    people_led,
    possible_substitutes,
    set_absence,
)
from cx_loop.models import Actor, Organization, User
from cx_loop.ui.fields import Moment, moment
from cx_loop.ui.words import say_moment


class AbsenceForm(forms.Form):
    since = moment(gettext_lazy("Away from"))
    until = moment(gettext_lazy("Until"))
    substitute = forms.ChoiceField(
        label=gettext_lazy("Who stands in"),
        required=False,
        help_text=gettext_lazy("Gets the messages, and sees the tasks in hand in the own queue."),
    )

    def __init__(self, *args: Any, person: User, zone: tzinfo, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"p{person.pk}_%s", **kwargs})
        for each in self.fields.values():
            if isinstance(each, Moment):
                each.zone = zone
        self.people = possible_substitutes(person)
        chosen = self.fields["substitute"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [("", _("nobody")), *((str(each.pk), str(each)) for each in self.people)]

    def clean_substitute(self) -> User | None:
        said = self.cleaned_data["substitute"]
        return next((each for each in self.people if str(each.pk) == said), None)


@login_required
@require_safe
def absences(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    return _page(request, request.user)


@login_required
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter or end the absence of one person."""
    assert isinstance(request.user, User)
    person = _reachable(request.user, pk)
    by, now = Actor(request.user), clock.now()
    if "end" in request.POST:
        end_absence(person=person, by=by, now=now)
        messages.success(request, _("%(person)s is back.") % {"person": person})
        return redirect("cx_loop:absences")
    form = AbsenceForm(request.POST, person=person, zone=Organization.current().zone)
    if form.is_valid():
        try:
            set_absence(person=person, by=by, now=now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, _say(refusal))
    if form.errors:
        return _page(request, request.user, wrong=(person, form))
    messages.success(request, _("The absence of %(person)s is entered.") % {"person": person})
    return redirect("cx_loop:absences")


def _page(
    request: HttpRequest, user: User, wrong: tuple[User, AbsenceForm] | None = None
) -> HttpResponse:
    now, zone = clock.now(), Organization.current().zone
    asked = request.GET.get("person", "")
    people = [user, *people_led(user)]
    page = {
        "rows": [_row(person, user, wrong, asked, now, zone) for person in people],
        "now": now,
    }
    return render(request, "cx_loop/absences.html", page, status=422 if wrong else 200)


def _row(
    person: User,
    user: User,
    wrong: tuple[User, AbsenceForm] | None,
    asked: str,
    now: datetime,
    zone: Any,
) -> dict[str, Any]:
    """One person; the form stands open for oneself, and for whom it was asked."""
    bound = wrong[1] if wrong and wrong[0] == person else None
    is_open = bound is not None or person == user or str(person.pk) == asked
    entered = person.absent_until is not None and person.absent_until > now
    initial = {
        "since": person.absent_since if entered else now,
        "until": person.absent_until if entered else None,
        "substitute": person.substitute_id,
    }
    form = bound or AbsenceForm(person=person, zone=zone, initial=initial) if is_open else None
    return {"person": person, "form": form, "said": _said(person, now, zone), "entered": entered}


def _said(person: User, now: datetime, zone: Any) -> str:
    since, until = person.absent_since, person.absent_until
    if since is None or until is None or until <= now:
        return _("here")
    words = {
        "since": say_moment(since, zone, now),
        "until": say_moment(until, zone, now),
        "substitute": person.substitute or _("nobody"),
    }
    if since <= now:
        return _("away until %(until)s; %(substitute)s stands in") % words
    return _("away from %(since)s to %(until)s; %(substitute)s stands in") % words


def _reachable(user: User, pk: int) -> User:
    """Oneself or somebody one leads; others are not there."""
    found = next((each for each in (user, *people_led(user)) if each.pk == pk), None)
    if found is None:
        raise Http404
    return found


def _say(refusal: Refused) -> str:
    return {
        "ends_before_it_begins": _("It must end after it begins, and in the future."),
        "too_long": _("At most a year."),
        "substitute_unknown": _("Choose one of the list."),
    }.get(refusal.code, _("You may not do this."))
