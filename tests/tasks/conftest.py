"""A task whose fix has proven to help, and the customers who complained before."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from cx_loop.ingest.accept import accept_items
from cx_loop.ingest.digests import pseudonym
from cx_loop.models import Actor, Series, Source
from tasks.actions.dispatch import dispatch
from tasks.actions.telling import tell_customers
from tasks.models import MessageTemplate, Task
from tests.factories import (
    NOW,
    make_alert,
    make_department,
    make_group,
    make_metric,
    make_organization,
    make_rule,
    make_template,
    make_touchpoint,
    make_user,
    make_verification,
)


def customer(reference: str) -> UUID:
    return UUID(bytes=pseudonym(reference))


class Mended:
    """A task at boarding whose fix has proven to help, after these customers complained."""

    def __init__(self) -> None:
        make_organization()
        self.ground = make_department("ground")
        self.boarding = make_touchpoint("boarding", owner=self.ground)
        csat = make_metric("csat", kind="csat")
        rule = make_rule(metric=csat, aggregate="mean", warning={"below": 4}, critical=None)
        self.group = make_group(rule, touchpoint=self.boarding)
        self.ana = make_user(department=self.ground)
        self.lead = make_user(department=self.ground, role="lead")
        self.source = Source.objects.create(key="survey")

    def answered(self, customer: str, *, value: float = 1, **more: Any) -> None:
        item = {
            "occurred_at": (NOW - timedelta(hours=3)).isoformat(),
            "touchpoint": "boarding",
            "metric": "csat",
            "value": value,
            "external_id": uuid4().hex,
            "customer": customer,
            **more,
        }
        assert accept_items([item], source=self.source, now=NOW).rejected == 0

    def mend(self) -> Task:
        self.group.series.set(Series.objects.filter(metric__key="csat"))
        dispatch(alert=make_alert(self.group, edge=NOW, opened_at=NOW), now=NOW)
        found = {"state": "closed", "resolution": "effective", "next_due_at": None}
        Task.objects.update(**found, closed_at=NOW, fixed_at=NOW, escalate_at=None)
        task = Task.objects.get()
        result = {"baseline": {"value": 2.1}, "after": {"value": 4.4}, "effect": 2.3}
        make_verification(task, state="decided", result=result)
        return task

    def template(self) -> MessageTemplate:
        return make_template(self.ana, approved_by=self.lead)

    def tell(self, task: Task, template: MessageTemplate) -> None:
        said = {"number": task.number, "template": template.pk, "version": template.version}
        tell_customers(**said, by=Actor(self.ana), now=NOW)


@pytest.fixture
def world(db: None) -> Mended:
    return Mended()
