"""A rule as somebody writes it, saved or not: read in one place for pages and the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alerts.actions.errors import Invalid
from alerts.logic.conditions import Spec, SpecError, parse_spec, spec_from_json
from alerts.logic.sections import RULE
from alerts.models import Rule, RuleVersion
from cx_loop.logic.scores import default_aggregate
from cx_loop.models import Metric, Touchpoint, Viewer

BESIDE_SPEC = ("key", "name", "touchpoints", "playbook")
SUBJECTS = ("stage", "journey")


@dataclass(frozen=True, slots=True)
class Draft:
    """What is watched, and what is asked of it. `rule`: the saved rule it stands for, if any."""

    metric: Metric
    watches: dict[str, Any] | str
    spec: Spec
    rule: Rule | None = None


def draft_of(rule: Rule) -> Draft:
    """A saved rule as it stands. Raises Invalid for one that has no version."""
    version: RuleVersion | None = rule.current
    if version is None:
        raise Invalid([("rule", "rule_empty", "This rule says nothing yet.")])
    return Draft(version.metric, version.watches, spec_from_json(version.spec), rule)


def read_draft(raw: Mapping[str, Any], viewer: Viewer) -> Draft:
    """A rule in the words of the configuration, over touchpoints that the viewer sees.

    Raises Invalid, naming the field.
    """
    known = {key.name for key in RULE.keys}
    unknown = [name for name in raw if name not in known]
    if unknown:
        raise Invalid([(name, "unknown_key", "A rule has no such key.") for name in unknown])
    metric = Metric.objects.filter(key=_text(raw, "metric"), retired_at=None).first()
    if metric is None:
        raise Invalid([("metric", "metric_unknown", "Name a metric that is in force.")])
    said = {name: value for name, value in raw.items() if name not in BESIDE_SPEC}
    if said.get("aggregate") is None:
        said["aggregate"] = default_aggregate(metric.kind).name
    try:
        spec = parse_spec(said, metric.scale)
    except SpecError as refusal:
        raise Invalid([(refusal.field, "impossible", refusal.message)]) from refusal
    check_guardrails_known(spec)
    return Draft(metric, _watches(raw.get("touchpoints"), viewer), spec)


def check_guardrails_known(spec: Spec) -> None:
    """Raises Invalid where one is no metric in force."""
    asked = set(spec.verify.guardrails)
    known = Metric.objects.filter(key__in=asked, retired_at=None).values_list("key", flat=True)
    if missing := sorted(asked - set(known)) if asked else []:
        message = f"No such metric: {', '.join(missing)}."
        raise Invalid([("verify.guardrails", "metric_unknown", message)])


def _watches(said: object, viewer: Viewer) -> dict[str, Any] | str:
    if said == "all":
        return "all"
    if isinstance(said, list) and said and all(isinstance(key, str) for key in said):
        seen = Touchpoint.objects.in_force().visible_to(viewer).order_by()
        found = seen.filter(key__in=said).values_list("key", flat=True)
        if missing := sorted(set(said) - set(found)):
            message = f"No such touchpoint: {', '.join(missing)}."
            raise Invalid([("touchpoints", "touchpoint_unknown", message)])
        return {"touchpoints": sorted(set(said))}
    if isinstance(said, dict) and len(said) == 1:
        ((subject, key),) = said.items()
        if subject in SUBJECTS and isinstance(key, str):
            return {subject: key}
    message = "Name touchpoints in a list, one {stage: …} or {journey: …}, or all."
    raise Invalid([("touchpoints", "touchpoints_unclear", message)])


def _text(raw: Mapping[str, Any], name: str) -> str:
    found = raw.get(name)
    return found if isinstance(found, str) and "\0" not in found else ""
