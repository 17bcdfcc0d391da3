"""How moments are weighed: what they are read from, what is remembered, what is mended first."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cx_loop.actions.configure import edit
from cx_loop.actions.configure.moments import KEY, METRICS, PLAIN, WEIGHTS
from cx_loop.models import Metric, MomentWeights
from cx_loop.reads.trail import trail_of
from cx_loop.web.setting_forms import SettingForm, even, named, number, one
from cx_loop.web.settings import Editing, for_admins, opened_in, save_entry, show

HERE = KIND = "moments"
ROW = 1
READINGS = (
    ("mean", gettext_lazy("the mean")),
    ("top_box", gettext_lazy("the share of the two highest scores")),
)
DECIDES = (
    ("measured", gettext_lazy("measured satisfaction")),
    ("expectation", gettext_lazy("experience minus expectation")),
)
COLUMNS = tuple(column for columns in WEIGHTS.values() for column in columns.values())


def _weight(label: Any) -> forms.FloatField:
    return number(label, low=0, high=100)


class MomentsForm(SettingForm):
    """A field of a weight has the name of its column: both blocks know a peak and an end."""

    has_names = False

    metric = one(gettext_lazy("Experience is read from"))
    reading = one(gettext_lazy("Scores are taken as"), required=True)
    expectation_metric = one(gettext_lazy("Expectation is read from"))
    expectation = number(
        gettext_lazy("Expected where nothing else is said"),
        gettext_lazy("From 0 to 5; empty: 3."),
        low=0,
        high=5,
    )
    decide_by = one(gettext_lazy("Good or bad is told by"), required=True)
    goal = number(
        gettext_lazy("Goal of a touchpoint without one"),
        gettext_lazy("From −5 to 5; empty: 2.5 of what is measured, 0 of the difference."),
        low=-5,
        high=5,
    )
    neutral = number(
        gettext_lazy("Neither good nor bad up to"),
        gettext_lazy("On both sides of 0, from 0 to 5; empty: 1."),
        low=0,
        high=5,
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days that count"),
        required=False,
        min_value=1,
        max_value=366,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4, "autocomplete": "off"}),
        help_text=gettext_lazy("From 1 to 366; empty: 28."),
    )
    recall_peak = _weight(gettext_lazy("Strongest moment"))
    recall_end = _weight(gettext_lazy("Last moment"))
    recall_mean = _weight(gettext_lazy("Mean of all"))
    by_importance = _weight(gettext_lazy("Importance"))
    by_gap = _weight(gettext_lazy("Distance to the goal"))
    by_reach = _weight(gettext_lazy("Reach"))
    for_peak = _weight(gettext_lazy("More for the strongest moment"))
    for_end = _weight(gettext_lazy("More for the last moment"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        usual = MomentWeights()
        for name in COLUMNS:
            words = {"usual": even(getattr(usual, name))}
            self.fields[name].help_text = _("From 0 to 100; empty: %(usual)s.") % words
        rows = Metric.objects.filter(retired_at=None)
        scales = named(row for row in rows if row.scale.bounded)
        self.choose("metric", [("", _("the first metric of satisfaction (CSAT)")), *scales])
        self.choose("expectation_metric", [("", _("no metric")), *scales])
        self.choose("reading", READINGS)
        self.choose("decide_by", DECIDES)

    @property
    def read(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in self.fields if name not in COLUMNS)

    @property
    def remembered(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in WEIGHTS["journey"].values())

    @property
    def first(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in WEIGHTS["priority"].values())

    def slot_of(self, place: str) -> str | None:
        _section, block, *rest = [*place.split("."), ""]
        if columns := WEIGHTS.get(block):
            return columns.get(rest[0], next(iter(columns.values())))
        return super().slot_of(place)

    def content(self) -> dict[str, Any]:
        """As a file would have it; what is left empty is left out."""
        said = self.cleaned_data
        entry: dict[str, Any] = {name: said[name] for name in (*METRICS, *PLAIN)}
        for block, columns in WEIGHTS.items():
            entry[block] = _given({name: said[column] for name, column in columns.items()})
        return {"moments": _given(entry)}


def initial_of(form: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: form[name] for name in (*METRICS, "reading", "decide_by")}
    figures = {name: form[name] for name in PLAIN if name not in plain}
    for block, columns in WEIGHTS.items():
        figures |= {column: form[block][name] for name, column in columns.items()}
    return {**plain, **{name: even(value) for name, value in figures.items()}}


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def moments(request: HttpRequest) -> HttpResponse:
    """Where nothing is set yet, what is usual stands in the form."""
    current = edit.forms_of(KIND).get(KEY)
    if request.method != "POST":
        first = MomentsForm(initial=initial_of(current or _usual()))
        return _shown(request, Editing(first, KIND, edit.opened_of(current)))
    typed = MomentsForm(request.POST)
    page = Editing(typed, KIND, opened_in(request, is_there=current is not None))
    if not typed.is_valid():
        page.status = 422
        return _shown(request, page)
    done = save_entry(request, page, KEY, typed.content(), initial=initial_of, pk=ROW)
    return redirect("cx_loop:moment-weights") if done else _shown(request, page)


def _usual() -> dict[str, Any]:
    row = MomentWeights()
    form: dict[str, Any] = {
        **dict.fromkeys(METRICS),
        **{name: getattr(row, name) for name in PLAIN},
    }
    for block, columns in WEIGHTS.items():
        form[block] = {name: getattr(row, column) for name, column in columns.items()}
    return form


def _shown(request: HttpRequest, page: Editing) -> HttpResponse:
    said = {
        "form": page.form,
        "opened": page.opened,
        "newer": page.newer,
        "trail": trail_of(KIND, ROW),
    }
    template = "cx_loop/settings/moments.html"
    return show(request, template, said, here=HERE, status=page.status)


def _given(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in (None, "", {})}
