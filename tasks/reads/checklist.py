"""What feeds the checklist of a task: its steps, ideas, follow-ups, and what could help."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from alerts.models import Playbook, PlaybookVersion
from cx_loop.models import User, Viewer
from tasks.logic.checklist import fixed_at, open_corrective
from tasks.logic.proposals import Candidate, Proposal, propose
from tasks.models import (
    Adoption,
    Countermeasure,
    Episode,
    FollowUp,
    Idea,
    Step,
    Task,
    Verification,
    Vote,
)

# a fix that was taken back has no verdict on it, whatever its verification was closed with
TAKEN_BACK = ("withdrawn", "sent_back", "reopened")


@dataclass(frozen=True, slots=True)
class Fix:
    """open: corrective steps still to be done; at: when the last was done, if any was."""

    open: list[Step]
    at: datetime | None


@dataclass(slots=True)
class PlaybookRecord:
    """What became of a playbook so far.

    chosen    times it was chosen for a round of a task
    used      submitted fixes with at least one of its steps done
    verdicts  how they were judged: verdict -> how many
    waiting   of them not judged yet; taken_back: withdrawn or reopened before that
    versions  numbers of the versions whose steps were used
    """

    key: str
    chosen: int = 0
    used: int = 0
    waiting: int = 0
    taken_back: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    versions: set[int] = field(default_factory=set)


def steps_of(task: Task) -> list[Step]:
    related = Step.objects.filter(task=task).select_related(
        "owner", "done_by", "adoption__playbook__playbook", "follow_up"
    )
    return list(related.order_by("position"))


def fix_of(task: Task) -> Fix:
    """What the checklist says about the fix of the round the task is in."""
    steps = list(Step.objects.filter(task=task, type="correct").order_by("position"))
    if not steps:
        return Fix([], None)
    since = Episode.objects.get(task=task, number=task.episode).opened_at
    return Fix(open_corrective(steps), fixed_at(steps, since))


def ideas_of(task: Task, viewer: Viewer) -> list[Idea]:
    """The most wanted first, with `wanted` and whether the viewer is among those who want it."""
    mine = Vote.objects.filter(
        idea=OuterRef("pk"), by=viewer.pk if isinstance(viewer, User) else None
    )
    ideas = Idea.objects.filter(task=task).select_related("by")
    counted = ideas.annotate(wanted=Count("votes"), is_mine=Exists(mine))
    return list(counted.order_by("-wanted", "id"))


def adoptions_of(task: Task) -> list[Adoption]:
    related = Adoption.objects.filter(task=task).select_related("playbook__playbook", "idea", "by")
    return list(related.order_by("id"))


def follow_ups_of(task: Task) -> list[FollowUp]:
    return list(
        FollowUp.objects.filter(task=task)
        .select_related("step", "answered_by")
        .order_by("asks_at", "id")
    )


def proposals_for(
    task: Task, viewer: Viewer, *, pain_category: str = ""
) -> list[tuple[PlaybookVersion, Proposal]]:
    """Playbooks that may help, the best match first, but for those chosen in this round.

    pain_category: a guess at what is not said of the task yet. What was used before is counted
    from tasks that the viewer sees.
    """
    books = {
        book.key: book
        for book in Playbook.objects.filter(retired_at=None, current__isnull=False)
        .exclude(
            pk__in=Adoption.objects.filter(
                task=task, episode=task.episode, playbook__isnull=False
            ).values("playbook__playbook")
        )
        .select_related("current__playbook")
    }
    records = _used_here(task, viewer)
    candidates = [
        Candidate(
            key=key,
            when=book.current.when if book.current else {},
            used=records[key].used if key in records else 0,
            effective=records[key].verdicts["effective"] if key in records else 0,
        )
        for key, book in books.items()
    ]
    facts = {
        "touchpoint": task.touchpoint.key if task.touchpoint else "",
        "metric": task.metric.key if task.metric else "",
        "pain_category": task.pain_category or pain_category,
    }
    version = task.rule_version
    rules = version.playbook.key if version is not None and version.playbook else ""
    found = propose(candidates, facts, rules=rules)
    versions = {key: book.current for key, book in books.items()}
    return [(now, each) for each in found if (now := versions[each.key]) is not None]


def _used_here(task: Task, viewer: Viewer) -> Mapping[str, PlaybookRecord]:
    if task.touchpoint_id is None:
        return {}
    here = Q(touchpoint=task.touchpoint_id, metric=task.metric_id)
    return {each.key: each for each in records_of_playbooks(viewer, here)}


def records_of_playbooks(viewer: Viewer, where: Q | None = None) -> list[PlaybookRecord]:
    """What became of each playbook that was chosen or used, by key: counts, no statistics.

    where: a condition on `Countermeasure` (touchpoint, metric, pain_category, root_cause, kind,
    at); with one, only fixes are counted, since a choice knows no root cause. Counted over the
    tasks that the viewer sees, in two queries.
    """
    found: dict[str, PlaybookRecord] = {}
    for key, chosen in () if where else _choices(viewer):
        found.setdefault(key, PlaybookRecord(key)).chosen = chosen
    for row in _fixes(viewer, where or Q()):
        key, many = row["playbook__playbook__key"], row["many"]
        record = found.setdefault(key, PlaybookRecord(key))
        record.used += many
        record.versions.add(row["playbook__number"])
        if row["verification__state"] != Verification.State.DECIDED:
            record.waiting += many
        elif row["verification__reason"] in TAKEN_BACK:
            record.taken_back += many
        else:
            record.verdicts[row["verification__verdict"]] += many
    return [found[key] for key in sorted(found)]


def _choices(viewer: Viewer) -> Any:
    chosen = Adoption.objects.all().visible_to(viewer).exclude(playbook=None)
    return (
        chosen.values_list("playbook__playbook__key")
        .annotate(many=Count("pk"))
        .order_by("playbook__playbook__key")
    )


def _fixes(viewer: Viewer, where: Q) -> Any:
    """Fixes by playbook, version and verdict: two kinds of one fix are one use."""
    taken = Countermeasure.objects.all().visible_to(viewer).exclude(playbook=None).filter(where)
    by = (
        "playbook__playbook__key",
        "playbook__number",
        "verification__state",
        "verification__verdict",
        "verification__reason",
    )
    return taken.values(*by).annotate(many=Count("verification", distinct=True)).order_by(*by)
