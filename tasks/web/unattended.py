"""The board of what nobody attends to: for leads, directors and admins."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cx_loop import clock
from cx_loop.models import User, zone_of
from tasks import reads
from tasks.notices import segment_names
from tasks.reads.unattended import PAGE, may_see_unattended, unattended_page
from tasks.web.words import queue_row, tasks_address


@login_required
@require_safe
def unattended(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    user, now = request.user, clock.now()
    if not may_see_unattended(user):
        raise PermissionDenied
    found = unattended_page(user, _place(request.GET.get("after", "")))
    shown = found[:PAGE]
    reach, zone, segments = reads.reach_of(user, now), zone_of(user), segment_names()
    tasks_url = tasks_address()
    page: dict[str, Any] = {
        "now": now,
        "rows": [
            queue_row(
                task,
                user=user,
                reach=reach,
                now=now,
                zone=zone,
                segments=segments,
                tasks_url=tasks_url,
            )
            for task in shown
        ],
        "more": _after(shown[-1].unattended_since, shown[-1].number) if len(found) > PAGE else "",
        "here": request.get_full_path(),
    }
    return render(request, "tasks/unattended.html", page)


def _after(since: datetime | None, number: int) -> str:
    return f"{since:%Y%m%dT%H%M%S.%f%z}_{number}"


def _place(raw: str) -> tuple[datetime, int] | None:
    """None for what is no place: the reader then starts on top."""
    since, _, number = raw.partition("_")
    if not number.isdecimal() or len(number) > 18:
        return None
    try:
        return datetime.strptime(since, "%Y%m%dT%H%M%S.%f%z"), int(number)
    except ValueError:
        return None
