"""A task's deadlines, from the policy of its severity and the department's working time."""

from datetime import datetime

from cx_loop.logic.working_time import WorkingHours
from cx_loop.models import Department
from cx_loop.models.ahead import Question
from cx_loop.models.together import answered
from tasks.logic.deadlines import Clocks, clocks, paused
from tasks.logic.deadlines import tightened as tighten
from tasks.logic.escalation import Clock, Fired, Progress, Step, next_step, progress_of
from tasks.logic.pauses import Pause as Span
from tasks.logic.policies import DEFAULT_POLICY, Policy, parse_policy
from tasks.models import Episode, Escalation, EscalationPolicyVersion, Pause, Task
from tasks.reads.hours import hours_of

_POLICIES = Question("""
SELECT version.id, version.policy_id, version.number, version.created_at, version.spec
FROM tasks_escalationpolicy AS policy
JOIN tasks_escalationpolicyversion AS version ON version.id = policy.current_id
WHERE policy.retired_at IS NULL ORDER BY policy.position, policy.key
""")

SEVERITY_WORDS = {1: "critical", 2: "warning"}


def policy_for(severity: int) -> EscalationPolicyVersion | None:
    """The first policy in force that names the severity; None: the built-in one."""
    word = SEVERITY_WORDS[severity]
    for row in _POLICIES.rows():
        if word in parse_policy(row["spec"]).severities:
            made = {**row, "created_at": datetime.fromisoformat(row["created_at"])}
            return EscalationPolicyVersion(**made)
    return None


def read_policy(version: EscalationPolicyVersion | None) -> Policy:
    return DEFAULT_POLICY if version is None else parse_policy(version.spec)


def start_clocks(
    policy: EscalationPolicyVersion | None, department: Department, opened_at: datetime
) -> Clocks:
    """The deadlines of a round that opens at `opened_at`."""
    return clocks(opened_at, read_policy(policy), hours_of(department))


def first_step_at(
    policy: EscalationPolicyVersion | None,
    department: Department,
    opened_at: datetime,
    due_at: datetime,
) -> datetime | None:
    """When a round that has just opened is pushed up for the first time."""
    clock = Clock(opened_at, due_at, accepted=False)
    step = next_step(read_policy(policy), Progress(), clock, hours_of(department), opened_at)
    return step.fire_at if step else None


def tightened(
    task: Task, policy: EscalationPolicyVersion | None, department: Department, episode: Episode
) -> Clocks:
    """The clocks of a task under another policy or calendar: never later than they were.

    What they are without pauses is kept in the round.
    """
    hours = hours_of(department)
    counted = tighten(_counted(task, episode), episode.opened_at, read_policy(policy), hours)
    episode.respond_by, episode.due_at = counted.respond_by, counted.due_at
    episode.save(update_fields=["respond_by", "due_at"])
    fresh = _paused(counted, task, episode, hours)
    assert task.respond_by is not None
    assert task.due_at is not None
    return Clocks(min(task.respond_by, fresh.respond_by), min(task.due_at, fresh.due_at))


def with_pauses(task: Task, episode: Episode) -> Clocks:
    """The clocks of the round with what was paused, or will be, in the working time of now."""
    return _paused(_counted(task, episode), task, episode, hours_of(task.department))


def silences_of(task: Task, episode: Episode) -> list[Span]:
    """When the clocks of the round were silenced."""
    return _pauses_of(task, episode)[Pause.Kind.SILENCE]


def upcoming_step(task: Task, episode: Episode, now: datetime) -> Step | None:
    """The ladder's next step, which may already be late; None when there is none left."""
    assert task.due_at is not None
    moved_at = _moved_at(task, episode)
    clock = Clock(
        opened_at=episode.opened_at,
        due_at=task.due_at,
        accepted=episode.responded_at is not None,
        respond_by=episode.respond_by,
        moved_at=moved_at,
        silences=silences_of(task, episode),
    )
    fired = progress_of(fired_in(task, episode.number), moved_at)
    return next_step(read_policy(task.policy), fired, clock, hours_of(task.department), now)


def fired_in(task: Task, episode: int) -> list[Fired]:
    """The steps fired in a round, oldest first."""

    def ask_for_them() -> list[Fired]:
        fired = Escalation.objects.filter(task=task, episode=episode).order_by("seq")
        return [*fired.values_list("ladder", "fired_at")]  # type: ignore[list-item]

    return answered(("fired", task.number), ask_for_them)


def escalate_at(task: Task, episode: Episode, now: datetime) -> datetime | None:
    """When the next step fires, in the state the task and its round are in."""
    step = upcoming_step(task, episode, now)
    return step.fire_at if step else None


def _moved_at(task: Task, episode: Episode) -> datetime | None:
    """When somebody last moved it; a task on hold stands still on purpose until that ends."""
    found = [episode.responded_at, task.progressed_at, task.hold_until]
    return max((at for at in found if at is not None), default=None)


def _counted(task: Task, episode: Episode) -> Clocks:
    """The deadlines of the round without its pauses."""
    respond_by, due_at = episode.respond_by or task.respond_by, episode.due_at or task.due_at
    assert respond_by is not None
    assert due_at is not None
    return Clocks(respond_by, due_at)


def _paused(counted: Clocks, task: Task, episode: Episode, hours: WorkingHours) -> Clocks:
    pauses = _pauses_of(task, episode)
    return paused(
        counted,
        episode.opened_at,
        hours,
        silences=pauses[Pause.Kind.SILENCE],
        holds=pauses[Pause.Kind.HOLD],
    )


def _pauses_of(task: Task, episode: Episode) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {kind: [] for kind in Pause.Kind.values}
    since = episode.opened_at
    mine = answered(
        ("pauses", task.number), lambda: list(Pause.objects.filter(task=task, until__gt=since))
    )
    for row in mine:
        found[row.kind].append(Span(row.since, row.until))
    return found
