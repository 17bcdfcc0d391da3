"""Names of channels and locations: observations write a word, people read what they call it."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cx_loop.actions.configure import edit
from cx_loop.models import Channel, Location
from cx_loop.reads.trail import trail_of
from cx_loop.reads.values import values_seen
from cx_loop.web.setting_forms import SettingForm, names_given
from cx_loop.web.settings import Editing, for_admins, opened_in, save_entry, show, turned

HERE = "values"
MOST = 50  # values without a name that are listed; a thousand need a file
KINDS: dict[str, tuple[type[Channel] | type[Location], str]] = {
    "channel": (Channel, "channels"),
    "location": (Location, "locations"),
}


class ValueForm(SettingForm):
    """A name in each language; of something new also the word that observations write."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if "key" in self.fields:
            self.fields["key"] = forms.CharField(
                label=gettext_lazy("As observations write it"),
                max_length=80,
                help_text=gettext_lazy("Letter by letter, such as airport. It cannot be changed."),
            )

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        return key

    def entry(self, key: str) -> dict[str, Any]:
        """As a file would have it."""
        return {"key": key, "name": self.names}


@for_admins
@require_safe
def values(request: HttpRequest) -> HttpResponse:
    """What has a name, and what observations or the map write that has none yet."""
    return show(request, "cx_loop/settings/values.html", {"parts": list(_parts())}, here=HERE)


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    _known(kind)
    if request.method != "POST":
        key = request.GET.get("key", "").replace("\0", "")[:80]
        return _shown(request, Editing(ValueForm(has_key=True, initial={"key": key}), kind), None)
    return _answer(request, Editing(ValueForm(request.POST, has_key=True), kind), None)


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    row = _row(kind, pk)
    current = edit.forms_of(kind)[row.key]
    if request.method != "POST":
        page = Editing(ValueForm(initial=_initial(current)), kind, edit.opened_of(current))
        return _shown(request, page, row)
    opened = opened_in(request)
    typed = ValueForm(request.POST, kept_names=row.name)
    return _answer(request, Editing(typed, kind, opened), row)


@for_admins
@require_POST
def turn(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Not offered any more, and back."""
    row = _row(kind, pk)
    retired = _("Retired: it is offered no more. What was measured keeps the name.")
    turned(request, kind, row.key, lambda entry: {KINDS[kind][1]: [entry]}, retired)
    return redirect("cx_loop:value", kind=kind, pk=row.pk)


def _answer(request: HttpRequest, page: Editing, row: Any) -> HttpResponse:
    form = page.form
    assert isinstance(form, ValueForm)
    if not form.is_valid():
        page.status = 422
        return _shown(request, page, row)
    key = row.key if row else form.cleaned_data["key"]
    content, pk = {KINDS[page.kind][1]: [form.entry(key)]}, row.pk if row else None
    done = save_entry(request, page, key, content, initial=_initial, pk=pk)
    return redirect("cx_loop:values") if done else _shown(request, page, row)


def _parts() -> Iterator[dict[str, Any]]:
    titles = {"channel": _("Channels"), "location": _("Locations")}
    for kind, (table, _section) in KINDS.items():
        rows = list(table.objects.order_by("key"))
        nameless = sorted(values_seen(kind) - {row.key for row in rows})
        yield {
            "kind": kind,
            "title": titles[kind],
            "rows": sorted(rows, key=lambda row: row.retired_at is not None),
            "nameless": nameless[:MOST],
            "more": max(len(nameless) - MOST, 0),
        }


def _shown(request: HttpRequest, page: Editing, row: Any) -> HttpResponse:
    said = {
        "form": page.form,
        "kind": page.kind,
        "row": row,
        "title": str(row) if row else _titles_of_new()[page.kind],
        "opened": page.opened,
        "newer": page.newer,
        "trail": trail_of(page.kind, row.pk) if row else [],
    }
    return show(request, "cx_loop/settings/value.html", said, here=HERE, status=page.status)


def _titles_of_new() -> dict[str, str]:
    return {"channel": _("Name a channel"), "location": _("Name a location")}


def _initial(form: Mapping[str, Any]) -> dict[str, Any]:
    return names_given(form.get("name", {}))


def _row(kind: str, pk: int) -> Channel | Location:
    table: Any = _known(kind)
    if pk >= 2**63:
        raise Http404
    row: Channel | Location = get_object_or_404(table, pk=pk)
    return row


def _known(kind: str) -> type[Channel] | type[Location]:
    if kind not in KINDS:
        raise Http404
    return KINDS[kind][0]
