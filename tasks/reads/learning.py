"""What came of the fixes: shares proven by group, what is kept, what still waits for a verdict.

Everything is counted by the database, in one question a table, and only over tasks that the
viewer sees. A fix nobody could measure (no metric behind the task) is not in these shares: no
data could ever have proven it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Sum,
)

from cx_loop.models import Organization, Viewer, in_language
from tasks.logic.learning import Learned, Share, learned_of, share_of
from tasks.logic.plan import an_hour_into, look_days, plan_from_json
from tasks.models import Countermeasure, Permanence, Verification

MOST = 200  # groups of a table, and verdicts that wait: what is longer is taken as a file


class Median(Aggregate):
    """percentile_cont(0.5); of durations a duration."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was from `since` up to, not including, `until`; None: without an end.

    `departments`: primary keys of those it is narrowed to; None: all that the viewer sees.
    """

    since: datetime | None = None
    until: datetime | None = None
    departments: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A verdict that is still to come: not before `expected`, and by `latest` at the latest."""

    verification: Verification
    expected: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class Summary:
    """`permanent`: of the proven fixes asked about, how many changed something for good."""

    proven: Share
    recovered: Share
    relapsed: Share
    permanent: Share
    not_needed: int
    unanswered: int
    days: float | None
    pending: int


# group -> (field of its key, field of its name in languages), from a verification
FIELDS = {
    "department": ("department__key", "department__name"),
    "touchpoint": ("task__touchpoint__key", "task__touchpoint__name"),
    "metric": ("task__metric__key", "task__metric__name"),
    "pain_category": ("pain_category", None),
    "root_cause": ("root_cause", None),
}


def summary(viewer: Viewer, stretch: Stretch) -> Summary:
    """Three questions, however many fixes there are."""
    whole = learned_of(_counted(judged(viewer, stretch)), key="", name="")
    asked = Permanence.objects.all().visible_to(viewer).exclude(answer=Permanence.Answer.OVER)
    if stretch.departments is not None:
        asked = asked.filter(verification__department__in=stretch.departments)
    kept = within(asked, "asked_at", stretch).aggregate(
        n=Count("pk"),
        made=Count("pk", filter=Q(answer="made")),
        not_needed=Count("pk", filter=Q(answer="not_needed")),
        unanswered=Count("pk", filter=Q(answer="")),
    )
    return Summary(
        proven=whole.proven,
        recovered=whole.recovered,
        relapsed=whole.relapsed,
        permanent=share_of(kept["made"], kept["n"]),
        not_needed=kept["not_needed"],
        unanswered=kept["unanswered"],
        days=whole.days,
        pending=_waiting(viewer, stretch.departments).count(),
    )


def learned(viewer: Viewer, group: str, stretch: Stretch) -> list[Learned]:
    """One row a group, those with most fixes first; one question. `group`: one of GROUPS."""
    if group in ("playbook", "countermeasure"):
        return _measures(viewer, stretch, group, by_place=False)
    key, name = FIELDS[group]
    fields = [key, *([name] if name else [])]
    rows = judged(viewer, stretch).order_by().values(*fields).annotate(**_columns())
    found = rows.order_by("-n_judged", key)[:MOST]
    return [
        learned_of(row, key=row[key] or "", name=in_language(row[name] or {}) if name else "")
        for row in found
    ]


def learned_where(viewer: Viewer, stretch: Stretch) -> list[Learned]:
    """Which playbook has helped at which touchpoint: one row for each that was tried there."""
    return _measures(viewer, stretch, "playbook", by_place=True)


def pending(viewer: Viewer, departments: tuple[int, ...] | None = None) -> list[Pending]:
    """Verdicts still to come, the next first."""
    related = _waiting(viewer, departments).select_related(
        "task__touchpoint", "task__metric", "department"
    )
    return [_pending(row) for row in related.order_by("next_look_at", "pk")[:MOST]]


