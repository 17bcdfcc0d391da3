"""Metrics and segments: what is measured, and of whom it is told apart."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cx_loop import clock
from cx_loop.actions.configure import edit
from cx_loop.logic.voice.words import SHARES
from cx_loop.models import Metric, Segment, in_language
from cx_loop.reads.trail import trail_of
from cx_loop.ui.voice import say_mention
from cx_loop.web.setting_forms import SettingForm, even, names_given, number, one
from cx_loop.web.settings import Editing, actor_of, for_admins, opened_in, save_entry, show, turned

HERE = "measures"
KINDS = (
    ("csat", gettext_lazy("satisfaction (CSAT), a scale")),
    ("nps", gettext_lazy("recommendation (NPS), 0 to 10")),
    ("ces", gettext_lazy("effort (CES), a scale")),
    ("score", gettext_lazy("another score, a scale")),
    ("duration", gettext_lazy("a duration")),
    ("count", gettext_lazy("a count")),
    ("rate", gettext_lazy("a rate: so many out of so many")),
)
DIRECTIONS = (
    ("", gettext_lazy("as is usual for the kind")),
    ("higher_is_better", gettext_lazy("higher is better")),
    ("lower_is_better", gettext_lazy("lower is better")),
)


class MetricForm(SettingForm):
    kind = one(gettext_lazy("What it is"), required=True)
    low = number(gettext_lazy("Scale from"), gettext_lazy("Empty: as is usual for the kind."))
    high = number(gettext_lazy("Scale to"))
    step = number(gettext_lazy("In steps of"), gettext_lazy("Empty: whole scores."))
    unit = forms.CharField(
        label=gettext_lazy("Unit"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Such as min."),
    )
    direction = one(gettext_lazy("Which way is good"))
    comments = one(
        gettext_lazy("Share of comments"),
        gettext_lazy(
            "Of a rate: it is counted from what comments say, and nothing is sent for it."
        ),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.choose("kind", KINDS)
        self.choose("direction", DIRECTIONS)
        shares = [(each, say_mention(*_parts(each))) for each in SHARES]
        self.choose("comments", (("", _("no: its values are sent")), *shares))

    def slot_of(self, place: str) -> str | None:
        return "low" if ".scale" in place else super().slot_of(place)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        low, high, step = (said.get(name) for name in ("low", "high", "step"))
        if (low is None) != (high is None):
            self.add_error("high" if high is None else "low", _("A scale has two ends."))
        elif low is not None and high is not None and low >= high:
            self.add_error("high", _("The scale ends above where it begins."))
        elif low is None and said.get("kind") == "score":
            self.add_error("low", _("A score needs a scale: say where it begins and ends."))
        if step is not None and step <= 0:
            self.add_error("step", _("A step is above 0."))
        return said

    def entry(self, key: str, before: Mapping[str, Any]) -> dict[str, Any]:
        """The metric as a file would have it."""
        said = self.cleaned_data
        scale = [said["low"], said["high"]] if said["low"] is not None else None
        entry = {
            "key": key,
            "name": self.names,
            "kind": said["kind"],
            "scale": scale,
            "step": said["step"],
            "unit": said["unit"],
            "direction": said["direction"],
            "comments": said["comments"],
        }
        return {name: value for name, value in entry.items() if value not in (None, "", {})}


def _parts(share: str) -> tuple[str, str]:
    """Kind and category: `pain_efficiency`."""
    kind, _joint, category = share.partition("_")
    return kind, category


def metric_initial(form: Mapping[str, Any]) -> dict[str, Any]:
    low, high = form.get("scale") or (None, None)
    plain = {name: form.get(name, "") for name in ("kind", "unit", "direction", "comments")}
    found = {**names_given(form.get("name", {})), **plain, "low": even(low), "high": even(high)}
    return {**found, "step": even(form.get("step", 1))}


class SegmentForm(SettingForm):
    weight = number(
        gettext_lazy("Weight"), gettext_lazy("How much it counts beside the others; empty: 1.")
    )

    def clean_weight(self) -> float | None:
        weight: float | None = self.cleaned_data["weight"]
        if weight is not None and weight <= 0:
            raise forms.ValidationError(_("A weight is above 0."))
        return weight

    def entry(self, key: str, before: Mapping[str, Any]) -> dict[str, Any]:
        """The segment as a file would have it."""
        weight = self.cleaned_data["weight"]
        kept = {name: before[name] for name in ("expectation",) if name in before}
        return {"key": key, "name": self.names, "weight": 1 if weight is None else weight, **kept}


def segment_initial(form: Mapping[str, Any]) -> dict[str, Any]:
    return {**names_given(form.get("name", {})), "weight": even(form.get("weight", 1))}


KNOWN: dict[str, tuple[type[Any], str, Any, Any]] = {
    "metric": (Metric, "metrics", MetricForm, metric_initial),
    "segment": (Segment, "segments", SegmentForm, segment_initial),
}


@for_admins
@require_safe
def measures(request: HttpRequest) -> HttpResponse:
    kinds = dict(KINDS)
    metrics = [(row, in_language(row.name), kinds.get(row.kind)) for row in Metric.objects.all()]
    rows = Segment.objects.order_by("position", "key")
    segments = sorted(rows, key=lambda row: row.retired_at is not None)
    page = {
        "in_force": sum(row.retired_at is None for row in segments),
        "metrics": metrics,
        "segments": [(row, in_language(row.name)) for row in segments],
    }
    return show(request, "cx_loop/settings/measures.html", page, here=HERE)


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    form = _known(kind)[2]
    if request.method != "POST":
        return _shown(request, Editing(form(has_key=True), kind), None)
    return _answer(request, Editing(form(request.POST, has_key=True), kind), None)


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    model, _section, form, initial = _known(kind)
    row = get_object_or_404(model, key=key)
    current = edit.forms_of(kind)[row.key]
    if request.method != "POST":
        page = Editing(form(initial=initial(current)), kind, edit.opened_of(current))
        return _shown(request, page, row)
    opened = opened_in(request)
    typed = form(request.POST, kept_names=row.name)
    return _answer(request, Editing(typed, kind, opened), row)


@for_admins
@require_POST
def turn(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Out of force, and back."""
    row = get_object_or_404(_known(kind)[0], key=key)
    retired = _("Retired. Its history stays.")
    turned(request, kind, key, lambda entry: _content(kind, key, entry), retired)
    return redirect("cx_loop:measure", kind=kind, key=row.key)


