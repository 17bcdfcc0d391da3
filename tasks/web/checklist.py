"""The checklist of a task: one address; a form says in `do` what is to be done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cx_loop import clock
from cx_loop.models import Actor, User, zone_of
from tasks import reads
from tasks.actions import checklist as steps
from tasks.actions import countermeasures, follow_ups
from tasks.actions.errors import Forbidden, Invalid, NotFound, Stale
from tasks.logic.lifecycle import NotAllowed
from tasks.models import FollowUp, Step, Task
from tasks.web import checklist_forms as forms
from tasks.web.checklist_page import Tried, checklist_page
from tasks.web.forms import add_problems, say_problem, say_refusal
from tasks.web.next_step import next_of
from tasks.web.page import task_page
from tasks.web.story import story_of

STEPS: dict[str, Callable[..., Any]] = {
    "edit": steps.edit_step,
    "tick": steps.tick_step,
    "untick": steps.untick_step,
    "not_needed": steps.mark_not_needed,
    "up": steps.move_step,
    "down": steps.move_step,
}
IDEAS: dict[str, Callable[..., Any]] = {
    "vote": countermeasures.vote,
    "withdraw_vote": countermeasures.withdraw_vote,
    "choose_idea": countermeasures.choose_idea,
}


@dataclass(slots=True)
class Sent:
    """What a form has sent, of which task, by whom and when."""

    task: Task
    user: User
    now: datetime
    data: QueryDict
    do: str

    def whole(self, name: str) -> int | None:
        raw = self.data.get(name, "")
        return int(raw) if raw.isdecimal() and len(raw) < 18 else None

    @property
    def said(self) -> dict[str, Any]:
        return {"number": self.task.number, "by": Actor(self.user), "now": self.now}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def checklist(request: HttpRequest, number: int) -> HttpResponse:
    """POST: do it, and show the list as it then stands. GET: the part alone, as htmx swaps it; to
    whoever comes by the address, the page."""
    user = request.user
    assert isinstance(user, User)
    task = reads.visible_task(user, number) if number < 2**63 else None
    if task is None:
        raise Http404
    if request.method != "POST":
        is_part = request.htmx  # type: ignore[attr-defined]
        return _part(request, task, 200) if is_part else _to_page(number, request.GET.urlencode())
    sent = Sent(task, user, clock.now(), request.POST, request.POST.get("do", ""))
    tried = Tried(sent.do, sent.whole("step") or sent.whole("follow_up") or 0, _form(sent))
    try:
        if tried.form is not None and not tried.form.is_valid():
            return _answer(request, task, 422, tried)
        _do(sent, tried.form)
    except Invalid as refusal:
        if tried.form is not None:
            add_problems(tried.form, refusal.problems)
        tried.notice = "" if tried.form is not None else _said(refusal)
        return _answer(request, task, 422, tried)
    except Forbidden as refusal:
        messages.error(request, say_refusal(refusal.code))
        return _answer(request, task, 403, Tried())
    except (Stale, NotAllowed):
        tried.notice = _("Somebody was faster: this is how the list stands now.")
        return _answer(request, task, 409, tried)
    except NotFound as gone:
        raise Http404 from gone
    if request.htmx:  # type: ignore[attr-defined]
        return _part(request, task, 200)
    return _to_page(number)


def _to_page(number: int, query: str = "") -> HttpResponse:
    page = reverse("tasks:task", args=[number])
    return redirect(f"{page}?{query}#checklist" if query else f"{page}#checklist")


def _form(sent: Sent) -> Any:
    """The form of what is done; None where there is nothing to fill in."""
    zone, data = zone_of(sent.user), sent.data
    people = [row.user for row in reads.people_of(sent.task.department)]
    if sent.do == "add":
        return forms.NewStep(data, zone=zone, people=people, auto_id="new-step_%s")
    if sent.do == "idea":
        return forms.NewIdea(data, zone=zone, auto_id="new-idea_%s")
    if sent.do == "answer":
        asked = FollowUp.objects.filter(task=sent.task, pk=sent.whole("follow_up") or 0).first()
        return forms.answer_form(asked, data, zone) if asked else None
    step = Step.objects.filter(task=sent.task, pk=sent.whole("step") or 0).select_related("owner")
    found = step.first()
    if found is None:
        return None
    if sent.do == "edit":
        return forms.edit_form(found, data, zone, people)
    if sent.do == "tick" and "done_at" in data:
        return forms.done_form(found, data, zone)
    if sent.do == "not_needed":
        return forms.NotNeeded(data, zone=zone, auto_id=f"not-{found.pk}_%s")
    return None


def _do(sent: Sent, form: Any) -> None:
    """Raises what the action raises, and Http404 for what no form of ours sends."""
    do, said = sent.do, sent.said
    fields = form.said() if form is not None else {}
    if do == "choose":
        countermeasures.choose_playbook(playbook=sent.data.get("playbook", ""), **said)
    elif do == "add":
        steps.add_step(fields=fields, **said)
    elif do == "idea":
        countermeasures.add_idea(fields=fields, **said)
    elif do == "answer" and form is not None:
        asked = sent.whole("follow_up") or 0
        follow_ups.answer_follow_up(follow_up=asked, fields=form.cleaned_data, **said)
    elif do in IDEAS:
        more = {"type": sent.data.get("type", "correct")} if do == "choose_idea" else {}
        IDEAS[do](idea=sent.whole("idea") or 0, **more, **said)
    elif do in STEPS:
        if do == "edit" and not fields:
            return  # nothing was changed
        if do in ("up", "down"):
            fields = {"up": do == "up"}
        step, version = sent.whole("step") or 0, sent.whole("version")
        STEPS[do](step=step, version=version, fields=fields, **said)
    else:
        raise Http404


def _answer(request: HttpRequest, task: Task, status: int, tried: Tried) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return _part(request, task, status, tried)
    assert isinstance(request.user, User)
    shown = reads.visible_task(request.user, task.number) or task
    page = task_page(shown, request.user, clock.now(), tried=tried)
    return render(request, "tasks/task.html", page, status=status)


def _part(
    request: HttpRequest, task: Task, status: int, tried: Tried | None = None
) -> HttpResponse:
    """The list; and what was done changes what comes next and what has happened, beside it."""
    user, now = request.user, clock.now()
    assert isinstance(user, User)
    shown = reads.visible_task(user, task.number) or task  # as it stands after what was done
    found = checklist_page(shown, user, now, asked=request.GET.dict(), tried=tried)
    context = {"task": shown, "now": now, "checklist": found, "is_beside": False}
    if request.method == "POST":
        beside = {**next_of(shown, user, now), **story_of(shown, now, zone_of(user))}
        context |= {**beside, "is_beside": True}
    response = render(request, "tasks/parts/checklist_swapped.html", context, status=status)
    # otherwise a reload would ask for the part alone: the attribute stops no form that is boosted
    response.headers["HX-Push-Url"] = "false"
    return response


def _said(refusal: Invalid) -> str:
    return " ".join(say_problem(code, message) for _field, code, message in refusal.problems)
