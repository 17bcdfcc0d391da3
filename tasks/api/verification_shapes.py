"""The verdict on a fix as the API tells it."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from tasks.logic import lifecycle
from tasks.models import Verification


class ArmShape(serializers.Serializer[Any]):
    """Days of local time [from, to] on one side of the comparison."""

    def get_fields(self) -> dict[str, Any]:
        # `from` cannot be written as an attribute
        return {
            "from": serializers.DateField(allow_null=True),
            "to": serializers.DateField(allow_null=True),
            "n": serializers.FloatField(),
            "value": serializers.FloatField(allow_null=True),
            "interval": serializers.ListField(
                child=serializers.FloatField(), required=False, help_text="95 %, for people"
            ),
        }


class Interval(serializers.ListField):
    """[low, high]"""

    def __init__(self, **more: Any) -> None:
        super().__init__(child=serializers.FloatField(), min_length=2, max_length=2, **more)


class ChangeShape(serializers.Serializer[Any]):
    """After minus baseline in the unit of what is judged; more is positive, better or not."""

    value = serializers.FloatField()
    interval = Interval(help_text="95 %, for people")
    method = serializers.CharField(help_text="newcombe, adjusted_wald_mover, welch, poisson_mover")


class GuardrailShape(serializers.Serializer[Any]):
    """A metric of the rule's `verify.guardrails`. It can say worse, or nothing."""

    metric = serializers.CharField(help_text="key")
    worse = serializers.BooleanField(help_text="beyond chance, at this look or one before it")
    effect = serializers.FloatField(allow_null=True, help_text="positive is better")
    interval = Interval(allow_null=True)
    baseline = ArmShape(allow_null=True)
    after = ArmShape(allow_null=True)


class JudgedOnShape(serializers.Serializer[Any]):
    """Where a lead chose to judge it, because the touchpoint itself could not prove it."""

    of = serializers.ChoiceField(choices=["stage", "touchpoint"])
    metric = serializers.CharField(source="metric.key")


class CorrectionShape(serializers.Serializer[Any]):
    """What the last look would say on the data as they are now."""

    at = serializers.DateTimeField(help_text="when it was seen")
    days = serializers.IntegerField(help_text="days that differ from what the look was taken on")
    same = serializers.BooleanField(help_text="whether it would say the same")
    verdict = serializers.ChoiceField(choices=lifecycle.VERDICTS, allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    recovered = serializers.BooleanField(allow_null=True)
    effect = serializers.FloatField(allow_null=True)
    interval = Interval(allow_null=True)


class VerificationShape(serializers.Serializer[Any]):
    """Has the fix worked? `recovered`: the metric is back. `effect`: positive is better."""

    state = serializers.ChoiceField(choices=Verification.State.choices)
    verdict = serializers.ChoiceField(choices=lifecycle.VERDICTS, allow_null=True)
    reason = serializers.CharField(allow_null=True)
    recovered = serializers.BooleanField(allow_null=True)
    judged_on = JudgedOnShape(allow_null=True, help_text="null: on what the rule watches")
    baseline = ArmShape(allow_null=True)
    after = ArmShape(allow_null=True)
    effect = serializers.FloatField(allow_null=True)
    interval = serializers.ListField(
        child=serializers.FloatField(allow_null=True), min_length=2, max_length=2, allow_null=True
    )
    method = serializers.CharField(allow_null=True)
    change = ChangeShape(
        allow_null=True, help_text="from before to after as it was seen, nothing taken out of it"
    )
    guardrails = GuardrailShape(many=True, help_text="what the fix must not make worse")
    correction = CorrectionShape(
        allow_null=True, help_text="data corrected since; the verdict is not rewritten"
    )
    target = serializers.FloatField(allow_null=True, help_text="where it should be again")
    remaining = serializers.FloatField(allow_null=True, help_text="how far short of it")
    looks = serializers.IntegerField(help_text="looks taken so far")
    next_look_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    relapse_until = serializers.DateTimeField(
        allow_null=True, help_text="a fix that worked is watched until then"
    )
    relapsed_at = serializers.DateTimeField(allow_null=True)


def verification_told(row: Verification) -> Mapping[str, Any]:
    result = row.result
    return {
        "state": row.state,
        "verdict": row.verdict or None,
        "reason": row.reason or None,
        "recovered": row.recovered,
        "judged_on": row.elsewhere,
        "baseline": result.get("baseline") or None,
        "after": result.get("after") or None,
        "effect": result.get("effect"),
        "interval": result.get("interval"),
        "method": result.get("method"),
        "change": result.get("change"),
        "correction": {**row.correction, "at": row.corrected_at} if row.correction else None,
        "guardrails": [_guardrail(each) for each in result.get("guards", [])],
        "target": result.get("target"),
        "remaining": result.get("remaining"),
        "looks": getattr(row, "looks_taken", 0),
        "next_look_at": row.next_look_at,
        "decided_at": row.decided_at,
        "relapse_until": row.relapse_until,
        "relapsed_at": row.relapsed_at,
    }


def _guardrail(said: Mapping[str, Any]) -> dict[str, Any]:
    arms = {name: said[name] or None for name in ("baseline", "after")}
    return {name: said[name] for name in ("metric", "worse", "effect", "interval")} | arms
