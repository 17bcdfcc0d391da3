"""Things to test with: plain functions that make one row each, with sensible neighbours.

Every maker takes what the story is about and invents the rest, so a test names only what matters.
One file past the budget on purpose: whoever looks for a maker looks in one place.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from alerts.models import (
    Alert,
    Evaluation,
    Group,
    GroupSeries,
    Playbook,
    PlaybookVersion,
    Rule,
    RuleState,
    RuleVersion,
    Severity,
    Silence,
)
from cx_loop.logic.bins import bin_of
from cx_loop.models import (
    COARSE,
    DAY,
    FINE,
    SYSTEM,
    Activity,
    Calendar,
    Department,
    Feedback,
    Fold,
    Journey,
    Membership,
    Metric,
    MomentCard,
    Organization,
    Rollup,
    Segment,
    Series,
    ServiceStandard,
    Source,
    Stage,
    Touchpoint,
    User,
    record,
)
from tasks.models import (
    Attachment,
    Episode,
    FollowUp,
    Holding,
    Idea,
    Step,
    Task,
    TaskAlert,
    Verification,
)

NOW = datetime(2025, 11, 21, 8, 0, tzinfo=UTC)  # a Friday, 16:00 in Shanghai
PASSWORD = "a long enough password"
_serial = count(1)


def make_organization(**fields: Any) -> Organization:
    given = {
        "name": {"en": "Demo Air", "zh-hans": "示例航空"},
        "timezone": "Asia/Shanghai",
        "languages": ["en", "zh-hans"],
        **fields,
    }
    organization, _ = Organization.objects.update_or_create(id=1, defaults=given)
    return organization


def make_calendar(**fields: Any) -> Calendar:
    return Calendar.objects.create(**{"timezone": "Asia/Shanghai", **fields})


def make_department(
    key: str = "", *, parent: Department | None = None, **fields: Any
) -> Department:
    key = key or f"department-{next(_serial)}"
    fields.setdefault("name", {"en": key.replace("-", " ").capitalize()})
    return Department.objects.create(key=key, parent=parent, **fields)


def make_user(
    email: str = "",
    *,
    department: Department | None = None,
    role: str = Membership.Role.MEMBER,
    duty: str = "",
    password: str = PASSWORD,
    **fields: Any,
) -> User:
    """A person who can sign in; with a department, a member of it (or what `role` says)."""
    email = email or f"person-{next(_serial)}@example.com"
    fields.setdefault("name", email.split("@")[0].capitalize())
    user = User.objects.create_user(email, password, **fields)
    if department is not None:
        add_member(department, user, role=role, duty=duty)
    return user


def make_admin(email: str = "admin@example.com", **fields: Any) -> User:
    return make_user(email, is_superuser=True, is_staff=True, **fields)


def add_member(
    department: Department, user: User, *, role: str = Membership.Role.MEMBER, duty: str = ""
) -> Membership:
    return Membership.objects.create(department=department, user=user, role=role, duty=duty)


def make_stage(key: str = "", *, journey: Journey | None = None, **fields: Any) -> Stage:
    key = key or f"stage-{next(_serial)}"
    fields.setdefault("name", {"en": key.capitalize()})
    journey = (
        journey
        or Journey.objects.get_or_create(
            key="flight", defaults={"name": {"en": "Flight", "zh-hans": "飞行"}}
        )[0]
    )
    return Stage.objects.create(key=key, journey=journey, **fields)


def make_touchpoint(
    key: str = "", *, owner: Department | None = None, stage: Stage | None = None, **fields: Any
) -> Touchpoint:
    key = key or f"touchpoint-{next(_serial)}"
    fields.setdefault("name", {"en": key.replace("-", " ").capitalize()})
    return Touchpoint.objects.create(
        key=key, owner=owner or make_department(), stage=stage or make_stage(), **fields
    )


def make_metric(key: str = "", *, kind: str = "csat", **fields: Any) -> Metric:
    key = key or f"{kind}-{next(_serial)}"
    ends = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7), "score": (-5, 5)}.get(kind)
    if ends:
        fields.setdefault("low", ends[0])
        fields.setdefault("high", ends[1])
    else:
        fields.setdefault("direction", Metric.Direction.LOWER)
    fields.setdefault("name", {"en": key.replace("-", " ").capitalize()})
    return Metric.objects.create(key=key, kind=kind, **fields)


def make_segment(key: str, **fields: Any) -> Segment:
    return Segment.objects.create(key=key, **{"name": {"en": key.capitalize()}, **fields})


def make_source(key: str = "", **fields: Any) -> Source:
    return Source.objects.create(key=key or f"source-{next(_serial)}", **fields)


def make_series(
    touchpoint: Touchpoint | None = None, metric: Metric | None = None, **dimensions: str
) -> Series:
    return Series.objects.create(
        touchpoint=touchpoint or make_touchpoint(), metric=metric or make_metric(), **dimensions
    )


def fill_hour(
    series: Series, at: datetime, values: Sequence[float], *, exposure: float = 0
) -> None:
    """Values that occurred at one moment, rolled up as intake would: fine, and in the grains that
    are folded already."""
    sums: dict[int, list[float]] = {}
    for value in values:
        sums.setdefault(bin_of(value, series.metric.scale), []).append(value)
    for grain in (FINE, *folded_grains(at)):
        bucket = datetime.fromtimestamp(at.timestamp() // (grain * 60) * grain * 60, UTC)
        for place, (bin, members) in enumerate(sums.items()):
            Rollup.objects.create(
                series_id=series.pk,
                grain=grain,
                bucket=bucket,
                bin=bin,
                n=len(members),
                total=sum(members),
                squares=sum(value * value for value in members),
                exposure=0 if place else exposure,
            )


def folded_grains(at: datetime) -> list[int]:
    """The grains that are folded at a moment, where no slice is half done."""
    seam = fold.folded_until if (fold := Fold.objects.first()) else None
    if seam is None or at >= seam:
        return []
    midnight = seam.replace(hour=0, minute=0, second=0, microsecond=0)
    return [COARSE, DAY] if at < midnight else [COARSE]


def fill_days(
    series: Series,
    first_day: date,
    days: Sequence[Sequence[float]],
    *,
    zone: str = "Asia/Shanghai",
) -> None:
    """One list of values a local day from `first_day` on, all at noon of that day."""
    noon = datetime.combine(first_day, time(12), tzinfo=ZoneInfo(zone))
    for place, values in enumerate(days):
        fill_hour(series, (noon + timedelta(days=place)).astimezone(UTC), values)


def make_rule(
    key: str = "",
    *,
    metric: Metric | None = None,
    watches: Any = "all",
    playbook: Playbook | None = None,
    now: datetime = NOW,
    **spec: Any,
) -> Rule:
    """A rule with one version in force: p90 above 30 warns, above 45 is critical."""
    metric = metric or make_metric(kind="duration", unit="min")
    words = {
        "metric": metric.key,
        "aggregate": "p90",
        "window": "1d",
        "min_samples": 1,
        "for": 1,
        "warning": {"above": 30, "recover": 25},
        "critical": {"above": 45, "recover": 40},
        **spec,
    }
    rule = Rule.objects.create(key=key or f"rule-{next(_serial)}", name={})
    version = RuleVersion.objects.create(
        rule=rule,
        number=1,
        metric=metric,
        watches=watches,
        spec=words,
        playbook=playbook,
        created_at=now,
    )
    rule.current = version
    rule.save(update_fields=["current"])
    return rule


def make_standard(
    touchpoint: Touchpoint | None = None, metric: Metric | None = None, **fields: Any
) -> ServiceStandard:
    """Nine of ten wait at most 20 minutes."""
    given = {
        "key": f"standard-{next(_serial)}",
        "text": {"en": "Boarding starts on time", "zh-hans": "准时登机"},
        "target": 20,
        **fields,
    }
    return ServiceStandard.objects.create(
        touchpoint=touchpoint or make_touchpoint(),
        metric=metric or make_metric(kind="duration", unit="min"),
        **given,
    )


def make_group(
    rule: Rule | None = None, *, touchpoint: Touchpoint | None = None, **dimensions: str
) -> Group:
    """A group of the rule with one series of the same dimensions in it."""
    rule = rule or make_rule()
    touchpoint = touchpoint or make_touchpoint()
    group = Group.objects.create(rule=rule, touchpoint=touchpoint, **dimensions)
    assert rule.current is not None
    series, _ = Series.objects.get_or_create(
        touchpoint=touchpoint, metric=rule.current.metric, **dimensions
    )
    GroupSeries.objects.create(group=group, series=series)
    RuleState.objects.create(group=group, version=rule.current)
    return group


def make_evaluation(group: Group, *, edge: datetime = NOW, **fields: Any) -> Evaluation:
    given = {"value": 42.0, "n": 186, "verdict": "breach", "reason": "above", **fields}
    version = given.pop("version", group.rule.current)
    until = given.pop("until", edge)
    return Evaluation.objects.create(group=group, version=version, edge=edge, until=until, **given)


def make_alert(
    group: Group | None = None,
    *,
    touchpoint: Touchpoint | None = None,
    opened_at: datetime = NOW - timedelta(hours=2),
    **fields: Any,
) -> Alert:
    """An open warning: the value was 42 against a line of 30, from 186 answers."""
    group = group or make_group(touchpoint=touchpoint)
    given = {"severity": Severity.WARNING, "value": 42.0, "n": 186, "peak": 42.0, **fields}
    given.setdefault("last_value", given["value"])
    given.setdefault("last_n", given["n"])
    given.setdefault("edge", opened_at)
    assert group.rule.current is not None
    return Alert.objects.create(
        group=group,
        version=group.rule.current,
        touchpoint=group.touchpoint,
        opened_at=opened_at,
        **given,
    )


def make_silence(
    department: Department | None = None,
    *,
    starts_at: datetime = NOW - timedelta(hours=1),
    hours: float = 6,
    author: User | None = None,
    **said: Any,
) -> Silence:
    """A running silence; what is not one of its fields is a matcher."""
    names = {"kind", "reason", "begun_at", "ended_at", "ended_by", "created_at"}
    fields = {name: value for name, value in said.items() if name in names}
    matchers = {name: value for name, value in said.items() if name not in names}
    return Silence.objects.create(
        department=department,
        matchers=matchers or {"severity": ["warning", "critical"]},
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        author=author or make_user(department=department, role="duty", duty=f"d{next(_serial)}"),
        **{"reason": "The gate is rebuilt.", "created_at": starts_at, **fields},
    )


def breach_title(alert: Alert) -> dict[str, Any]:
    """The title a task gets from its alert: a code and parameters."""
    spec = alert.version.spec
    level = spec.get("critical" if alert.severity == Severity.CRITICAL else "warning") or {}
    operator, line = next(iter((k, v) for k, v in level.items() if k != "recover"))
    return {
        "code": "breach",
        "params": {
            "touchpoint": alert.touchpoint.key,
            "metric": alert.version.metric.key,
            "aggregate": spec["aggregate"],
            "operator": operator,
            "line": line,
            "value": alert.value,
            "n": alert.n,
            "segment": alert.group.segment,
        },
    }


def make_task(
    alert: Alert | None = None,
    *,
    department: Department | None = None,
    created_at: datetime = NOW - timedelta(hours=2),
    **fields: Any,
) -> Task:
    """An open task of the alert's owner, due in two weeks; by hand when there is no alert."""
    if alert is not None:
        department = department or alert.touchpoint.owner
        fields.setdefault("severity", alert.severity)
        fields.setdefault("title", breach_title(alert))
        fields.setdefault("touchpoint", alert.touchpoint)
        fields.setdefault("metric", alert.version.metric)
        fields.setdefault("segment", alert.group.segment)
        fields.setdefault("rule_version", alert.version)
    department = department or make_department()
    fields.setdefault("severity", Severity.WARNING)
    fields.setdefault("title", {"text": "Talk to the caterer"})
    fields.setdefault("answerable_department", department)
    fields.setdefault("respond_by", created_at + timedelta(hours=4))
    fields.setdefault("due_at", created_at + timedelta(days=14))
    closed = fields.get("state") == Task.State.CLOSED
    fields.setdefault("next_due_at", None if closed else fields["due_at"])
    if closed:
        fields.setdefault("closed_at", created_at + timedelta(hours=1))
        fields.setdefault("resolution", "effective")
    if fields.get("state") == Task.State.ON_HOLD:
        fields.setdefault("hold_until", created_at + timedelta(days=3))
    task = Task.objects.create(department=department, created_at=created_at, **fields)
    _surround(task, alert)
    return task


