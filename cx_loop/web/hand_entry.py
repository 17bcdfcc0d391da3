"""Mystery visits, interviews and what employees notice, entered on the spot: made for a phone."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cx_loop import clock
from cx_loop.actions.hand_entries import enter, take_out
from cx_loop.ingest.items import Refused
from cx_loop.logic.voice.origins import BY_HAND, STAFF
from cx_loop.models import (
    Actor,
    HandEntry,
    Metric,
    Organization,
    Segment,
    Touchpoint,
    User,
    in_language,
)
from cx_loop.notices import say_reason
from cx_loop.ui.dimensions import ValueField
from cx_loop.ui.fields import Moment, moment
from cx_loop.ui.voice import ORIGINS
from cx_loop.ui.words import say_unit

SHOWN = 12
# what stays as it is when the next one is entered
KEPT = ("kind", "touchpoint", "metric", "segment", "channel", "location")


class EntryForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), widget=forms.RadioSelect)
    touchpoint = forms.ChoiceField(label=gettext_lazy("Where in the journey"))
    comment = forms.CharField(
        label=gettext_lazy("What you saw or were told"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Name no customer; write as they said it."),
    )
    metric = forms.ChoiceField(label=gettext_lazy("Measured"), required=False)
    value = forms.FloatField(
        label=gettext_lazy("Value"),
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )
    exposure = forms.FloatField(
        label=gettext_lazy("Out of how many"),
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
        help_text=gettext_lazy("of a rate only"),
    )
    segment = forms.ChoiceField(label=gettext_lazy("Segment"), required=False)
    channel = ValueField("channel", label=gettext_lazy("Channel"))
    location = ValueField("location", label=gettext_lazy("Location"))
    occurred_at = moment(gettext_lazy("When"))

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = Touchpoint.objects.all().visible_to(viewer).filter(retired_at=None)
        ordered = seen.select_related("stage").order_by(
            "stage__journey__key", "stage__position", "position", "key"
        )
        self.places = {each.key: each for each in ordered}
        self.metrics = {
            each.key: each
            for each in Metric.objects.filter(retired_at=None, comments="").order_by("key")
        }
        segments = Segment.objects.filter(retired_at=None).order_by("position", "key")
        names = [(each.key, in_language(each.name) or each.key) for each in segments]
        self._choose("kind", [(each, ORIGINS[each]) for each in BY_HAND])
        self._choose("touchpoint", [("", "–"), *self._places()])
        measured = [(key, _measure(each)) for key, each in self.metrics.items()]
        self._choose("metric", [("", _("nothing: words alone")), *measured])
        self._choose("segment", [("", "–"), *names])
        if not names:
            del self.fields["segment"]
        when = self.fields["occurred_at"]
        assert isinstance(when, Moment)
        when.zone = Organization.current_zone()

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _places(self) -> list[tuple[str, list[tuple[str, str]]]]:
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, each in self.places.items():
            stage = in_language(each.stage.name) or each.stage.key
            groups.setdefault(stage, []).append((key, in_language(each.name) or key))
        return list(groups.items())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def entry(request: HttpRequest) -> HttpResponse:
    """The form, and what one has entered; what a mystery visit keeps asking stays filled in."""
    assert isinstance(request.user, User)
    if request.method != "POST":
        return _page(request, EntryForm(viewer=request.user, initial=_initial(request.GET)))
    form = EntryForm(request.POST, viewer=request.user)
    if form.is_valid() and _entered(form, Actor(request.user)):
        messages.success(request, _("Kept. The next one can be entered at once."))
        kept = QueryDict(mutable=True)
        kept.update({name: form.cleaned_data.get(name) or "" for name in KEPT})
        return redirect(f"{reverse('cx_loop:enter')}?{kept.urlencode()}")
    return _page(request, form, 422)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take out what was entered by mistake: one's own, or any for who sees everything."""
    assert isinstance(request.user, User)
    related = HandEntry.objects.select_related("source", "metric", "touchpoint")
    found = get_object_or_404(related.visible_to(request.user), pk=pk)
    if take_out(entry=found, by=Actor(request.user), now=clock.now()):
        messages.success(request, _("Taken out: it counts no more."))
    return redirect("cx_loop:enter")


def _entered(form: EntryForm, by: Actor) -> bool:
    said = dict(form.cleaned_data)
    kind, metric = said.pop("kind"), form.metrics.get(said.pop("metric"))
    place = form.places[said.pop("touchpoint")]
    try:
        enter(kind=kind, touchpoint=place, metric=metric, said=said, by=by, now=clock.now())
    except Refused as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, _say(refusal))
        return False
    return True


def _say(refusal: Refused) -> str:
    if refusal.code == "missing_field":
        if refusal.field == "value":
            return _("Say the value, or measure nothing.")
        return _("Write what you saw, or choose what was measured.")
    return say_reason(refusal.code)


def _initial(said: QueryDict) -> dict[str, Any]:
    kept = {name: (said.get(name) or "").replace("\0", "")[:80] for name in KEPT if name in said}
    return {"kind": STAFF, "occurred_at": clock.now(), **kept}


def _measure(metric: Metric) -> str:
    """With its scale, so that nobody has to know it by heart."""
    name, scale = in_language(metric.name) or metric.key, metric.scale
    if scale.bounded:
        low, high = scale.ends
        return f"{name} ({low:g}–{high:g})"
    return f"{name} ({say_unit(metric.unit).strip()})" if metric.unit else name


def _page(request: HttpRequest, form: EntryForm, status: int = 200) -> HttpResponse:
    assert isinstance(request.user, User)
    seen = HandEntry.objects.all().visible_to(request.user)
    own = seen.select_related("touchpoint", "metric", "entered_by").order_by("-entered_at", "pk")
    rows = [(each, ORIGINS[each.kind]) for each in own[:SHOWN]]
    page = {
        "now": clock.now(),
        "form": form,
        "rows": rows,
        "sees_all": request.user.sees_everything,
    }
    return render(request, "cx_loop/enter.html", page, status=status)
