"""The calendar of due dates behind a secret address: for programs, which know no log-in."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cx_loop import clock
from cx_loop.actions.links import person_of
from cx_loop.logic.icalendar import Event, calendar_of
from cx_loop.models import PersonLink
from tasks import reads
from tasks.models import Task
from tasks.notices import segment_names, title_of


@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Open tasks with a due moment: number, title, nothing that a customer said."""
    now = clock.now()
    user = person_of(token, now, PersonLink.Kind.CALENDAR)
    if user is None:
        raise Http404
    with translation.override(user.language):
        segments = segment_names()
        events = [_event(task, segments) for task in reads.tasks_with_a_due_moment(user)]
        text = calendar_of(_("CX Loop: due dates"), events, now)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def _event(task: Task, segments: dict[str, str]) -> Event:
    assert task.due_at is not None
    host = urlsplit(settings.PUBLIC_URL).hostname
    return Event(
        uid=f"task-{task.number}-{task.episode}@{host}",
        due_at=task.due_at,
        summary=_("#%(number)s due: %(title)s")
        % {"number": task.number, "title": title_of(task, segments)},
        url=f"{settings.PUBLIC_URL}/tasks/{task.number}/",
        sequence=task.version,
        category=_("Critical") if task.severity == 1 else _("Warning"),
    )
