"""A journey comes, gets another name, goes and comes back: beside drawing its map."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cx_loop import clock
from cx_loop.actions import journeys as actions
from cx_loop.actions.bring_back import Missing, bring_back_journey
from cx_loop.actions.configure import edit
from cx_loop.actions.errors import Invalid, NotFound
from cx_loop.actions.journey_map import may_draw
from cx_loop.models import Actor, Journey, User
from cx_loop.reads.journeys import journeys_seen
from cx_loop.web.journey_edit import name_in, say_invalid, say_missing
from cx_loop.web.setting_forms import SettingForm
from cx_loop.web.settings import actor_of, for_admins, say_needed


class JourneyForm(SettingForm):
    """The names of a journey and of its first stage."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        labels = {
            "en": _("Its first stage, in English"),
            "zh-hans": _("Its first stage, in Chinese"),
        }
        for at, code in enumerate(self.languages):
            self.fields[f"stage_{code}"] = forms.CharField(
                label=labels.get(code, code), required=not at, max_length=200
            )

    @property
    def stage(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"stage_{code}"] for code in self.languages}


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = JourneyForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        page = {"form": form}
        status = 422 if form.is_bound else 200
        return render(request, "cx_loop/journeys/new.html", page, status=status)
    assert isinstance(request.user, User)
    made = actions.add_journey(
        name=form.names, stage=form.stage, by=Actor(request.user), now=clock.now()
    )
    messages.success(request, _("The journey is there. Now add its touchpoints."))
    return redirect("cx_loop:journey-edit", key=made.key)


@login_required
@require_POST
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Another name, or out of force: `do` says which."""
    assert isinstance(request.user, User)
    found = get_object_or_404(journeys_seen(request.user), key=key)
    by, do = Actor(request.user), request.POST.get("do")
    if not may_draw(by):
        raise PermissionDenied
    if do not in ("rename", "retire"):
        raise Http404
    try:
        if do == "retire":
            actions.retire_journey(journey=found.key, by=by, now=clock.now())
            messages.success(request, _("The journey is retired. What was measured is kept."))
            return redirect("cx_loop:journeys")
        _rename(request, found, by)
    except NotFound:
        raise Http404 from None
    except Invalid as refusal:
        messages.warning(request, say_invalid(refusal))
    except edit.Needed as needed:
        messages.warning(request, say_needed(needed))
    return redirect(reverse("cx_loop:journey-edit", args=[found.key]) + "#whole")


@for_admins
@require_POST
def back(request: HttpRequest, key: str) -> HttpResponse:
    """In force again, as the last one."""
    found = get_object_or_404(Journey, key=key)
    by = actor_of(request)
    try:
        bring_back_journey(journey=found.key, by=by, now=clock.now())
    except NotFound:
        messages.warning(request, _("The journey is in force already."))
    except Missing as missing:
        messages.warning(request, say_missing(missing))
        return redirect("cx_loop:journeys")
    else:
        messages.success(request, _("The journey is back, as the last one."))
    return redirect("cx_loop:journey-edit", key=found.key)


def _rename(request: HttpRequest, journey: Journey, by: Actor) -> None:
    name = name_in(request.POST)
    actions.rename_journey(journey=journey.key, name=name, by=by, now=clock.now())
    messages.success(request, _("The map is changed."))