def _waiting(viewer: Viewer, departments: tuple[int, ...] | None) -> QuerySet[Verification]:
    found = Verification.objects.all().visible_to(viewer).exclude(state="decided")
    return found if departments is None else found.filter(department__in=departments)


def _pending(row: Verification) -> Pending:
    assert row.next_look_at is not None
    latest = row.next_look_at
    if row.plan:
        last = look_days(plan_from_json(row.plan))[-1]
        latest = max(latest, an_hour_into(last, Organization.current_zone()))
    return Pending(row, row.next_look_at, latest)


def judged(viewer: Viewer, stretch: Stretch) -> QuerySet[Verification]:
    """Fixes with a verdict that data could prove."""
    found = Verification.objects.all().visible_to(viewer).judged().exclude(plan={})
    if stretch.departments is not None:
        found = found.filter(department__in=stretch.departments)
    narrowed: QuerySet[Verification] = within(found, "decided_at", stretch)
    return narrowed


def within(found: Any, field: str, stretch: Stretch) -> Any:
    if stretch.since is not None:
        found = found.filter(**{f"{field}__gte": stretch.since})
    if stretch.until is not None:
        found = found.filter(**{f"{field}__lt": stretch.until})
    return found


def _columns(at: str = "") -> dict[str, Any]:
    """What is counted of verifications that are found at `at` of the row; a fix once a group."""

    def where(**said: Any) -> Q:
        return Q(**{f"{at}{name}": value for name, value in said.items()})

    def many(**said: Any) -> Count:
        return Count(f"{at}pk", distinct=True, filter=where(**said))

    took = ExpressionWrapper(
        F(f"{at}decided_at") - F(f"{at}task__created_at"), output_field=DurationField()
    )
    return {
        "n_judged": Count(f"{at}pk", distinct=True),
        "n_proven": many(verdict="effective"),
        "n_recovered": many(recovered=True),
        "n_relapsed": many(verdict="relapsed"),
        "n_worked": many(relapse_until__isnull=False),
        "median_took": Median(took, filter=where(verdict="effective")),
        "sum_cost": Sum(f"{at}cost"),
        "sum_benefit": Sum(f"{at}benefit"),
        "n_costed": many(cost__isnull=False),
        "n_valued": many(benefit__isnull=False),
    }


def _counted(found: QuerySet[Verification]) -> dict[str, Any]:
    return found.order_by().aggregate(**_columns())


def _measures(viewer: Viewer, stretch: Stretch, group: str, *, by_place: bool) -> list[Learned]:
    """By what stood behind a fix: a playbook, or a kind of countermeasure; maybe by where."""
    key, name, once = _BEHIND[group]
    tried = Countermeasure.objects.filter(verification__in=judged(viewer, stretch))
    tried = tried.exclude(**{key: None}).exclude(**{key: ""})
    # two rows of one fix may be of one group, and its cost would count twice
    first = tried.order_by("verification_id", once, "pk").distinct("verification_id", once)
    behind = Countermeasure.objects.filter(pk__in=first.values("pk"))
    fields = [each for each in (key, name, *(_PLACE if by_place else ())) if each]
    rows = behind.order_by().values(*fields).annotate(**_columns("verification__"))
    return [
        learned_of(
            row,
            key=row[key],
            name=in_language(row[name] or {}) if name else "",
            where=(in_language(row[_PLACE[1]] or {}) or row[_PLACE[0]] or "") if by_place else "",
        )
        for row in rows.order_by("-n_judged", *fields[:1], *_PLACE[:by_place])[:MOST]
    ]


# group -> (key, name in languages, what a fix is counted once for), from a countermeasure
_BEHIND: dict[str, tuple[str, str | None, str]] = {
    "playbook": (
        "playbook__playbook__key",
        "playbook__playbook__current__name",
        "playbook__playbook_id",
    ),
    "countermeasure": ("kind", None, "kind"),
}
_PLACE = ("touchpoint__key", "touchpoint__name")
