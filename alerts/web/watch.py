"""The overview of series: what nobody watches, what watches nothing, what is too thin to alarm."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts.actions.standards import may_make_rules
from alerts.logic.durations import format_duration
from alerts.notices import say_window
from alerts.reads import watch as reads
from alerts.reads.pages import PAGE
from alerts.web.words import GroupRow, group_rows
from cx_loop import clock
from cx_loop.models import Actor, ServiceStandard, User, in_language
from cx_loop.ui.words import say_number

PARTS = ("touchpoints", "standards", "rules", "thin")


@dataclass(frozen=True, slots=True)
class StandardRow:
    standard: ServiceStandard
    text: str
    may_make_rule: bool


@dataclass(frozen=True, slots=True)
class ThinRow:
    row: GroupRow
    rule: str
    why: str
    todo: str


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The first page of each part; `?part=…&after=…` goes on in one of them."""
    assert isinstance(request.user, User)
    user, now = request.user, clock.now()
    part = request.GET.get("part", "")
    part = part if part in PARTS else ""
    after = request.GET.get("after", "").replace("\x00", "")[:160] if part else ""
    places, more_places = reads.page_of(
        reads.unwatched_touchpoints(user), after if part == "touchpoints" else ""
    )
    standards, more_standards = reads.page_of(
        reads.unwatched_standards(user), after if part == "standards" else ""
    )
    rules, more_rules = reads.page_of(reads.blind_rules(user), after if part == "rules" else "")
    thin = reads.thin_groups(user, now=now)
    start = int(after) if part == "thin" and after.isdecimal() and len(after) < 18 else 0
    groups = list(thin.filter(pk__gt=start)[: PAGE + 1])
    page = {
        "now": now,
        "touchpoints": places,
        "standards": _standard_rows(standards, Actor(user=user)),
        "rules": [(rule, in_language(rule.name) or rule.key) for rule in rules],
        "thin": _thin_rows(reads.measure_thin(groups[:PAGE], now=now)),
        "more": {
            "touchpoints": more_places,
            "standards": more_standards,
            "rules": more_rules,
            "thin": str(groups[PAGE - 1].pk) if len(groups) > PAGE else "",
        },
        "part": part,
        "weeks": reads.WEEKS,
    }
    return render(request, "alerts/watch.html", page)


def _standard_rows(standards: list[ServiceStandard], by: Actor) -> list[StandardRow]:
    owners: dict[int, bool] = {}
    rows = []
    for standard in standards:
        owner = standard.touchpoint.owner_id
        if owner not in owners:
            owners[owner] = may_make_rules(by, standard)
        rows.append(StandardRow(standard, in_language(standard.text), owners[owner]))
    return rows


def _thin_rows(found: list[reads.ThinGroup]) -> list[ThinRow]:
    rows = group_rows([each.group for each in found])
    return [
        ThinRow(
            row=row,
            rule=each.group.rule.key,
            why=_("usually %(usual)s in a window, %(wanted)s are asked for")
            % {"usual": say_number(round(each.usual, 1)), "wanted": say_number(each.wanted)},
            todo=say_todo(each),
        )
        for row, each in zip(rows, found, strict=True)
    ]


def say_todo(thin: reads.ThinGroup) -> str:
    if thin.window is None:
        return _("Watch the whole stage together, or ask for fewer: no window would hold enough.")
    window = say_window(format_duration(thin.window))
    return _("Lengthen the window to %(window)s, or ask for fewer.") % {"window": window}
