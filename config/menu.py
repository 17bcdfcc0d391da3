"""What the pages are given by the packages above them: the menu, its badges, links to tasks."""

from datetime import datetime

from django.utils.translation import gettext_lazy

from alerts import reads as alert_reads
from alerts.actions.silences import may_silence
from alerts.ui.slots import task_by_hand, work_of_alerts
from cx_loop.models import Organization, User
from cx_loop.ui.navigation import Entry, register
from cx_loop.ui.slots import Progress, demo_progress, work_at
from cx_loop.ui.words import say_count
from cx_loop.web.messages import may_look_after
from cx_loop.web.people import may_see_others
from tasks import reads as task_reads
from tasks.reads.inbox import count_unread
from tasks.web.map_work import work_at_touchpoints
from tasks.web.words import open_task_url, work_links

CAP = 99  # a badge is a hint, not a report


def fill() -> None:
    """Register the entries in the order they are shown; called once at start."""
    register(Entry("queue", gettext_lazy("Queue"), "tasks:queue", "queue", _tasks))
    register(Entry("alerts", gettext_lazy("Alerts"), "alerts:list", "alert", _alerts))
    register(Entry("journeys", gettext_lazy("Journeys"), "cx_loop:journeys", "map"))
    register(Entry("rules", gettext_lazy("Rules"), "alerts:rules", "watch"))
    silences = gettext_lazy("Silences")
    register(Entry("silences", silences, "alerts:silences", "pause", shown_to=may_silence))
    register(Entry("insights", gettext_lazy("Insights"), "tasks:insights", "info"))
    register(Entry("inbox", gettext_lazy("Inbox"), "tasks:inbox", "inbox", _unread))
    people = gettext_lazy("People")
    register(Entry("people", people, "cx_loop:people", "person", shown_to=may_see_others))
    told = gettext_lazy("Messages")
    register(Entry("messages", told, "cx_loop:messages", "up", shown_to=may_look_after))
    work_of_alerts.provide(work_links)
    task_by_hand.provide(open_task_url)
    work_at.provide(work_at_touchpoints)
    demo_progress.provide(_loading)


def _loading() -> Progress | None:
    """How many of the demo's days are lived through, while it is being loaded."""
    company = Organization.current()
    if not company.demo or not company.demo_progress:
        return None
    began, at, ends = (
        datetime.fromisoformat(company.demo_progress[name]) for name in ("from", "at", "to")
    )
    return Progress((at - began).days, (ends - began).days) if at < ends else None


def _tasks(user: User, now: datetime) -> str:
    count = task_reads.count_mine(user, now=now, cap=CAP)
    return say_count(count, CAP) if count else ""


def _alerts(user: User, now: datetime) -> str:
    count = alert_reads.count_unresolved(user, cap=CAP)
    return say_count(count, CAP) if count else ""


def _unread(user: User, now: datetime) -> str:
    count = count_unread(user, cap=CAP)
    return say_count(count, CAP) if count else ""
