"""Standards: what is promised at a touchpoint, written by admins as a file would."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from alerts.notices import split_aggregate
from alerts.web.lengths import SpanField
from alerts.web.rule_form import aggregates
from cx_loop.actions.configure import edit
from cx_loop.actions.configure.standards import free_key, written_at
from cx_loop.logic.scores import SHARES
from cx_loop.models import Metric, ServiceStandard, Touchpoint, in_language
from cx_loop.reads.trail import trail_of
from cx_loop.web.setting_forms import SettingForm, even, named, names_given, number, one
from cx_loop.web.settings import Editing, for_admins, opened_in, save_entry, show, turned

HERE = "standards"
KIND = "standard"
LONGEST = 500
DIRECTIONS = (
    ("", gettext_lazy("as the metric is better")),
    ("at_most", gettext_lazy("at most the target")),
    ("at_least", gettext_lazy("at least the target")),
)


class StandardForm(SettingForm):
    """The promise in each language, and the figure it is held against.

    `is_new`: its touchpoint is asked for, and cannot be changed later.
    """

    touchpoint = one(gettext_lazy("Touchpoint"), required=True)
    metric = one(gettext_lazy("Metric"))
    aggregate = one(gettext_lazy("What is computed"))
    line = number(
        gettext_lazy("Share beyond"), gettext_lazy("Of a share only: above or below which value.")
    )
    direction = one(gettext_lazy("It is kept when it is"))
    target = number(gettext_lazy("Target"), gettext_lazy("In the unit of what is computed."))
    window = SpanField(
        label=gettext_lazy("Looked at over"), help_text=gettext_lazy("Empty: 7 days.")
    )

    def __init__(self, *args: Any, is_new: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        labels = {"en": _("Promise in English"), "zh-hans": _("Promise in Chinese")}
        for at, code in enumerate(self.languages):
            label = labels.get(code, code)
            promise = forms.CharField(label=label, required=not at, max_length=LONGEST)
            self.fields[f"name_{code}"] = promise
        metrics = named(Metric.objects.filter(retired_at=None))
        self.choose("metric", [("", _("none: in words only")), *metrics])
        self.choose("aggregate", aggregates())
        self.choose("direction", DIRECTIONS)
        if is_new:
            self.choose("touchpoint", [("", "…"), *_places()])
        else:
            del self.fields["touchpoint"]

    def slot_of(self, place: str) -> str | None:
        *_above, slot, language = ["", "", *place.split(".")]
        return f"name_{language}" if slot == "text" else super().slot_of(place)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        is_share = said.get("aggregate") in SHARES
        if is_share and said.get("line") is None and "line" not in self.errors:
            self.add_error("line", _("Say above or below which value."))
        return said

    def entry(self, key: str) -> dict[str, Any]:
        """As a file would have it, under its touchpoint."""
        said = self.cleaned_data
        name = said["aggregate"]
        entry = {
            "key": key,
            "text": self.names,
            "aggregate": {name: said["line"]} if name in SHARES else name,
            **{slot: said[slot] for slot in ("metric", "direction", "target", "window")},
        }
        return {slot: value for slot, value in entry.items() if value not in (None, "")}


def initial_of(form: Mapping[str, Any]) -> dict[str, Any]:
    name, line = split_aggregate(form["aggregate"])
    plain = {slot: form[slot] for slot in ("metric", "direction", "window")}
    figures = {"aggregate": name, "line": even(line), "target": even(form["target"])}
    return {**names_given(form["text"]), **plain, **figures}


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """?touchpoint=boarding chooses it."""
    if request.method != "POST":
        first = {"touchpoint": request.GET.get("touchpoint", "")[:80]}
        return _shown(request, Editing(StandardForm(is_new=True, initial=first), KIND), None)
    page = Editing(StandardForm(request.POST, is_new=True), KIND)
    if not page.form.is_valid():
        page.status = 422
        return _shown(request, page, None)
    said = page.form.cleaned_data
    place = _rows().get(key=said["touchpoint"])
    return _answer(request, page, None, place, free_key(place.key, said["metric"]))


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(pk)
    current = edit.forms_of(KIND)[row.key]
    if request.method != "POST":
        form = StandardForm(is_new=False, initial=initial_of(current))
        return _shown(request, Editing(form, KIND, edit.opened_of(current)), row)
    opened = opened_in(request)
    typed = StandardForm(request.POST, is_new=False, kept_names=row.text)
    page = Editing(typed, KIND, opened)
    if not typed.is_valid():
        page.status = 422
        return _shown(request, page, row)
    return _answer(request, page, row, row.touchpoint, row.key)


@for_admins
@require_POST
def turn(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of force, and back."""
    row = _row(pk)
    if request.POST.get("do") == "back" and row.touchpoint.retired_at is not None:
        place = in_language(row.touchpoint.name) or row.touchpoint.key
        said = _("%(place)s is off the map of its journey. Put it back there first.")
        messages.warning(request, said % {"place": place})
        return redirect("alerts:standard-edit", pk=row.pk)
    retired = _("Retired: nothing is promised by it any more. Its history stays.")
    turned(request, KIND, row.key, lambda entry: written_at(row.touchpoint, entry), retired)
    return redirect("alerts:standard-edit", pk=row.pk)


def _answer(
    request: HttpRequest, page: Editing, row: ServiceStandard | None, place: Touchpoint, key: str
) -> HttpResponse:
    form = page.form
    assert isinstance(form, StandardForm)
    content, pk = written_at(place, form.entry(key)), row.pk if row else None
    done = save_entry(request, page, key, content, initial=initial_of, pk=pk)
    return redirect("alerts:touchpoint", key=place.key) if done else _shown(request, page, row)


def _shown(request: HttpRequest, page: Editing, row: ServiceStandard | None) -> HttpResponse:
    said = {
        "form": page.form,
        "row": row,
        "journey": row.touchpoint.stage.journey.key if row else "",
        "title": in_language(row.text) if row else _("Add a standard"),
        "opened": page.opened,
        "newer": page.newer,
        "trail": trail_of(KIND, row.pk) if row else [],
    }
    return show(request, "alerts/standard.html", said, here=HERE, status=page.status)


def _rows() -> Any:
    return Touchpoint.objects.in_force().select_related("stage__journey", "owner")


def _places() -> list[tuple[str, list[tuple[str, str]]]]:
    """The touchpoints of each journey, in its order."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in _rows():
        journey = in_language(row.stage.journey.name) or row.stage.journey.key
        found.setdefault(journey, []).append((row.key, in_language(row.name) or row.key))
    return list(found.items())


def _row(pk: int) -> ServiceStandard:
    if pk >= 2**63:
        raise Http404
    rows = ServiceStandard.objects.select_related("touchpoint__stage__journey", "touchpoint__owner")
    row: ServiceStandard = get_object_or_404(rows, pk=pk)
    return row
