"""Decisions are many, and of use for a while; those behind an alert are the answer to why."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from alerts.models import Alert, Evaluation, RuleState
from cx_loop.actions.retention import delete_in_steps


def prune_evaluations(*, now: datetime) -> int:
    """Delete decisions of CX_KEEP_EVALUATIONS days ago and before, and those on windows that were
    still open of CX_KEEP_PROVISIONAL days ago; but none that an alert was raised on, and none
    that still says where its group stands.
    """
    old = Q(pk__in=[])
    for name, which in (("provisional", Q(provisional=True)), ("evaluations", Q())):
        if days := settings.KEEP[name]:
            old |= which & Q(until__lt=now - timedelta(days=days))
    raised = Alert.objects.filter(
        group=OuterRef("group"), edge__gte=OuterRef("edge"), edge__lte=OuterRef("until")
    )
    # otherwise a group that has been quiet for a year could not say why
    newest = RuleState.objects.filter(group=OuterRef("group"), last_edge=OuterRef("until"))
    return delete_in_steps(Evaluation, old & ~Q(Exists(raised)) & ~Q(Exists(newest)))
