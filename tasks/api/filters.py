"""How a list of tasks is narrowed, by keys: no filter tells what exists elsewhere."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet

from cx_loop import clock
from cx_loop.api.filters import AnyOf, Moment, Named, WholeNumber, YesNo
from cx_loop.api.viewer import viewer_of
from cx_loop.models import User
from tasks.api.shapes import SEVERITIES
from tasks.logic import lifecycle
from tasks.models import Origin, Task, TaskAlert
from tasks.reads import speaks_of


def _words(words: Any) -> list[tuple[str, str]]:
    return [(word, word) for word in words]


class TaskFilters(filters.FilterSet):
    department = filters.CharFilter(field_name="department__key", label="key")
    answerable_department = filters.CharFilter(field_name="answerable_department__key", label="key")
    state = AnyOf(choices=Task.State.choices)
    severity = Named(SEVERITIES)
    assignee = filters.CharFilter(field_name="assignee__email", lookup_expr="iexact")
    touchpoint = filters.CharFilter(field_name="touchpoint__key", label="key")
    metric = filters.CharFilter(field_name="metric__key", label="key")
    segment = filters.CharFilter()
    playbook = filters.CharFilter(field_name="playbook__playbook__key", label="key")
    rule = filters.CharFilter(field_name="rule_version__rule__key", label="key")
    alert = filters.NumberFilter(method="about_alert", label="id of an alert it is about")
    resolution = AnyOf(choices=_words(lifecycle.RESOLUTIONS))
    root_cause = AnyOf(choices=_words(lifecycle.ROOT_CAUSES))
    pain_category = AnyOf(choices=_words(lifecycle.PAIN_CATEGORIES))
    overdue = YesNo(method="is_overdue", label="past its time and not submitted")
    mine = YesNo(method="is_mine", label="assigned to who asks, and not closed")
    unattended = YesNo(method="is_unattended", label="nobody is left to be asked")
    parent = WholeNumber(method="of_parent", label="number of the task that gathers them")
    moment_card = WholeNumber(method="from_card", label="id of the card it came from")
    was_late = YesNo()
    self_recovered = YesNo()
    recovered = YesNo()
    created_after = Moment(field_name="created_at", lookup_expr="gte")
    created_before = Moment(field_name="created_at", lookup_expr="lt")
    due_after = Moment(field_name="due_at", lookup_expr="gte")
    due_before = Moment(field_name="due_at", lookup_expr="lt")
    closed_after = Moment(field_name="closed_at", lookup_expr="gte")
    closed_before = Moment(field_name="closed_at", lookup_expr="lt")
    search = filters.CharFilter(
        method="speaks", label="a number such as #1042, or words of title, touchpoint or metric"
    )

    def about_alert(self, tasks: QuerySet[Task], name: str, alert: Any) -> QuerySet[Task]:
        if alert != int(alert) or not 0 < alert < 2**63:
            return tasks.none()
        return tasks.filter(pk__in=TaskAlert.objects.filter(alert=alert).values("task"))

    def from_card(self, tasks: QuerySet[Task], name: str, card: Any) -> QuerySet[Task]:
        if not 0 < card < 2**63:
            return tasks.none()
        return tasks.filter(pk__in=Origin.objects.filter(card=card).values("task"))

    def is_overdue(self, tasks: QuerySet[Task], name: str, yes: bool) -> QuerySet[Task]:
        late = Task.objects.overdue(clock.now())
        return tasks.filter(pk__in=late) if yes else tasks.exclude(pk__in=late)

    def is_mine(self, tasks: QuerySet[Task], name: str, yes: bool) -> QuerySet[Task]:
        person = viewer_of(self.request)
        if not isinstance(person, User):
            return tasks.none() if yes else tasks
        mine = Task.objects.mine(person)
        return tasks.filter(pk__in=mine) if yes else tasks.exclude(pk__in=mine)

    def of_parent(self, tasks: QuerySet[Task], name: str, parent: Any) -> QuerySet[Task]:
        if not 0 < parent < 2**63:
            return tasks.none()
        # of one that is not seen it must not be found out what it gathers
        seen = Task.objects.all().visible_to(viewer_of(self.request)).filter(number=parent)
        return tasks.filter(parent__in=seen)

    def is_unattended(self, tasks: QuerySet[Task], name: str, yes: bool) -> QuerySet[Task]:
        return tasks.unattended() if yes else tasks.filter(unattended_since=None)  # type: ignore[attr-defined]

    def speaks(self, tasks: QuerySet[Task], name: str, words: str) -> QuerySet[Task]:
        return tasks.filter(speaks_of(words))
