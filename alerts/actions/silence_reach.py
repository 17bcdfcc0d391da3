"""Which silence reaches an alert: facts beside matchers, departments beside owners."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.logic.silences import matches
from alerts.models import AlertQuerySet, Group, RuleVersion, Severity, Silence
from cx_loop.models import Department, Touchpoint
from cx_loop.models.ahead import Question

FACTS = {
    "rule": "version__rule__key",
    "touchpoint": "touchpoint__key",
    "stage": "touchpoint__stage__key",
    "journey": "touchpoint__stage__journey__key",
    "segment": "group__segment",
    "channel": "group__channel",
    "location": "group__location",
    "metric": "version__metric__key",
}

# serves: index silence_not_ended
_ANY_RUNNING = Question("""
SELECT 1 FROM alerts_silence
WHERE ended_at IS NULL AND starts_at <= %(now)s AND ends_at > %(now)s LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class Reach:
    """A silence with the departments whose touchpoints it reaches; None is all."""

    silence: Silence
    departments: frozenset[int] | None

    def covers(self, subject: "Subject") -> bool:
        near = self.departments is None or subject.owner in self.departments
        return near and matches(self.silence.matchers, subject.facts)


@dataclass(frozen=True, slots=True)
class Subject:
    """What of an alert a silence looks at, and what silences it now."""

    owner: int
    facts: Mapping[str, str]
    alert: int = 0
    silence: int | None = None
    until: datetime | None = None


def reaches_of(silences: Iterable[Silence]) -> list[Reach]:
    found = list(silences)
    below = {root: _below(root) for root in {each.department_id for each in found}}
    return [Reach(each, below[each.department_id]) for each in found]


def longest(reaches: Iterable[Reach], subject: Subject) -> Silence | None:
    """Of the silences that cover it the one that lasts longest."""
    found = [reach.silence for reach in reaches if reach.covers(subject)]
    return max(found, key=lambda silence: (silence.ends_at, silence.pk), default=None)


def subjects_of(alerts: AlertQuerySet) -> list[Subject]:
    """Plain values, one query for all: a running silence has this asked by every sweep."""
    named = ("pk", "touchpoint__owner_id", "silence_id", "silenced_until", "severity")
    return [
        Subject(
            owner=owner,
            facts=dict(zip(FACTS, facts, strict=True))
            | {"severity": str(Severity(severity).label)},
            alert=pk,
            silence=silence,
            until=until,
        )
        for pk, owner, silence, until, severity, *facts in alerts.values_list(
            *named, *FACTS.values()
        )
    ]


def silence_at_opening(
    *, group: Group, version: RuleVersion, severity: int, now: datetime
) -> Silence | None:
    """The silence an alert is born into.

    One question of an index that is empty while nothing is silenced; more only when something is.
    """
    if not _ANY_RUNNING.rows(now):
        return None
    reaches = reaches_of(Silence.objects.running(now))
    place = Touchpoint.objects.select_related("stage__journey").get(pk=group.touchpoint_id)
    facts = {
        "rule": version.rule.key,
        "touchpoint": place.key,
        "stage": place.stage.key,
        "journey": place.stage.journey.key,
        "segment": group.segment,
        "channel": group.channel,
        "location": group.location,
        "metric": version.metric.key,
        "severity": str(Severity(severity).label),
    }
    return longest(reaches, Subject(place.owner_id, facts))


def _below(root: int | None) -> frozenset[int] | None:
    if root is None:
        return None
    here = Department.objects.filter(pk=root)
    return frozenset(Department.objects.below(here).values_list("pk", flat=True))