def _surround(task: Task, alert: Alert | None) -> None:
    """The rows that every task has beside its own."""
    Episode.objects.create(
        task=task,
        number=task.episode,
        opened_at=task.created_at,
        respond_by=task.respond_by,
        due_at=task.due_at,
    )
    Holding.objects.create(
        task=task,
        department=task.department,
        touchpoint=task.touchpoint,
        since=task.created_at,
    )
    if alert is not None:
        TaskAlert.objects.create(task=task, alert=alert, episode=task.episode)


def make_activity(task: Task, verb: str, **fields: Any) -> Activity:
    given = {"by": SYSTEM, "now": NOW, **fields}
    return record(verb=verb, subject="task", subject_id=task.number, **given)


def make_attachment(task: Task, *, place: int = 1, **fields: Any) -> Attachment:
    """A short text that somebody has put on a task."""
    given = {"name": "notes.txt", "kind": "text", "content": b"what we saw", "at": NOW, **fields}
    content = given["content"]
    digest = hashlib.sha256(content).hexdigest()
    return Attachment.objects.create(
        task=task, place=place, size=len(content), digest=digest, **given
    )


def make_comment(
    touchpoint: Touchpoint, comment: str = "Too long a wait", **fields: Any
) -> Feedback:
    """What a customer wrote at a touchpoint."""
    given = {"digest": uuid4(), "occurred_at": NOW - timedelta(hours=3), **fields}
    given.setdefault("source", make_source())
    return Feedback.objects.create(touchpoint=touchpoint, comment=comment, **given)


