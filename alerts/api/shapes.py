"""Alerts, rules and evaluations as the API tells them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alerts.actions.work import allowed_calls
from alerts.logic.lifecycle import NEEDS
from alerts.models import Alert, Evaluation, Rule, Severity
from alerts.ui.slots import work_of_alerts
from cx_loop.models import Actor, Touchpoint, Viewer, departments_of, in_language

SEVERITIES = {word: number for number, word in Severity.choices}


class DimensionsShape(serializers.Serializer[Any]):
    """What the group is split by; '' where the rule does not split, or the value is empty."""

    segment = serializers.CharField()
    channel = serializers.CharField()
    location = serializers.CharField()


class AlertShape(serializers.Serializer[Alert]):
    """What stands in lists. Needs `tasks` in the context: alert id -> task numbers."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Alert.State.choices)
    severity = serializers.ChoiceField(choices=list(SEVERITIES), source="get_severity_display")
    rule = serializers.CharField(source="version.rule.key")
    rule_version = serializers.IntegerField(source="version.number")
    touchpoint = serializers.CharField(source="touchpoint.key")
    metric = serializers.CharField(source="version.metric.key")
    dimensions = DimensionsShape(source="group")
    value = serializers.FloatField(allow_null=True, help_text="of the window that raised it")
    n = serializers.FloatField()
    peak = serializers.FloatField(allow_null=True, help_text="the worst value since")
    last_value = serializers.FloatField(allow_null=True)
    last_n = serializers.FloatField()
    edge = serializers.DateTimeField(help_text="end of the window that raised it")
    opened_at = serializers.DateTimeField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.EmailField(source="acknowledged_by.email", allow_null=True)
    snoozed_until = serializers.DateTimeField(allow_null=True)
    snoozed_by = serializers.EmailField(source="snoozed_by.email", allow_null=True, default=None)
    silenced_until = serializers.DateTimeField(
        allow_null=True, help_text="it disturbs nobody until then; it may have passed"
    )
    silence = serializers.IntegerField(
        source="silence_id", allow_null=True, help_text="the one that keeps or kept it quiet"
    )
    closed_at = serializers.DateTimeField(allow_null=True)
    cleared = serializers.BooleanField(help_text="closed because the value came back")
    late = serializers.BooleanField(help_text="raised for a window long over")
    episode = serializers.IntegerField()
    tasks = serializers.SerializerMethodField(help_text="numbers of those the caller sees")

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_tasks(self, alert: Alert) -> list[int]:
        found: list[int] = self.context["tasks"].get(alert.pk, [])
        return found


class AlertDetailShape(AlertShape):
    """`allowed`: the calls the person may make now; empty for a key, which acts for others."""

    allowed = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=list(NEEDS))))
    def get_allowed(self, alert: Alert) -> list[str]:
        by: Actor | None = self.context["by"]
        return [] if by is None else allowed_calls(alert, by)


class RuleShape(serializers.Serializer[Rule]):
    """A rule as its newest version says. Needs `seen` in the context: touchpoint keys, or None."""

    key = serializers.CharField()
    name = serializers.SerializerMethodField(help_text="in the reader's language")
    version = serializers.IntegerField(source="current.number", allow_null=True)
    metric = serializers.CharField(source="current.metric.key", allow_null=True)
    watches = serializers.SerializerMethodField()
    spec = serializers.SerializerMethodField(help_text="what it says, as in the configuration")
    playbook = serializers.CharField(source="current.playbook.key", allow_null=True)
    changed_at = serializers.DateTimeField(source="current.created_at", allow_null=True)
    retired_at = serializers.DateTimeField(allow_null=True)

    def get_name(self, rule: Rule) -> str:
        return in_language(rule.name) or rule.key

    @extend_schema_field(
        {"oneOf": [{"type": "string", "enum": ["all"]}, {"type": "object"}], "nullable": True}
    )
    def get_watches(self, rule: Rule) -> Any:
        """Other departments' touchpoints are left out of the list."""
        watches, seen = rule.current and rule.current.watches, self.context["seen"]
        if seen is not None and isinstance(watches, Mapping) and "touchpoints" in watches:
            return {"touchpoints": [key for key in watches["touchpoints"] if key in seen]}
        return watches

    @extend_schema_field({"type": "object", "additionalProperties": {}})
    def get_spec(self, rule: Rule) -> dict[str, Any]:
        spec = rule.current.spec if rule.current else {}
        return {name: said for name, said in spec.items() if name not in WATCHING}


WATCHING = ("touchpoints", "stage", "journey")


class EvaluationShape(serializers.Serializer[Evaluation]):
    """One decision about a group, from `edge` to `until` when it was made `times` over."""

    id = serializers.IntegerField()
    rule = serializers.CharField(source="version.rule.key")
    rule_version = serializers.IntegerField(source="version.number")
    touchpoint = serializers.CharField(source="group.touchpoint.key")
    group = DimensionsShape()
    edge = serializers.DateTimeField(help_text="end of the first window it speaks of")
    until = serializers.DateTimeField(help_text="end of the last window it speaks of")
    times = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    n = serializers.FloatField()
    interval = serializers.ListField(
        child=serializers.FloatField(),
        allow_null=True,
        help_text="[low, high] of the value, where the rule judged it by how sure it is",
    )
    verdict = serializers.CharField()
    level = serializers.SerializerMethodField(help_text="what fires")
    reason = serializers.CharField(help_text="a stable code")
    params = serializers.JSONField()
    provisional = serializers.BooleanField(help_text="made before its edge has passed")

    @extend_schema_field(serializers.ChoiceField(choices=list(SEVERITIES), allow_null=True))
    def get_level(self, row: Evaluation) -> str | None:
        return None if row.level is None else str(Severity(row.level).label)


def told(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    return alerts.select_related(
        "version__rule", "version__metric", "touchpoint", "group", "acknowledged_by", "snoozed_by"
    )


def numbers_of(alerts: Iterable[Alert], viewer: Viewer) -> dict[int, list[int]]:
    """The numbers of the tasks about each alert that the viewer may see: one query for all."""
    work = work_of_alerts([alert.pk for alert in alerts], viewer)
    return {pk: sorted(link.number for link in links) for pk, links in work.items()}


def tell(pk: int, viewer: Viewer, by: Actor | None) -> dict[str, Any] | None:
    """One alert in full, or None when the viewer may not see it."""
    alert = told(Alert.objects.all().visible_to(viewer)).filter(pk=pk).first()
    if alert is None:
        return None
    context = {"tasks": numbers_of([alert], viewer), "by": by}
    return dict(AlertDetailShape(alert, context=context).data)


def seen_keys(viewer: Viewer) -> set[str] | None:
    """Keys of the touchpoints the viewer sees; None means all."""
    if departments_of(viewer) is None:
        return None
    seen = Touchpoint.objects.all().visible_to(viewer).order_by()
    return set(seen.values_list("key", flat=True))
