"""One call on the chosen tasks of a list: asked for what it needs, done one by one, told one by
one."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cx_loop import clock
from cx_loop.models import Actor, Department, Membership, User, in_language, zone_of
from tasks.actions.bulk import Outcome, perform_each
from tasks.logic.bulk import AT_ONCE, CALLS, MOST
from tasks.models import Task
from tasks.notices import CALLS as CALL_NAMES
from tasks.notices import STATES, segment_names, title_of
from tasks.web import forms
from tasks.web.forms import CallForm, say_problem, say_refusal


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    title: str  # "" for what the reader does not see
    said: str  # why it was refused, or the state it is in now
    is_done: bool


class Assign(forms.Assign):
    """To somebody of any of the departments; each task says whether they work there."""

    def prepare(self) -> None:
        """`_form` offers the people: it knows all the tasks."""


class HandOver(forms.HandOver):
    """To another department than the one that has them all: it would refuse every one."""

    def prepare(self) -> None:
        """`_form` offers the departments: it knows all the tasks."""


FORMS: dict[str, type[CallForm]] = {
    "assign": Assign,
    "hold": forms.Hold,
    "hand_over": HandOver,
    "dismiss": forms.Dismiss,
}


@login_required
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    call, user = request.POST.get("call", ""), request.user
    if call not in CALLS:
        raise Http404
    picks = _picks(request.POST.getlist("pick"))
    tasks = _seen(user, [number for number, _version in picks])
    if not tasks:
        messages.warning(request, _("Choose tasks first."))
        return redirect(_way_back(request))
    page: dict[str, Any] = {
        "call": call,
        "label": CALL_NAMES[call],
        "picks": picks,
        "next": _way_back(request),
    }
    fields: dict[str, Any] = {}
    if call not in AT_ONCE:
        form = _form(call, request, tasks)
        if not form.is_bound or not form.is_valid():
            page |= {"form": form, "rows": _titles(tasks)}
            status = 422 if form.is_bound else 200
            return render(request, "tasks/bulk.html", page, status=status)
        fields = form.cleaned_data
    outcomes = perform_each(call, tasks=picks, by=Actor(user), now=clock.now(), fields=fields)
    return render(request, "tasks/bulk_done.html", page | _told(outcomes, user))


def bulk_calls() -> list[tuple[str, str]]:
    """What the list offers for the chosen tasks."""
    return [(call, str(CALL_NAMES[call])) for call in CALLS if call != "start"]


def _form(call: str, request: HttpRequest, tasks: list[Task]) -> CallForm:
    data = request.POST if request.POST.get("go") else None
    user = request.user
    form = FORMS[call](
        data, task=tasks[0], now=clock.now(), zone=zone_of(user), auto_id=f"{call}_%s"
    )
    holding = {task.department_id for task in tasks}
    if call == "hand_over":
        others = Department.objects.in_force()
        if len(holding) == 1:
            others = others.exclude(pk__in=holding)
        form.offer("department", [(each.key, in_language(each.name)) for each in others])
    if call == "assign":
        here = Membership.objects.reachable().filter(department__in=holding)
        people = User.objects.filter(pk__in=here.values("user")).order_by("name", "email")
        form.offer("assignee", [(each.email, str(each)) for each in people])
    return form


def _picks(raw: list[str]) -> list[tuple[int, int | None]]:
    """number:version, as the list wrote them; what is not so is left out."""
    found: list[tuple[int, int | None]] = []
    for said in raw[:MOST]:
        number, _colon, version = said.partition(":")
        if number.isdecimal() and len(number) < 18:
            known = version.isdecimal() and len(version) < 10
            found.append((int(number), int(version) if known else None))
    return found


def _seen(user: User, numbers: list[int]) -> list[Task]:
    seen = Task.objects.all().visible_to(user).filter(number__in=numbers)
    return list(seen.select_related("touchpoint", "metric", "department").order_by("number"))


def _titles(tasks: list[Task]) -> list[tuple[int, str]]:
    segments = segment_names()
    return [(task.number, title_of(task, segments)) for task in tasks]


def _told(outcomes: list[Outcome], user: User) -> dict[str, Any]:
    titles = dict(_titles(_seen(user, [each.number for each in outcomes])))
    lines = [
        Line(each.number, titles.get(each.number, ""), _say(each), each.is_done)
        for each in outcomes
    ]
    done = sum(line.is_done for line in lines)
    return {"lines": lines, "done": done, "refused": len(lines) - done}


def _say(outcome: Outcome) -> str:
    state = str(STATES[outcome.task.state]) if outcome.task else ""
    if outcome.is_done:
        return state
    if outcome.code == "not_allowed":
        return _("Not possible in its state: %(state)s.") % {"state": state}
    if outcome.problems:
        return " ".join(say_problem(code, message) for _f, code, message in outcome.problems)
    return say_refusal(outcome.code)


def _way_back(request: HttpRequest) -> str:
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return back
    return reverse("tasks:queue")
