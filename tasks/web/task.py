"""The page of a task, and every call of the state table as a plain form."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cx_loop import clock
from cx_loop.actions.people import read_notices
from cx_loop.models import Actor, User, zone_of
from tasks import reads
from tasks.actions import work
from tasks.actions.errors import Forbidden, Invalid, NotFound, Stale
from tasks.logic.lifecycle import NotAllowed
from tasks.models import Task
from tasks.web.forms import (
    FORMS,
    CallForm,
    Comment,
    add_problems,
    form_for,
    say_problem,
    say_refusal,
)
from tasks.web.page import task_page
from tasks.web.story import changes_since
from tasks.web.undo import undo_of, with_undo


@login_required
@require_safe
def task(request: HttpRequest, number: int) -> HttpResponse:
    found, user = _seen(request, number)
    doing, now = request.GET.get("do", ""), clock.now()
    read_notices(user=user, now=now, task_number=number)  # here is what they told of
    return render(
        request,
        "tasks/task.html",
        task_page(found, user, now, doing=doing, asked=request.GET.dict()),
    )


@login_required
@require_POST
def call(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Do one call; what is wrong comes back beside the fields, with the input kept."""
    if name not in FORMS:
        raise Http404
    found, user = _seen(request, number)
    now, zone = clock.now(), zone_of(user)
    form = form_for(name, request.POST, task=found, now=now, zone=zone)
    if form.errors:
        return _page(request, found, 422, doing=name, bound=form)
    try:
        done = work.perform(
            name,
            number=number,
            by=Actor(user),
            now=now,
            version=_whole(request.POST.get("version")),
            fields=form.cleaned_data,
        )
    except Invalid as refusal:
        add_problems(form, refusal.problems)
        return _page(request, found, 422, doing=name, bound=form)
    except Forbidden as refusal:
        messages.error(request, say_refusal(refusal.code))
        return _page(request, found, 403)
    except (Stale, NotAllowed):
        return _newer(request, number, form, name)
    except NotFound as gone:
        raise Http404 from gone
    messages.success(request, _told(request, name, found, done))
    return redirect(_way_back(request, done))


@login_required
@require_POST
def comment(request: HttpRequest, number: int) -> HttpResponse:
    found, user = _seen(request, number)
    form = Comment(request.POST)
    if not form.is_valid():
        return _page(request, found, 422, comment=form)
    text = form.cleaned_data["text"]
    try:
        work.comment(number=number, by=Actor(user), now=clock.now(), text=text)
    except Invalid as refusal:
        for _field, code, message in refusal.problems:
            form.add_error("text", say_problem(code, message))
        return _page(request, found, 422, comment=form)
    except Forbidden as refusal:
        messages.error(request, say_refusal(refusal.code))
        return _page(request, found, 403)
    # who wrote it reads on below it, not at the head of a long page
    return redirect(f"{reverse('tasks:task', args=[number])}#events")


def _seen(request: HttpRequest, number: int) -> tuple[Task, User]:
    """The task as this reader may see it; another department's is not there at all."""
    assert isinstance(request.user, User)
    found = reads.visible_task(request.user, number) if number < 2**63 else None
    if found is None:
        raise Http404
    return found, request.user


def _page(request: HttpRequest, found: Task, status: int, **more: Any) -> HttpResponse:
    assert isinstance(request.user, User)
    page = task_page(found, request.user, clock.now(), **more)
    return render(request, "tasks/task.html", page, status=status)


def _newer(request: HttpRequest, number: int, form: CallForm, name: str) -> HttpResponse:
    """Somebody was faster: say what they did, show the newer state, keep what was typed."""
    found, user = _seen(request, number)
    now = clock.now()
    page = task_page(found, user, now, doing=name, bound=form)
    seen = _whole(request.POST.get("seen"))
    page["changes"] = changes_since(found, seen, now) if seen is not None else []
    page["is_newer"] = True
    return render(request, "tasks/task.html", page, status=409)


def _told(request: HttpRequest, name: str, before: Task, done: Task) -> str:
    """What was done, with the way back beside it where the state table has one."""
    said, back = _said(name, done), undo_of(name, before, done)
    if back is None:
        return said
    action, fields = back
    return with_undo(request, said, action, **fields, next=_way_back(request, done))


def _said(name: str, done: Task) -> str:
    words = {"number": done.number}
    return {
        "accept": _("#%(number)s is yours now."),
        "start": _("You are working on #%(number)s."),
        "assign": _("#%(number)s is assigned."),
        "hold": _("#%(number)s is on hold."),
        "hand_over": _("#%(number)s is handed over."),
        "submit": _("The fix of #%(number)s is in. Its effect is watched from now on."),
        "withdraw": _("The fix of #%(number)s is withdrawn."),
        "send_back": _("#%(number)s is sent back."),
        "dismiss": _("#%(number)s is closed."),
        "decide": _("Your decision on #%(number)s stands."),
        "reopen": _("#%(number)s is open again."),
    }[name] % words


def _way_back(request: HttpRequest, done: Task) -> str:
    """Back to where the button stood, when that was a page of ours."""
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return back
    return reverse("tasks:task", args=[done.number])


def _whole(raw: str | None) -> int | None:
    return int(raw) if raw and raw.isdecimal() and len(raw) < 18 else None
