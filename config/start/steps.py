"""What is set up already, and what comes next: organisation, departments … the first answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from alerts.models import Rule
from cx_loop.models import ApiKey, Department, Metric, Organization, Series, Touchpoint, User


@dataclass(frozen=True, slots=True)
class Step:
    """`says`: why it is needed, in a sentence. `more`: where the next ones of its kind are made."""

    key: str
    label: StrOrPromise
    says: StrOrPromise
    is_done: Callable[[datetime], bool]
    more: str = ""
    more_label: StrOrPromise = ""

    @property
    def more_url(self) -> str:
        return reverse(self.more) if self.more else ""


@dataclass(frozen=True, slots=True)
class Shown:
    step: Step
    is_done: bool
    is_next: bool


STEPS = (
    Step(
        "organization",
        _("Organisation"),
        _("Its name stands on every page; days and hours are told in its time zone."),
        lambda now: Organization.objects.exists(),
    ),
    Step(
        "department",
        _("Department"),
        _("Each touchpoint has one owner, who gets its tasks; the lead is asked when they wait."),
        lambda now: Department.objects.in_force().exists(),
        "cx_loop:invite",
        _("Invite people"),
    ),
    Step(
        "journey",
        _("Journey"),
        _("The way of a customer, in stages; what is measured is measured at a touchpoint."),
        lambda now: Touchpoint.objects.exists(),
        "cx_loop:journeys",
        _("To the journeys"),
    ),
    Step(
        "metric",
        _("Metric"),
        _("What is measured: a score from 1 to 5, a waiting time, a count or a rate."),
        lambda now: Metric.objects.exists(),
    ),
    Step(
        "rule",
        _("Rule"),
        _("Says when it is too much: the line, over which time, from how many answers on."),
        lambda now: Rule.objects.exists(),
        "alerts:rule-new",
        _("Another rule, with a preview on history"),
    ),
    Step(
        "key",
        _("API key"),
        _("Lets your survey tool or system send answers; it is shown only once."),
        lambda now: ApiKey.objects.live(now).exists(),
    ),
    Step(
        "answer",
        _("The first answer"),
        _("Send one with the key; from then on the rule judges what comes."),
        lambda now: Series.objects.exists(),
        "tasks:queue",
        _("To the queue"),
    ),
)

# where to go when all is done: address, what for
THEN = (
    ("cx_loop:invite", _("Invite people"), _("tasks reach those who can mend things.")),
    ("cx_loop:sources", _("Connect a survey tool"), _("or hand in a file of answers.")),
    ("cx_loop:departments", _("Say when departments work"), _("deadlines count in their hours.")),
    ("tasks:policies", _("Look at the deadlines"), _("and at who is asked when nobody acts.")),
    ("tasks:playbooks", _("Write a playbook"), _("what to do about an alert, step by step.")),
)


def steps_at(now: datetime) -> list[Shown]:
    """All steps; the first that is not done is the next one."""
    done = [step.is_done(now) for step in STEPS]
    first = done.index(False) if False in done else None
    return [
        Shown(step, is_done, place == first)
        for place, (step, is_done) in enumerate(zip(STEPS, done, strict=True))
    ]


def is_empty() -> bool:
    """Whether the demo company may still come in: nobody has begun with one of their own."""
    return not Organization.objects.exists()


def first_steps_for(user: User) -> str:
    """Where an admin of an empty installation is led when they come in; "" elsewhere."""
    return "/start/" if user.is_superuser and is_empty() else ""
