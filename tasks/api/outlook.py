"""What a task could prove, as the API tells it before the fix is submitted."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from tasks.actions.outlook import expected_of
from tasks.actions.yardsticks import chosen_for
from tasks.models import Task


class ProvableShape(serializers.Serializer[Any]):
    """Changes in the unit of what is judged (percentage points of a share)."""

    smallest = serializers.FloatField(help_text="smallest change proven in four of five cases")
    sooner = serializers.FloatField(help_text="the same without the extension")
    gap = serializers.FloatField(allow_null=True, help_text="how far the window that fired fell")
    days = serializers.IntegerField(allow_null=True, help_text="from the fix until it is proven")
    chance = serializers.FloatField(allow_null=True, help_text="to prove a complete repair")
    per_day = serializers.FloatField(help_text="answers a day")
    provable = serializers.BooleanField(allow_null=True)
    measure = serializers.CharField(help_text="share, nps, mean, rate or count")


class ElsewhereShape(ProvableShape):
    metric = serializers.CharField()
    of = serializers.ChoiceField(choices=["stage", "touchpoint"])


class ChosenShape(serializers.Serializer[Any]):
    of = serializers.ChoiceField(choices=["stage", "touchpoint"])
    metric = serializers.CharField(source="metric.key")
    reason = serializers.CharField()
    by = serializers.EmailField(source="by.email")
    at = serializers.DateTimeField()


class OutlookShape(ProvableShape):
    """`elsewhere`: where it could be seen, when this task cannot prove it; `chosen`: where a lead
    chose to judge it."""

    elsewhere = ElsewhereShape(many=True)
    chosen = ChosenShape(allow_null=True)


def outlook_of(task: Task, now: datetime) -> dict[str, Any] | None:
    expected = expected_of(task, now)
    if expected is None or expected.plan.measure is None:
        return None
    elsewhere = [
        {
            **each.outlook.as_json(),
            "measure": each.measure.kind,
            "metric": each.metric.key,
            "of": each.of,
        }
        for each in expected.elsewhere
    ]
    chosen = chosen_for(task)
    told = {**expected.outlook.as_json(), "measure": expected.plan.measure.kind}
    return {**told, "elsewhere": elsewhere, "chosen": chosen and dict(ChosenShape(chosen).data)}
