"""POST rules/preview/: a rule, saved or not, tried on stored history."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.actions.drafts import Draft, draft_of, read_draft
from alerts.actions.errors import Invalid
from alerts.actions.preview import LONGEST, Trial, preview
from alerts.api.shapes import SEVERITIES, DimensionsShape
from alerts.logic.trial import WouldHave
from alerts.reads import rules_seen
from cx_loop import clock
from cx_loop.api.permissions import HasScope
from cx_loop.api.problems import Problem
from cx_loop.api.said import Moment, problems
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import viewer_of
from cx_loop.models import Department, Touchpoint, Viewer

USUAL = timedelta(days=90)
BESIDE = ("rule", "from", "to", "alerts_a_month", "as")


class PreviewSaid(serializers.Serializer[Any]):
    """`rule`: the key of a saved rule, or a rule in the words of the configuration."""

    def get_fields(self) -> dict[str, Any]:
        # `from` cannot be written as an attribute
        return {
            **super().get_fields(),
            "from": Moment(required=False),
            "to": Moment(required=False),
        }

    rule = serializers.JSONField()
    alerts_a_month = serializers.FloatField(
        required=False, min_value=0, help_text="asks for the line that would have kept to it"
    )


class WouldHaveGroupShape(DimensionsShape):
    touchpoint = serializers.CharField(help_text="key")


class WouldHaveShape(serializers.Serializer[Any]):
    group = WouldHaveGroupShape()
    severity = serializers.ChoiceField(choices=list(SEVERITIES))
    peak = serializers.FloatField(allow_null=True, help_text="the worst value")
    n = serializers.FloatField(help_text="of the window that raised it")

    def get_fields(self) -> dict[str, Any]:
        ends = {
            "from": serializers.DateTimeField(help_text="the edge that raised it"),
            "to": serializers.DateTimeField(allow_null=True, help_text="null: it still fires"),
        }
        return {**super().get_fields(), **ends}


class TasksShape(serializers.Serializer[Any]):
    department = serializers.CharField(help_text="key of the owner")
    tasks = serializers.IntegerField(help_text="at most: alerts that overlap join one task")
    per_week = serializers.FloatField()


class SuggestionShape(serializers.Serializer[Any]):
    line = serializers.FloatField()
    alerts = serializers.IntegerField()


class TrialShape(serializers.Serializer[Any]):
    alerts = serializers.IntegerField()
    per_week = serializers.FloatField()
    longest_hours = serializers.FloatField()
    groups = serializers.IntegerField()
    windows = serializers.IntegerField()
    insufficient = serializers.IntegerField(help_text="windows that could not be judged")
    tasks = TasksShape(many=True)
    suggested = SuggestionShape(allow_null=True)
    would_have = WouldHaveShape(many=True)


class RulePreviewView(APIView):
    """Tried on the touchpoints that the caller sees; nothing is saved."""

    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]

    @extend_schema(
        operation_id="rules_preview",
        summary="Try a rule on stored history",
        description="From 90 days ago until now, or from `from` to `to`, at most 366 days. By the "
        "same steps that live evaluation takes; the data are taken as they are now, corrections "
        "included.",
        tags=["rules"],
        request=PreviewSaid,
        responses={200: TrialShape, **problems(400, 401, 403, 429)},
    )
    def post(self, request: Request) -> Response:
        body = request.data
        if not isinstance(body, Mapping):
            raise Problem(400, "invalid", "Send a JSON object.")
        viewer = viewer_of(request)
        try:
            draft, asked = _draft(body, viewer), _asked(body)
            trial = preview(draft, viewer=viewer, **asked)
        except Invalid as refusal:
            errors = [
                {"field": field, "code": code, "message": message}
                for field, code, message in refusal.problems
            ]
            raise Problem(400, "invalid", "This cannot be tried.", errors=errors) from None
        return Response(told(trial))


def _draft(body: Mapping[str, Any], viewer: Viewer) -> Draft:
    """A rule written out may also stand in the body itself."""
    said = body.get("rule")
    if said is None:
        said = {name: value for name, value in body.items() if name not in BESIDE}
    if isinstance(said, Mapping):
        return read_draft(said, viewer)
    if isinstance(said, str) and "\0" not in said:
        rule = rules_seen(viewer).filter(key=said).first()
        if rule is not None:
            return draft_of(rule)
    message = "Give the key of a rule, or a rule in the words of the configuration."
    raise Invalid([("rule", "rule_unknown", message)])


def _asked(body: Mapping[str, Any]) -> dict[str, Any]:
    fields = PreviewSaid(data={**body, "rule": ""})
    fields.fields["rule"].required = False
    fields.is_valid(raise_exception=True)
    given = fields.validated_data
    until: datetime = min(given.get("to") or clock.now(), clock.now())
    since: datetime = given.get("from") or until - USUAL
    if not timedelta(0) < until - since <= LONGEST:
        message = f"`from` lies before `to`, at most {LONGEST.days} days."
        raise Invalid([("from", "range_invalid", message)])
    return {
        "since": since,
        "until": until,
        "alerts_a_month": given.get("alerts_a_month"),
    }


def told(trial: Trial) -> dict[str, Any]:
    """A trial as the API tells it."""
    places = {alert.group.touchpoint for alert in trial.alerts}
    rows = Touchpoint.objects.filter(pk__in=places).order_by().values_list("pk", "key", "owner")
    keys = {pk: key for pk, key, _ in rows}
    owners = {pk: owner for pk, _, owner in rows}
    return {
        "alerts": len(trial.alerts),
        "per_week": round(len(trial.alerts) / trial.weeks, 3),
        "longest_hours": round(trial.longest / timedelta(hours=1), 2),
        "groups": trial.groups,
        "windows": trial.windows,
        "insufficient": trial.insufficient,
        "tasks": _tasks(trial, owners),
        "suggested": trial.suggested
        and dict(zip(("line", "alerts"), trial.suggested, strict=True)),
        "would_have": [_alert(alert, keys) for alert in trial.alerts],
    }


def _tasks(trial: Trial, owners: Mapping[int, int]) -> list[dict[str, Any]]:
    counts: dict[int, int] = {}
    for place, tasks in trial.tasks.items():
        counts[owners[place]] = counts.get(owners[place], 0) + tasks
    names = dict(Department.objects.filter(pk__in=counts).order_by().values_list("pk", "key"))
    return [
        {"department": names[pk], "tasks": tasks, "per_week": round(tasks / trial.weeks, 3)}
        for pk, tasks in sorted(counts.items(), key=lambda each: (-each[1], names[each[0]]))
    ]


def _alert(alert: WouldHave, keys: Mapping[int, str]) -> dict[str, Any]:
    group = alert.group
    return {
        "group": {
            "touchpoint": keys[group.touchpoint],
            "segment": group.segment,
            "channel": group.channel,
            "location": group.location,
        },
        "from": alert.since,
        "to": alert.to,
        "severity": {number: word for word, number in SEVERITIES.items()}[alert.severity],
        "peak": alert.peak,
        "n": alert.n,
    }
