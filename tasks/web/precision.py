"""How often the rules were right, of all of them and of those that raised most alerts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from alerts import reads
from alerts.logic.quality import Quality
from alerts.logic.quality import Share as AlertShare
from cx_loop.models import User, in_language
from tasks.logic.learning import share_of
from tasks.reads.learning import Stretch
from tasks.web.figures import Figure, share_figure

MOST_RULES, SHOWN = 200, 10
EVER = timedelta(days=10 * 365)


@dataclass(frozen=True, slots=True)
class RuleRow:
    name: str
    url: str
    alerts: int
    confirmed: Figure
    false_alarms: Figure


@dataclass(frozen=True, slots=True)
class Precision:
    """`rows`: the rules with most alerts; `quiet`: how many raised none."""

    alerts: int
    confirmed: Figure
    false_alarms: Figure
    rows: list[RuleRow]
    quiet: int

    @property
    def shown(self) -> list[Figure]:
        return [self.confirmed, self.false_alarms]


def precision_of(user: User, stretch: Stretch, *, now: datetime) -> Precision:
    """From the days after each alert, as on the page of the rule; the same number of questions
    for one rule or two hundred."""
    rules = list(reads.rules_seen(user).in_force().order_by("key")[:MOST_RULES])
    until = min(stretch.until or now, now)
    since = stretch.since or until - EVER
    found = reads.quality_of_rules(user, rules, since=since, now=until)
    rated = sorted(rules, key=lambda rule: (-found[rule.pk].alerts, rule.key))
    loud = [rule for rule in rated if found[rule.pk].alerts]
    every = [found[rule.pk] for rule in loud]
    return Precision(
        alerts=sum(each.alerts for each in every),
        confirmed=_figure(_("of alerts are confirmed by the days after"), *_confirmed(every)),
        false_alarms=_figure(_("were dismissed as false alarms"), *_false(every)),
        rows=[
            RuleRow(
                name=in_language(rule.name) or rule.key,
                url=reverse("alerts:rule", args=[rule.key]),
                alerts=found[rule.pk].alerts,
                confirmed=_figure("", found[rule.pk].confirmed),
                false_alarms=_figure("", found[rule.pk].false_alarms),
            )
            for rule in loud[:SHOWN]
        ],
        quiet=len(rules) - len(loud),
    )


def _confirmed(every: list[Quality]) -> list[AlertShare]:
    return [each.confirmed for each in every]


def _false(every: list[Quality]) -> list[AlertShare]:
    return [each.false_alarms for each in every]


def _figure(said: str, *shares: AlertShare) -> Figure:
    pooled = share_of(sum(each.count for each in shares), sum(each.n for each in shares))
    return share_figure(said, pooled)
