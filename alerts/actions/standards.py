"""One click makes a rule of a service standard: the same checks and versions as a file's."""

from datetime import datetime

from django.db import transaction

from alerts.actions.editing import may_write
from alerts.actions.errors import Forbidden, Invalid, NotFound, Taken
from alerts.actions.rules import save_rule
from alerts.logic.conditions import SpecError, parse_spec
from alerts.logic.confidence import can_be_certain
from alerts.logic.standards import rule_of
from alerts.models import Rule
from alerts.reads.standards import promise_of
from cx_loop.models import Actor, ServiceStandard

LONGEST_KEY = 80


def may_make_rules(by: Actor, standard: ServiceStandard) -> bool:
    """Admins, and who leads or directs the department that owns the touchpoint, or one above."""
    user = by.user
    return user is not None and may_write(user, {"touchpoints": [standard.touchpoint.key]})


@transaction.atomic
def make_rule_of_standard(*, pk: int, by: Actor, now: datetime) -> Rule:
    """The rule of a standard's key, in force, named after its words and attributed to the person.

    Raises NotFound (not visible), Forbidden, Taken (there is a rule of that key), Invalid (the
    standard has no metric and target, or no rule can hold it).
    """
    standard = _find(pk, by)
    if not may_make_rules(by, standard):
        raise Forbidden("lead_must_approve")
    promise, metric = promise_of(standard), standard.metric
    if promise is None or metric is None:
        raise Invalid([("target", "required", "A rule needs a standard with metric and target.")])
    key = standard.key[:LONGEST_KEY]
    if Rule.objects.filter(key=key).exists():
        raise Taken(key)
    certain = can_be_certain(promise.aggregate, metric.scale)
    raw = rule_of(promise, metric=metric.key, window=standard.window, certain=certain)
    try:
        spec = parse_spec(raw, metric.scale)
    except SpecError as refusal:
        raise Invalid([(refusal.field, "impossible", refusal.message)]) from refusal
    return save_rule(
        key=key,
        name=standard.text,
        metric=metric,
        watches={"touchpoints": [standard.touchpoint.key]},
        spec=spec,
        playbook=None,
        by=by,
        now=now,
    )


def _find(pk: int, by: Actor) -> ServiceStandard:
    seen = ServiceStandard.objects.in_force()
    for viewer in (by.key, by.user):
        if viewer is not None:
            seen = seen.visible_to(viewer)
    # two people at once make one rule: the second is told that it is there
    found = seen.select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return ServiceStandard.objects.select_related("touchpoint", "metric").get(pk=pk)
