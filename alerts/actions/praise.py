"""Good news: what to reinforce is told to the department that owns the touchpoint.

No alert and no task: a notice in the inbox of its people, and a mail where it wants mails, once
an episode.
"""

from datetime import datetime

from alerts.actions.cases import Case
from alerts.logic.evaluate import Decision
from alerts.models import Group, RuleVersion
from alerts.notices import mail_of_praise
from cx_loop.messaging.queue import queue_mail
from cx_loop.models import Membership, Notice


def tell_good_news(case: Case, edge: datetime, decision: Decision, now: datetime) -> None:
    """Each person once; the edge at which the episode began tells it from the next."""
    group = Group.objects.select_related("touchpoint__owner").get(pk=case.group_id)
    version = RuleVersion.objects.select_related("metric", "rule").get(pk=case.standing.version_id)
    owner = group.touchpoint.owner
    value, n = decision.params.get("value"), decision.params.get("n")
    said = {
        "rule": version.rule.key,
        "touchpoint": group.touchpoint.key,
        **group.dimensions,
        "value": value,
        "n": n,
        "edge": edge.isoformat(),
    }
    here = Membership.objects.reachable().filter(department=owner, role__in=["member", "lead"])
    people = {row.user_id: row.user for row in here.select_related("user").order_by("user_id")}
    for user in people.values():
        key = f"praised:{group.pk}:{edge.isoformat()}:{user.pk}"
        Notice.objects.get_or_create(
            dedup_key=key,
            defaults={"user": user, "code": "praised", "params": said, "created_at": now},
        )
        if "email" in (owner.notify or ["email"]):
            subject, text = mail_of_praise(group, version, value=value, n=n, language=user.language)
            queue_mail(user=user, code="praised", key=key, subject=subject, text=text, now=now)
