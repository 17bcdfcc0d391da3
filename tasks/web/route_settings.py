"""Routes: which department gets a task. Read as sentences, ordered, tried, changed one by one."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cx_loop import clock
from cx_loop.actions.configure import edit
from cx_loop.models import Department, Touchpoint, in_language
from cx_loop.reads.trail import trail_of
from cx_loop.web.settings import Editing, actor_of, for_admins, save, say_refused, show
from tasks.actions import route_edits
from tasks.actions.routes import place_of
from tasks.logic.routing import hidden_by, parse_route
from tasks.models import RouteTable
from tasks.web.route_form import FactsForm, RouteForm, initial_of
from tasks.web.route_words import Names, say_goal, say_when
from tasks.web.routes import say_why

HERE = "routes"


@dataclass(frozen=True, slots=True)
class Row:
    """`hidden`: the number of an earlier route that takes all this one would take."""

    number: int
    mark: str
    when: str
    goal: str
    hidden: int | None
    is_first: bool
    is_last: bool


@for_admins
@require_safe
def routes(request: HttpRequest) -> HttpResponse:
    facts = FactsForm(request.GET) if "touchpoint" in request.GET else FactsForm()
    table = RouteTable.objects.select_related("created_by").first()
    page = {
        "rows": _rows(),
        "table": table,
        "facts": facts,
        "tried": _tried(facts) if facts.is_bound else None,
        "trail": trail_of("routes", table.pk) if table else [],
    }
    status = 422 if facts.is_bound and facts.errors else 200
    return show(request, "tasks/settings/routes.html", page, here=HERE, status=status)


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _edited(request, None, "")


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, position: int) -> HttpResponse:
    found = route_edits.routes_now()
    if request.method == "POST":
        return _edited(request, position, request.POST.get("was", "")[:64] or "gone")
    if not 0 < position <= len(found):
        raise Http404
    return _edited(request, position, route_edits.mark_of(found[position - 1]), found[position - 1])


@for_admins
@require_POST
def move(request: HttpRequest) -> HttpResponse:
    """Up, down, to a place, or out: `do` says what, `was` which route."""
    was, do = request.POST.get("was", "")[:64], request.POST.get("do", "")
    by, now = actor_of(request), clock.now()
    at = next(
        (at for at, each in enumerate(route_edits.routes_now()) if _is(each, was)),
        None,
    )
    to = request.POST.get("to", "")
    places = {"up": (at or 0) - 1, "down": (at or 0) + 1}
    try:
        if do == "remove":
            route_edits.remove_route(was=was, by=by, now=now)
            messages.success(request, _("The route is taken out."))
        elif do in places:
            route_edits.move_route(was=was, to=places[do], by=by, now=now)
        elif do == "to" and to.isdecimal() and len(to) < 5:
            route_edits.move_route(was=was, to=int(to), by=by, now=now)
        else:
            raise Http404
    except edit.Stale:
        messages.warning(
            request, _("Somebody changed this route meanwhile; here is what stands now.")
        )
    except edit.Refused as refusal:
        messages.error(request, say_refused(refusal))
    return redirect("tasks:routes")


def _is(route: dict[str, Any], was: str) -> bool:
    return route_edits.mark_of(route) == was


def _edited(
    request: HttpRequest, position: int | None, was: str, route: dict[str, Any] | None = None
) -> HttpResponse:
    if request.method != "POST":
        return _shown(request, Editing(RouteForm(initial=initial_of(route or {})), "routes"), was)
    page = Editing(RouteForm(request.POST), "routes")
    if not page.form.is_valid():
        page.status = 422
        return _shown(request, page, was)
    assert isinstance(page.form, RouteForm)
    wanted, by, now = page.form.route(), actor_of(request), clock.now()
    try:
        done = save(
            request,
            page,
            write=lambda: route_edits.put_route(route=wanted, was=was, by=by, now=now),
            initial=initial_of,
        )
    except route_edits.TooMany:
        page.form.add_error(None, _("There are too many routes; take one out first."))
        page.status, done = 422, False
    return redirect("tasks:routes") if done else _shown(request, page, was)


def _shown(request: HttpRequest, page: Editing, was: str) -> HttpResponse:
    said = {"form": page.form, "was": was, "is_gone": page.newer is not None}
    return show(request, "tasks/settings/route.html", said, here=HERE, status=page.status)


def _rows() -> list[Row]:
    found = route_edits.routes_now()
    names = Names.of([each["when"] for each in found])
    departments = {row.key: in_language(row.name) or row.key for row in Department.objects.all()}
    hidden = hidden_by([parse_route(each) for each in found])
    return [
        Row(
            number=at + 1,
            mark=route_edits.mark_of(route),
            when=say_when(route["when"], names),
            goal=say_goal(departments[route["to"]], route["role"]),
            hidden=None if hidden[at] is None else (hidden[at] or 0) + 1,
            is_first=at == 0,
            is_last=at == len(found) - 1,
        )
        for at, route in enumerate(found)
    ]


def _tried(facts: FactsForm) -> dict[str, Any] | None:
    """Where a task with these facts would go, by the code that routes tasks."""
    if not facts.is_valid():
        return None
    touchpoint = Touchpoint.objects.select_related("owner__calendar", "stage__journey").get(
        key=facts.cleaned_data["touchpoint"]
    )
    place = place_of(touchpoint, facts.facts())
    head, lines = say_why(place.why)
    return {
        "goal": say_goal(in_language(place.department.name) or place.department.key, place.role),
        "head": head,
        "lines": lines,
        "position": place.why.get("position"),
    }