def make_card(touchpoint: Touchpoint, felt: str = "left alone", **fields: Any) -> MomentCard:
    """A lived moment at a touchpoint."""
    given = {"who": "A family with two children", "scene": "The gate changes for the third time"}
    return MomentCard.objects.create(
        touchpoint=touchpoint, **{"felt": felt, "made_at": NOW, **given, **fields}
    )


def make_verification(task: Task, *, state: str = "watching", **fields: Any) -> Verification:
    decided = state == Verification.State.DECIDED
    fields.setdefault("plan", {})
    fields.setdefault("series", [])
    fields.setdefault("episode", task.episode)
    fields.setdefault("next_look_at", None if decided else NOW + timedelta(days=7))
    if decided:
        fields.setdefault("decided_at", NOW)
        fields.setdefault("verdict", "effective")
    return Verification.objects.create(task=task, state=state, **fields)


def make_step(task: Task, text: str = "Change the roster", **fields: Any) -> Step:
    """An open corrective step at the end of the list."""
    given = {
        "episode": task.episode,
        "position": Step.objects.filter(task=task).count() + 1,
        "text": {"en": text},
        "type": "correct",
        "created_at": task.created_at,
        **fields,
    }
    return Step.objects.create(task=task, **given)


def make_idea(task: Task, by: User, text: str = "A second gate", **fields: Any) -> Idea:
    return Idea.objects.create(task=task, episode=task.episode, text=text, by=by, at=NOW, **fields)


def make_follow_up(step: Step, *, asks_at: datetime = NOW, **fields: Any) -> FollowUp:
    """Due at NOW: has the training stuck?"""
    given = {"asks_at": asks_at, "next_due_at": asks_at, "created_at": step.created_at, **fields}
    return FollowUp.objects.create(task=step.task, step=step, **given)


def make_playbook(key: str = "", **fields: Any) -> Playbook:
    """A playbook with one version: contain first, then correct."""
    playbook = Playbook.objects.create(key=key or f"playbook-{next(_serial)}")
    given = {
        "name": {"en": "Add staff at peaks", "zh-hans": "高峰增派人手"},
        "kind": "staffing",
        "steps": [
            {"text": {"en": "Open a second gate", "zh-hans": "加开一个登机口"}, "type": "contain"},
            {"text": {"en": "Change the roster", "zh-hans": "调整排班"}, "type": "correct"},
        ],
        "created_at": NOW,
        **fields,
    }
    playbook.current = PlaybookVersion.objects.create(playbook=playbook, number=1, **given)
    playbook.save(update_fields=["current"])
    return playbook
