"""API keys: issued and shown once, rotated with both alive for a week, revoked at once."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cx_loop import clock
from cx_loop.actions.keys import OVERLAP, SCOPES, issue_key, revoke_key, rotate_key
from cx_loop.models import ApiKey, Department, Source
from cx_loop.web.people_forms import DepartmentChoice
from cx_loop.web.settings import actor_of, for_admins, show

HERE = "keys"
SAYS = {
    "ingest": gettext_lazy("send observations"),
    "read": gettext_lazy("read what is there"),
    "work": gettext_lazy("work tasks for a person it names"),
    "admin": gettext_lazy("everything, also what admins may"),
}
LIVES = (
    ("30", gettext_lazy("30 days")),
    ("90", gettext_lazy("90 days")),
    ("365", gettext_lazy("a year")),
    ("", gettext_lazy("until it is revoked")),
)
SOON = timedelta(days=14)


class KeyForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("Who or what uses it, such as the call centre."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"),
        choices=[(scope, SAYS[scope]) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Say what it may: choose one at least.")},
    )
    source: forms.ModelChoiceField[Source] = forms.ModelChoiceField(
        label=gettext_lazy("Writes to the source"),
        queryset=Source.objects.none(),
        required=False,
        empty_label=gettext_lazy("api, the usual one"),
    )
    department = DepartmentChoice(
        label=gettext_lazy("Sees what this department sees"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=gettext_lazy("the whole company"),
    )
    lives = forms.ChoiceField(
        label=gettext_lazy("Valid for"), choices=LIVES, required=False, initial="365"
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"auto_id": "key_%s", **more})
        sources, departments = self.fields["source"], self.fields["department"]
        assert isinstance(sources, forms.ModelChoiceField)
        assert isinstance(departments, forms.ModelChoiceField)
        sources.queryset = Source.objects.filter(retired_at=None)
        departments.queryset = Department.objects.in_force()


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def keys(request: HttpRequest) -> HttpResponse:
    """The list, and a new one."""
    if request.method != "POST":
        return _list(request, KeyForm())
    form, now = KeyForm(request.POST), clock.now()
    if not form.is_valid():
        return _list(request, form, status=422)
    said = dict(form.cleaned_data)
    lives = said.pop("lives")
    said["expires_at"] = now + timedelta(days=int(lives)) if lives else None
    key, text = issue_key(**said, by=actor_of(request), now=now)
    return _shown_once(request, key, text)


@for_admins
@require_POST
@never_cache
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Rotate or revoke: `do` says which."""
    key = get_object_or_404(ApiKey, pk=pk)
    by, now, do = actor_of(request), clock.now(), request.POST.get("do")
    if do == "revoke":
        if revoke_key(key=key, by=by, now=now):
            messages.success(request, _("Revoked: nothing works with it any more."))
        return redirect("cx_loop:keys")
    if do != "rotate":
        raise Http404
    try:
        made, text = rotate_key(key=key, by=by, now=now)
    except ValueError:
        messages.warning(request, _why_not(key, now))
        return redirect("cx_loop:keys")
    return _shown_once(request, made, text, old_until=now + OVERLAP)


def _why_not(key: ApiKey, now: datetime) -> str:
    if not ApiKey.objects.live(now).filter(pk=key.pk).exists():
        return _("This key is over; issue a new one.")
    return _("Two keys of this name are alive already; revoke the older one first.")


def _list(request: HttpRequest, form: KeyForm, *, status: int = 200) -> HttpResponse:
    now = clock.now()
    found = ApiKey.objects.select_related("source", "department").order_by("name", "-created_at")
    rows = [
        {
            "key": key,
            "state": _state(key, now),
            "scopes": " · ".join(str(SAYS.get(scope, scope)) for scope in key.scopes),
            "ends_soon": key.expires_at is not None and now < key.expires_at < now + SOON,
        }
        for key in found
    ]
    page = {
        "live": [row for row in rows if row["state"] == "live"],
        "over": [row for row in rows if row["state"] != "live"],
        "form": form,
    }
    return show(request, "cx_loop/settings/keys.html", page, here=HERE, status=status)


def _shown_once(
    request: HttpRequest, key: ApiKey, text: str, old_until: datetime | None = None
) -> HttpResponse:
    page = {"key": key, "text": text, "old_until": old_until}
    return show(request, "cx_loop/settings/key.html", page, here=HERE)


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now else "live"
