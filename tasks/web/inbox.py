"""The inbox: what was told to the reader, on the page of whom it is marked as read."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cx_loop import clock
from cx_loop.actions.people import read_notices, unread_notices
from cx_loop.messaging.endpoints import say_endpoint_off
from cx_loop.models import Notice, User
from cx_loop.notices import say_source
from tasks.models import Task
from tasks.notices import say_notice, segment_names, title_of
from tasks.reads.inbox import PAGE, notices_of, tasks_told
from tasks.web.undo import with_undo


@dataclass(frozen=True, slots=True)
class Row:
    notice: Notice
    said: str
    title: str  # of the task; "" where there is none to be seen


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    user = _reader(request)
    tab = "all" if request.GET.get("tab") == "all" else "unread"
    before = request.GET.get("before", "")
    older_than = int(before) if before.isdecimal() and len(before) < 18 else None
    found = notices_of(user, unread=tab == "unread", before=older_than)
    shown = found[:PAGE]
    page = {
        "now": clock.now(),
        "tab": tab,
        "tabs": [("unread", _("Unread")), ("all", _("All"))],
        "rows": _rows(user, shown),
        "older": shown[-1].pk if len(found) > PAGE else None,
    }
    return render(request, "tasks/inbox.html", page)


@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """One notice, or everything that was told until now; or what was read at a moment, back."""
    user, now, one = _reader(request), clock.now(), request.POST.get("notice", "")
    if back := _moment(request.POST.get("unread", "")):
        unread_notices(user=user, read_at=back)
        return redirect("tasks:inbox")
    pk = int(one) if one.isdecimal() and len(one) < 18 else None
    count = read_notices(user=user, now=now, pk=pk)
    if count:
        said = _("It is read.") if pk else _("Everything is read.")
        told = with_undo(request, said, reverse("tasks:inbox-read"), unread=now.isoformat())
        messages.success(request, told)
    return redirect("tasks:inbox")


def _moment(raw: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _rows(user: User, notices: list[Notice]) -> list[Row]:
    tasks = tasks_told(user, notices)
    names = segment_names() if tasks else {}
    return [
        Row(notice, _say(notice), _title(tasks.get(notice.task_number or 0), names))
        for notice in notices
    ]


def _title(task: Task | None, names: dict[str, str]) -> str:
    return title_of(task, names) if task is not None else ""


def _say(notice: Notice) -> str:
    if notice.code == "endpoint_off":
        return say_endpoint_off(notice.params)
    if notice.code in ("source_silent", "source_held"):
        return say_source(notice.code, notice.params)
    if notice.code == "praised":
        words = {"rule": notice.params.get("rule"), "touchpoint": notice.params.get("touchpoint")}
        return _("Good news: %(rule)s is where it should be at %(touchpoint)s.") % words
    return say_notice(notice.code, notice.params)


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