@for_admins
@require_POST
def move(request: HttpRequest, key: str) -> HttpResponse:
    """A segment one place up or down: in this order they stand in every list and legend."""
    get_object_or_404(Segment, key=key, retired_at=None)
    steps = {"up": -1, "down": 1}
    if request.POST.get("do") not in steps:
        raise Http404
    forms = edit.forms_of("segment")
    in_force = [row for row in forms.items() if not row[1]["retired"]]
    order = [name for name, _form in sorted(in_force, key=lambda row: row[1]["position"])]
    to = min(max(order.index(key) + steps[request.POST["do"]], 0), len(order) - 1)
    order.remove(key)
    order.insert(to, key)
    content = {"segments": [edit.entry("segment", name, forms[name]) for name in order]}
    by, opened = actor_of(request), edit.opened_of(forms[key])
    try:
        edit.write(kind="segment", key=key, content=content, opened=opened, by=by, now=clock.now())
    except edit.Stale:
        messages.warning(request, _("Somebody changed this meanwhile; here is what stands now."))
    return redirect("cx_loop:measures")


def _answer(request: HttpRequest, page: Editing, row: Any) -> HttpResponse:
    form: Any = page.form
    if not form.is_valid():
        page.status = 422
        return _shown(request, page, row)
    key = row.key if row else form.cleaned_data["key"]
    before = edit.forms_of(page.kind)[key] if row else {}
    content = _content(page.kind, key, form.entry(key, before))
    pk = row.pk if row else None
    done = save_entry(request, page, key, content, initial=_known(page.kind)[3], pk=pk)
    return redirect("cx_loop:measures") if done else _shown(request, page, row)


def _content(kind: str, key: str, entry: dict[str, Any]) -> dict[str, Any]:
    """The section with the entry in its place: the order of segments is what they stand in."""
    section = KNOWN[kind][1]
    if kind != "segment":
        return {section: [entry]}
    forms = edit.forms_of(kind).items()
    in_force = [row for row in forms if not row[1]["retired"] and row[0] != key]
    others = [
        (form["position"], edit.entry(kind, name, form))
        for name, form in sorted(in_force, key=lambda row: row[1]["position"])
    ]
    mine = edit.forms_of(kind).get(key)
    place = len(others) if mine is None or mine["retired"] else mine["position"]
    before = [each for position, each in others if position < place]
    return {section: [*before, entry, *(each for _at, each in others[len(before) :])]}


def _shown(request: HttpRequest, page: Editing, row: Any) -> HttpResponse:
    said = {
        "form": page.form,
        "kind": page.kind,
        "row": row,
        "name": str(row) if row else "",
        "opened": page.opened,
        "newer": page.newer,
        "trail": trail_of(page.kind, row.pk) if row else [],
    }
    return show(request, "cx_loop/settings/measure.html", said, here=HERE, status=page.status)


def _known(kind: str) -> tuple[type[Any], str, Any, Any]:
    if kind not in KNOWN:
        raise Http404
    return KNOWN[kind]
