"""Every page there is, declared once: for the pictures, and for the checks of all pages."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from alerts.models import Alert, Playbook, Rule
from cx_loop.models import (
    Delivery,
    Department,
    HandedFile,
    Journey,
    JourneyVersion,
    ServiceStandard,
    Source,
    Touchpoint,
    User,
)
from tasks.actions.opt_outs import stop_token
from tasks.logic.telling import GOOD
from tasks.models import EscalationPolicy, MessageTemplate, RecoveryRule, Task

Find = Callable[[], str]
STATES = ("open", "in_progress", "verifying", "closed")
NOTHING = ""
NOBODY = UUID(int=0)  # whose link to hear no more is nobody's


@dataclass(frozen=True, slots=True)
class Page:
    """`find`: its address in this installation, "" where there is nothing to show there.

    `open_to_all`: seen before anybody has signed in.
    """

    key: str
    find: Find
    open_to_all: bool = False


def _at(name: str, query: str = "") -> Find:
    return lambda: reverse(name) + query


def _task_in(state: str) -> Find:
    def find() -> str:
        found = Task.objects.filter(state=state).order_by("severity", "-number").first()
        return reverse("tasks:task", args=[found.number]) if found else NOTHING

    return find


def _proof() -> str:
    """Of a task that came back most often: the most was looked at there."""
    found = Task.objects.order_by("-episode", "-number").first()
    return reverse("tasks:proof", args=[found.number]) if found else NOTHING


def _told() -> str:
    """Of a task whose fix has proven to help, where there is one."""
    good = Task.objects.filter(state=Task.State.CLOSED, resolution__in=GOOD)
    found = good.order_by("-number").first() or Task.objects.order_by("-number").first()
    return reverse("tasks:told", args=[found.number]) if found else NOTHING


def _template() -> str:
    found = MessageTemplate.objects.in_force().order_by("pk").first()
    return reverse("tasks:template", args=[found.pk]) if found else NOTHING


def _public() -> str:
    found = Journey.objects.filter(retired_at=None, public_page=True).order_by("key").first()
    return reverse("tasks:mended-public", args=[found.key]) if found else NOTHING


def _stop() -> str:
    return reverse("tasks:stop", args=[stop_token(NOBODY)])


def _of_rule(name: str) -> Find:
    def find() -> str:
        found = Rule.objects.order_by("key").first()
        return reverse(name, args=[found.key]) if found else NOTHING

    return find


def _alert() -> str:
    found = Alert.objects.order_by("-pk").first()
    return reverse("alerts:alert", args=[found.pk]) if found else NOTHING


def _of_touchpoint(name: str) -> Find:
    def find() -> str:
        alerts = Alert.objects.order_by("-pk").values_list("group__touchpoint__key", flat=True)
        key = alerts.first() or Touchpoint.objects.values_list("key", flat=True).first()
        return reverse(name, args=[key]) if key else NOTHING

    return find


def _by_hand() -> str:
    key = Touchpoint.objects.order_by("key").values_list("key", flat=True).first()
    return reverse("tasks:open", args=[key]) if key else NOTHING


def _of_journey(name: str) -> Find:
    def find() -> str:
        key = Journey.objects.order_by("key").values_list("key", flat=True).first()
        return reverse(name, args=[key]) if key else NOTHING

    return find


def _version() -> str:
    """The oldest version of a map that has changed since."""
    found = JourneyVersion.objects.filter(journey__versions__number=2).order_by("number").first()
    if found is None:
        return NOTHING
    return reverse("cx_loop:journey-restore", args=[found.journey.key, found.number])


def _person() -> str:
    found = User.objects.filter(memberships__department__in=Department.objects.all())
    person = found.order_by("email").first()
    return reverse("cx_loop:person", args=[person.pk]) if person else NOTHING


def _source(name: str) -> Find:
    def find() -> str:
        key = Source.objects.filter(retired_at=None).order_by("key").values_list("key", flat=True)
        found = key.first()
        return reverse(name, args=[found]) if found else NOTHING

    return find


def _delivery() -> str:
    found = Delivery.objects.filter(source__retired_at=None).select_related("source")
    newest = found.order_by("-pk").first()
    if newest is None:
        return NOTHING
    return reverse("cx_loop:source-delivery", args=[newest.source.key, newest.pk])


def _handed_file() -> str:
    newest = HandedFile.objects.filter(source__retired_at=None).select_related("source").first()
    if newest is None:
        return NOTHING
    return reverse("cx_loop:source-file", args=[newest.source.key, newest.pk])


def _department() -> str:
    found = Department.objects.exclude(calendar=None).order_by("key").first()
    return reverse("cx_loop:department", args=[found.key]) if found else NOTHING


def _standard() -> str:
    found = ServiceStandard.objects.in_force().order_by("key").first()
    return reverse("alerts:standard-edit", args=[found.pk]) if found else NOTHING


def _of_key(kind: type[EscalationPolicy] | type[Playbook] | type[RecoveryRule], name: str) -> Find:
    def find() -> str:
        found = kind._default_manager.filter(retired_at=None).order_by("key").first()
        return reverse(name, args=[found.key]) if found else NOTHING

    return find


SETTINGS = (
    Page("settings", _at("cx_loop:settings")),
    Page("organization", _at("cx_loop:organization")),
    Page("departments", _at("cx_loop:departments")),
    Page("department", _department),
    Page("department-new", _at("cx_loop:department-new")),
    Page("calendars", _at("cx_loop:calendars", "?country=CN&year=2026")),
    Page("measures", _at("cx_loop:measures")),
    Page("measure-new", lambda: reverse("cx_loop:measure-new", args=["metric"])),
    Page("values", _at("cx_loop:values")),
    Page("value-new", lambda: reverse("cx_loop:value-new", args=["channel"])),
    Page("moment-weights", _at("cx_loop:moment-weights")),
    Page("routes", _at("tasks:routes")),
    Page("route-new", _at("tasks:route-new")),
    Page("standard-new", _at("alerts:standard-new")),
    Page("standard-edit", _standard),
    Page("escalation", _at("tasks:policies")),
    Page("policy-new", _at("tasks:policy-new")),
    Page("policy", _of_key(EscalationPolicy, "tasks:policy")),
    Page("recovery-rules", _at("tasks:recovery-rules")),
    Page("recovery-rule-new", _at("tasks:recovery-rule-new")),
    Page("recovery-rule", _of_key(RecoveryRule, "tasks:recovery-rule")),
    Page("playbooks", _at("tasks:playbooks")),
    Page("playbook-new", _at("tasks:playbook-new")),
    Page("playbook", _of_key(Playbook, "tasks:playbook")),
    Page("keys", _at("cx_loop:keys")),
    Page("configuration", _at("cx_loop:yaml")),
)
PAGES = (
    Page("login", _at("cx_loop:login"), open_to_all=True),
    Page("forgot", _at("cx_loop:forgot"), open_to_all=True),
    Page("mended", _public, open_to_all=True),
    Page("stop", _stop, open_to_all=True),
    Page("queue", _at("tasks:queue", "?tab=department")),
    Page("board", _at("tasks:board")),
    Page("unattended", _at("tasks:unattended")),
    Page("inbox", _at("tasks:inbox")),
    *(Page(f"task-{state.replace('_', '-')}", _task_in(state)) for state in STATES),
    Page("task-proof", _proof),
    Page("task-by-hand", _by_hand),
    Page("alerts", _at("alerts:list")),
    Page("alert", _alert),
    Page("touchpoint", _of_touchpoint("alerts:touchpoint")),
    Page("comments", _of_touchpoint("cx_loop:comments")),
    Page("lexicon", _at("cx_loop:lexicon")),
    Page("recovery", _at("tasks:recoveries")),
    Page("task-told", _told),
    Page("templates", _at("tasks:templates")),
    Page("template-new", _at("tasks:template-new")),
    Page("template", _template),
    Page("journeys", _at("cx_loop:journeys")),
    Page("journey", _of_journey("cx_loop:journey")),
    Page("journey-new", _at("cx_loop:journey-new")),
    Page("journey-edit", _of_journey("cx_loop:journey-edit")),
    Page("journey-viewpoints", _of_journey("cx_loop:journey-viewpoints")),
    Page("journey-mended", _of_journey("tasks:mended")),
    Page("journey-versions", _of_journey("cx_loop:journey-versions")),
    Page("enter", _at("cx_loop:enter")),
    Page("journey-restore", _version),
    Page("gallery", _at("cx_loop:gallery")),
    Page("standards", _at("tasks:standards")),
    Page("rules", _at("alerts:rules")),
    Page("rule", _of_rule("alerts:rule")),
    Page("rule-new", _at("alerts:rule-new")),
    Page("rule-edit", _of_rule("alerts:rule-edit")),
    Page("rule-why", _of_rule("alerts:why")),
    Page("rules-review", _at("alerts:review")),
    Page("rules-watch", _at("alerts:watch")),
    Page("silences", _at("alerts:silences")),
    Page("insights", _at("tasks:insights")),
    Page("insights-tasks", _at("tasks:insights-tasks")),
    Page("report", _at("tasks:report")),
    Page("people", _at("cx_loop:people")),
    Page("person", _person),
    Page("invite", _at("cx_loop:invite")),
    Page("sources", _at("cx_loop:sources")),
    Page("source", _source("cx_loop:source")),
    Page("source-file", _handed_file),
    Page("source-delivery", _delivery),
    Page("messages", _at("cx_loop:messages")),
    Page("absences", _at("cx_loop:absences")),
    Page("me", _at("cx_loop:me")),
    *SETTINGS,
    Page("start", _at("start")),
    Page("about", _at("cx_loop:about")),
    Page("words", _at("cx_loop:words")),
)
