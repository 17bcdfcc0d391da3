"""What the pages are given by the packages above them: the menu, its badges, links to tasks."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from alerts import reads as alert_reads
from alerts.actions.silences import may_silence
from alerts.ui.slots import task_by_hand, work_here, work_of_alerts
from config import setting_pages
from config.help import panels
from config.start.steps import first_steps_for
from cx_loop.models import Organization, User
from cx_loop.ui.help import declare as declare_help
from cx_loop.ui.navigation import Entry, Group, declare
from cx_loop.ui.slots import (
    Progress,
    demo_progress,
    first_steps,
    pages_of_journey,
    work_at,
)
from cx_loop.ui.words import say_count
from cx_loop.web.messages import may_look_after
from cx_loop.web.people import may_see_others
from cx_loop.web.settings import may_set_up
from cx_loop.web.sources import may_see_sources
from cx_loop.web.voice import may_teach
from tasks import reads as task_reads
from tasks.reads.board import may_see_board
from tasks.reads.inbox import count_unread
from tasks.reads.recovery import count_waiting
from tasks.web.map_work import work_at_touchpoints
from tasks.web.mended import mended_of_journey
from tasks.web.place_work import work_at_place
from tasks.web.words import open_task_url, work_links

Seen = Callable[[User], bool]

CAP = 99  # a badge is a hint, not a report


def fill() -> None:
    """Called once at start."""
    declare(MENU, GROUPS)
    declare_help(panels())
    setting_pages.fill()
    work_of_alerts.provide(work_links)
    task_by_hand.provide(open_task_url)
    work_at.provide(work_at_touchpoints)
    work_here.provide(work_at_place)
    pages_of_journey.provide(mended_of_journey)
    demo_progress.provide(_loading)
    first_steps.provide(first_steps_for)


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


def _waiting(user: User, now: datetime) -> str:
    count = count_waiting(user, cap=CAP)
    return say_count(count, CAP) if count else ""


def _unread(user: User, now: datetime) -> str:
    count = count_unread(user, cap=CAP)
    return say_count(count, CAP) if count else ""


def _setting(key: str, label: StrOrPromise, url_name: str, icon: str, shown_to: Seen) -> Entry:
    return Entry(key, label, url_name, icon, shown_to=shown_to, group="settings")


def _is_admin(user: User) -> bool:
    return user.is_superuser


def _sees_no_board(user: User) -> bool:
    return not may_see_board(user)


# who has many entries finds it folded with the others; the bar of a phone has no room for all
STANDARDS = gettext_lazy("Standards")
# in the order they are shown: what people work at, then what is set up now and then
MENU = (
    Entry("queue", gettext_lazy("Queue"), "tasks:queue", "queue", _tasks),
    Entry("inbox", gettext_lazy("Inbox"), "tasks:inbox", "inbox", _unread),
    Entry("board", gettext_lazy("Board"), "tasks:board", "board", shown_to=may_see_board),
    Entry("alerts", gettext_lazy("Alerts"), "alerts:list", "alert", _alerts),
    Entry("recovery", gettext_lazy("Customers"), "tasks:recoveries", "person", _waiting),
    Entry("journeys", gettext_lazy("Journeys"), "cx_loop:journeys", "map"),
    Entry("enter", gettext_lazy("Enter"), "cx_loop:enter", "note"),
    Entry("rules", gettext_lazy("Rules"), "alerts:rules", "watch"),
    Entry("standards", STANDARDS, "tasks:standards", "done", shown_to=_sees_no_board),
    Entry("insights", gettext_lazy("Insights"), "tasks:insights", "info"),
    _setting("start", gettext_lazy("First steps"), "start", "done", _is_admin),
    _setting("silences", gettext_lazy("Silences"), "alerts:silences", "pause", may_silence),
    _setting("standards", STANDARDS, "tasks:standards", "done", may_see_board),
    _setting("people", gettext_lazy("People"), "cx_loop:people", "person", may_see_others),
    _setting("words", gettext_lazy("Words of customers"), "cx_loop:lexicon", "info", may_teach),
    _setting("sources", gettext_lazy("Sources"), "cx_loop:sources", "down", may_see_sources),
    _setting("messages", gettext_lazy("Messages"), "cx_loop:messages", "up", may_look_after),
    _setting("settings", gettext_lazy("All settings"), "cx_loop:settings", "settings", may_set_up),
)
GROUPS = (Group("settings", gettext_lazy("Settings"), "settings"),)
