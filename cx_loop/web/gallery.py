"""Every component in every state, with invented figures: to be looked at, and to be checked."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cx_loop import clock
from cx_loop.models import once
from cx_loop.ui.before_after import BeforeAfter, Level, before_after
from cx_loop.ui.charts import Band, Line, Marker, Point, Trend, trend
from cx_loop.ui.curves import Curve, CurveLine, Felt, curve
from cx_loop.ui.heat import Cell, heat_row
from cx_loop.ui.icons import PATHS
from cx_loop.ui.matrices import Matrix, Weighted, matrix
from cx_loop.ui.sparks import spark
from cx_loop.ui.words import say_number

FIRST = date(2026, 3, 2)
WAITS = (22, 24, 21, None, 26, 31, 38, 42, 44, 41, 36, 30, 26, 24, 23, 22)


class Sample(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of moment"),
        choices=[("service", gettext_lazy("Service moment"))],
        help_text=gettext_lazy("The help stands below its field."),
    )
    words = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea)


@login_required
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    wrong = Sample({"name": "", "kind": "service", "words": ""}, prefix="wrong")
    wrong.is_valid()
    page: dict[str, Any] = {
        "now": once("now", clock.now),
        "icons": sorted(PATHS),
        "form": Sample(prefix="empty"),
        "wrong": wrong,
        "long": _("A name so long that it does not fit into one line of any list"),
        "trend": _trend(),
        "empty_trend": trend([], title=_("Wait by day")),
        "curve": _curve(),
        "empty_curve": curve([], [], title=_("Felt against expectation")),
        "matrix": _matrix(),
        "before_after": _before_after(),
        "spark": spark([4, 4.2, None, 4.1, 3.6, 3.2, 3.8, 4.3], wanted=4),
        "heat": _heat(),
    }
    return render(request, "cx_loop/gallery.html", page)


def _trend() -> Trend:
    points = [
        Point(FIRST + timedelta(days=at), wait, 0 if wait is None else 12 if at == 4 else 186)
        for at, wait in enumerate(WAITS)
    ]
    points = [
        each if each.value is None else replace(each, low=each.value - 3, high=each.value + 3)
        for each in points
    ]
    return trend(
        points,
        title=_("Wait by day"),
        unit="min",
        lines=[
            Line(30, "warning", _("Warning %(line)s") % {"line": 30}),
            Line(45, "critical", _("Critical %(line)s") % {"line": 45}),
            Line(20, "goal", _("Target %(line)s") % {"line": 20}),
        ],
        markers=[
            Marker(FIRST + timedelta(days=6), "alert", _("Alert")),
            Marker(FIRST + timedelta(days=9), "fix", "#1042"),
            Marker(FIRST + timedelta(days=13), "look", ""),
        ],
        bands=[Band(FIRST, FIRST + timedelta(days=4), "baseline", _("baseline"))],
    )


def _curve() -> Curve:
    normal = [
        Felt(1, 240, 0.8, 1.2),
        Felt(-2, 186, -2.4, -1.6, is_peak=True),
        None,
        Felt(2, 90, 1.5, 2.4, is_end=True),
    ]
    gold = [
        Felt(0.5, 60, 0, 1),
        Felt(-3.5, 25, -4.2, -2.8, is_peak=True),
        Felt(1, 40, 0.2, 1.8),
        Felt(1, 33, 0.1, 1.9, is_end=True),
    ]
    wish = [Felt(2), Felt(1), Felt(2), Felt(3)]
    lines = [
        CurveLine(_("Everybody"), normal),
        CurveLine(_("Gold"), gold, kind=2),
        CurveLine(_("to be"), wish, kind=4, thought=True),
    ]
    places = [_("Booking"), _("Boarding"), _("On board"), _("Arrival")]
    return curve(places, lines, title=_("Felt against expectation"))


def _matrix() -> Matrix:
    items = [
        Weighted(1, _("Boarding"), -3.1, 0.42, "fix_first"),
        Weighted(2, _("On board"), -0.8, 0.12, "watch"),
        Weighted(3, _("Booking"), 1.2, 0.31, "keep_up"),
        Weighted(4, _("Arrival"), 2.4, 0.15, "over_served"),
    ]
    return matrix(items, equal=0.25, title=_("Importance and performance"))


def _before_after() -> BeforeAfter:
    before, after = Level(41, 186, 38, 44), Level(24, 172, 22, 27)
    names = (_("Baseline (before the fix)"), _("After the fix"))
    return before_after((names[0], before), (names[1], after), title=_("Wait"), unit="min", goal=25)


def _heat() -> list[Cell]:
    values = (1.4, 2.6, 3.1, 3.9, 4.8, None)
    cells = [(value, 12.0 if value == 3.1 else 90.0, say_number(value), "") for value in values]
    return heat_row(cells, worst=1, best=5)
