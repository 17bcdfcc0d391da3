"""What is promised now, how it came to be so, and what fixes have left behind."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.reads.standards import Kept, kept_standards
from cx_loop.models import Activity, ServiceStandard, User
from tasks.models import Permanence, Task

AT_ONCE = 25
MOST_VERSIONS = 10  # of one standard
MOST_LEFT = 30
MOST_RETIRED = 50


@dataclass(frozen=True, slots=True)
class Version:
    """`number`: 1 is how it began. `task`: whose fix made it, when the reader sees that task."""

    number: int
    change: Activity
    task: int | None

    @property
    def target(self) -> tuple[float | None, float | None] | None:
        pair = self.change.params.get("fields", {}).get("target")
        return (pair[0], pair[1]) if pair else None


@dataclass(frozen=True, slots=True)
class Promised:
    kept: Kept
    versions: list[Version]


def promised_to(user: User, *, now: datetime, after: str = "") -> tuple[list[Promised], str]:
    """The standards a reader sees, by key from `after` on, and the key to go on from ("": all).

    The same queries for one or twenty-five.
    """
    seen = ServiceStandard.objects.in_force().visible_to(user).filter(key__gt=after)
    related = seen.select_related("touchpoint__stage__journey", "touchpoint__owner", "metric")
    rows = list(related.order_by("key")[: AT_ONCE + 1])
    shown, more = rows[:AT_ONCE], len(rows) > AT_ONCE
    versions = _versions([each.pk for each in shown], user)
    found = [Promised(kept, versions[kept.standard.pk]) for kept in kept_standards(shown, now=now)]
    return found, shown[-1].key if more else ""


def no_longer_promised() -> list[ServiceStandard]:
    """The standards retired last: for admins, who may bring them back."""
    rows = ServiceStandard.objects.exclude(retired_at=None).select_related("touchpoint")
    return list(rows.order_by("-retired_at", "pk")[:MOST_RETIRED])


def left_by_fixes(user: User) -> list[Permanence]:
    """The newest answers of tasks the reader sees that say what a fix has changed for good."""
    seen = Task.objects.all().visible_to(user).order_by()
    made = Permanence.objects.filter(answer=Permanence.Answer.MADE, task__in=seen.values("pk"))
    related = made.select_related("task__touchpoint", "answered_by")
    return list(related.order_by("-answered_at", "-pk")[:MOST_LEFT])


def _versions(standards: Sequence[int], user: User) -> dict[int, list[Version]]:
    """Newest first."""
    found: dict[int, list[Activity]] = defaultdict(list)
    rows = Activity.objects.filter(
        subject="standard", subject_id__in=standards, verb="configured"
    ).select_related("user", "key")
    for row in rows.order_by("at", "id"):
        found[row.subject_id].append(row)
    named = {row.params.get("task") for rows in found.values() for row in rows} - {None}
    seen = Task.objects.all().visible_to(user).filter(number__in=named)
    shown = set(seen.values_list("number", flat=True)) if named else set()
    made: dict[int, list[Version]] = defaultdict(list)
    for standard, changes in found.items():
        numbered = list(enumerate(changes, start=1))[-MOST_VERSIONS:]
        made[standard] = [
            Version(number, row, task if (task := row.params.get("task")) in shown else None)
            for number, row in reversed(numbered)
        ]
    return made
