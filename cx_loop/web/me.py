"""What people decide about themselves: language, which mails they want, and when."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cx_loop.actions.people import choose_how_told
from cx_loop.logic.telling import KINDS
from cx_loop.models import User

KIND_NAMES = {
    "new": gettext_lazy("New tasks and hand-overs"),
    "asked": gettext_lazy("Somebody waits for my answer"),
    "escalated": gettext_lazy("Escalations"),
    "progress": gettext_lazy("What else happens to a task"),
    "praised": gettext_lazy("Good news"),
}
DIGESTS = [
    (0, gettext_lazy("Each by itself")),
    (15, gettext_lazy("every 15 minutes")),
    (30, gettext_lazy("every half hour")),
    (60, gettext_lazy("every hour")),
    (240, gettext_lazy("every 4 hours")),
    (1440, gettext_lazy("once a day at most")),
]


def _clock_field(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


class HowTold(forms.Form):
    language = forms.ChoiceField(label=gettext_lazy("Language"))
    wanted = forms.MultipleChoiceField(
        label=gettext_lazy("Mails I want"),
        help_text=gettext_lazy("The inbox has everything, whatever is chosen here."),
        required=False,
        choices=list(KIND_NAMES.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    quiet_from = _clock_field(gettext_lazy("Quiet from"))
    quiet_until = _clock_field(gettext_lazy("Quiet until"))
    timezone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)
    digest_minutes = forms.TypedChoiceField(
        label=gettext_lazy("Gather mails"),
        help_text=gettext_lazy("Not of critical alerts: they come at once."),
        choices=DIGESTS,
        coerce=int,
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        zones = [("", _("The organisation's"))]
        zones += [(zone, zone) for zone in sorted(available_timezones())]
        self.fields["timezone"].choices = zones  # type: ignore[attr-defined]
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        begins, ends = said.get("quiet_from"), said.get("quiet_until")
        if (begins is None) != (ends is None):
            self.add_error("quiet_until", _("Give both ends of the quiet hours, or neither."))
        elif begins is not None and begins == ends:
            self.add_error("quiet_until", _("The two ends must differ."))
        return said


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    if request.method != "POST":
        return _page(request, HowTold(initial=_chosen(user)))
    form = HowTold(request.POST)
    if not form.is_valid():
        return _page(request, form)
    said = dict(form.cleaned_data)
    wanted = said.pop("wanted")
    choose_how_told(user=user, muted_kinds=[kind for kind in KINDS if kind not in wanted], **said)
    with translation.override(user.language):
        messages.success(request, _("Your settings are kept."))
    return redirect("cx_loop:me")


def _page(request: HttpRequest, form: HowTold) -> HttpResponse:
    page = {"form": form, "has_factors": settings.SECOND_FACTOR != "off"}
    return render(request, "cx_loop/me.html", page, status=422 if form.is_bound else 200)


def _chosen(user: User) -> dict[str, Any]:
    return {
        "language": user.language,
        "wanted": [kind for kind in KINDS if kind not in user.muted_kinds],
        "quiet_from": user.quiet_from,
        "quiet_until": user.quiet_until,
        "timezone": user.timezone,
        "digest_minutes": user.digest_minutes,
    }
