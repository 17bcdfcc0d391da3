"""A company with very many tasks, made for the measures of its queues."""

from datetime import datetime
from typing import Any

from django.db import connection

from alerts.models import Rule, RuleVersion
from bench import company
from cx_loop.models import Department, Journey, Membership, Metric, Stage, Touchpoint, User

DEPARTMENTS = 10  # the first has six tenths of all tasks, so that it has a thousand pages
PLACES = 50

_FILL = """
WITH made AS (
    INSERT INTO tasks_task (
        state, severity, title, department_id, answerable_department_id, assignee_id,
        touchpoint_id, metric_id,
        segment, episode, version, created_at, respond_by, due_at, was_late, escalation_level,
        escalate_at, next_due_at, attempts, pain_category, root_cause, countermeasure,
        self_recovered, resolution, closed_at
    )
    SELECT CASE WHEN unclosed THEN (%(states)s::text[])[1 + m %% 4] ELSE 'closed' END,
           1 + (m %% 5 > 0)::int,
           CASE WHEN m %% 10 = 0 THEN jsonb_build_object('text', 'Talk to caterer ' || n)
                ELSE '{"code": "breach"}' END,
           department, department, CASE WHEN m %% 4 = 1 THEN %(member)s END,
           (%(touchpoints)s::bigint[])[1 + m %% %(places)s], %(metric)s, '',
           1, 1, at, at + interval '4 hours', at + interval '14 days',
           at + interval '14 days' < %(now)s, 0, wakes, CASE WHEN unclosed THEN wakes END,
           0, '', '', '', false, CASE WHEN unclosed THEN '' ELSE 'effective' END,
           CASE WHEN unclosed THEN NULL ELSE at + interval '1 day' END
    FROM (
        SELECT *,
               greatest(at + interval '13 days', %(now)s + interval '1 day') AS wakes
        FROM (
            SELECT n, m, n %% %(share)s = 0 AS unclosed,
                   (%(departments)s::bigint[])[CASE WHEN m * 7919 %% 10 < 6 THEN 1
                                             ELSE 2 + m %% (%(many)s - 1) END] AS department,
                   %(now)s::timestamptz - interval '15 days' * ((n * 31337 %% 100000) / 100000.0)
                       AS at
            FROM generate_series(0, %(all)s::bigint - 1) AS n,
                LATERAL (SELECT n / %(share)s) AS share(m)
        ) AS numbered
    ) AS drawn
    RETURNING number, department_id, touchpoint_id, created_at, respond_by, due_at
), held AS (
    INSERT INTO tasks_holding (task_id, department_id, touchpoint_id, since)
    SELECT number, department_id, touchpoint_id, created_at FROM made
)
INSERT INTO tasks_episode (task_id, number, opened_at, respond_by, due_at)
SELECT number, 1, created_at, respond_by, due_at FROM made
"""
# every other unclosed task is about an alert that stands, each of a group of its own
_FILL_ALERTS = """
WITH about AS (
    SELECT number, touchpoint_id, severity, created_at FROM tasks_task
    WHERE state <> 'closed' AND number / 10 %% 2 = 0
), grouped AS (
    INSERT INTO alerts_group (rule_id, touchpoint_id, segment, channel, location)
    SELECT %(rule)s, touchpoint_id, '', '', number::text FROM about
    RETURNING id, touchpoint_id, location
), raised AS (
    INSERT INTO alerts_alert (
        group_id, version_id, touchpoint_id, state, severity, episode, opened_at, edge, n, last_n,
        late, cleared
    )
    SELECT grouped.id, %(version)s, grouped.touchpoint_id, 'open', about.severity, 1,
           about.created_at, about.created_at, 30, 30, false, false
    FROM grouped JOIN about ON about.number = grouped.location::bigint
    RETURNING id, group_id
)
INSERT INTO tasks_taskalert (task_id, alert_id, episode)
SELECT grouped.location::bigint, raised.id, 1
FROM raised JOIN grouped ON grouped.id = raised.group_id
"""
_FILL_VERIFICATIONS = """
INSERT INTO tasks_verification (
    task_id, episode, plan, series, controls, state, next_look_at, looks_done, verdict, reason,
    pain_category, root_cause, result
)
SELECT number, 1, '{}', '[]', '[]',
       CASE WHEN number / 10 % 25 = 2 THEN 'person' ELSE 'watching' END,
       next_due_at, 0, '', '', '', '', '{}'
FROM tasks_task WHERE state = 'verifying'
"""


def people() -> User:
    """Departments with a lead each; the first has most of the tasks."""
    for place in range(DEPARTMENTS):
        department = Department.objects.create(
            key=f"ground-{place}", name={"en": f"Ground {place}"}
        )
        for role in ("lead", "member", "director"):
            user = User.objects.create(email=f"{role}-{place}@example.com", name=role)
            Membership.objects.create(user=user, department=department, role=role)
    return User.objects.get(email="lead-0@example.com")


def fill(every: int, unclosed: int, now: datetime) -> None:
    keys = [row.pk for row in Department.objects.filter(key__startswith="ground-").order_by("key")]
    metric = Metric.objects.create(key="wait", name={"en": "Wait"}, kind="duration", unit="min")
    touchpoints = _touchpoints(keys)
    said: dict[str, Any] = {
        "all": every,
        "states": ["open", "accepted", "in_progress", "verifying"],
        "member": User.objects.get(email="member-0@example.com").pk,
        "share": every // unclosed,
        "metric": metric.pk,
        "touchpoints": touchpoints,
        "places": len(touchpoints),
        "departments": keys,
        "many": len(keys),
        "now": now,
    }
    rule = Rule.objects.create(key="wait", name={"en": "Wait"})
    version = RuleVersion.objects.create(
        rule=rule,
        number=1,
        metric=metric,
        watches={"touchpoints": [f"desk-{place}" for place in range(PLACES)]},
        spec={"aggregate": "p90", "window": "1d", "warning": {"above": 30}},
        created_at=now,
    )
    with connection.cursor() as cursor:
        cursor.execute(_FILL, said)
        cursor.execute(_FILL_ALERTS, {"rule": rule.pk, "version": version.pk})
        cursor.execute(_FILL_VERIFICATIONS)
    company.settle()


def _touchpoints(departments: list[int]) -> list[int]:
    journey = Journey.objects.create(key="visit", name={"en": "Visit"})
    stage = Stage.objects.create(key="stay", name={"en": "Stay"}, journey=journey)
    made = [
        Touchpoint(
            key=f"desk-{place}",
            name={"en": f"Desk {place}", "zh-hans": f"柜台 {place}"},
            owner_id=departments[place % len(departments)],
            stage=stage,
        )
        for place in range(PLACES)
    ]
    return [touchpoint.pk for touchpoint in Touchpoint.objects.bulk_create(made)]
