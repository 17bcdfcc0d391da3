"""What the checklist of a task shows: put together for the page and for its htmx part alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from alerts.logic.playbooks import PAIN_CATEGORIES as KNOWN_PAINS
from cx_loop.models import User, in_language, zone_of
from tasks import reads
from tasks.actions.rights import Rights, rights_of
from tasks.logic.lifecycle import WORKABLE
from tasks.models import FollowUp, Idea, Step, Task
from tasks.notices import PAIN_CATEGORIES
from tasks.ui.checklist import ANSWERS, KINDS, TYPES, say_reason
from tasks.web import checklist_forms as forms

SHOWN = 3  # proposals; the others are one tap away


@dataclass(slots=True)
class StepRow:
    step: Step
    text: str
    type: str
    kind: str
    is_late: bool
    is_first: bool
    is_last: bool
    may_change: bool
    edit: forms.StepForm | None = None  # where the step is open
    done: forms.Done | None = None
    not_needed: forms.NotNeeded | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    key: str
    name: str
    kind: str
    reasons: list[str]
    steps: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class IdeaRow:
    idea: Idea
    kind: str
    votes: int
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Question:
    asked: FollowUp
    text: str
    answer: str
    form: forms.Answer | None


@dataclass(slots=True)
class Tried:
    """What was sent and refused: the form comes back with the input and what is wrong with it."""

    do: str = ""
    thing: int = 0
    form: Any = None
    notice: str = ""


@dataclass(slots=True)
class Checklist:
    rights: Rights
    is_open: bool
    rows: list[StepRow]
    done: int
    in_all: int
    proposals: list[Proposed]
    more_proposals: list[Proposed]
    ideas: list[IdeaRow]
    questions: list[Question]
    new_step: forms.NewStep
    new_idea: forms.NewIdea
    types: list[tuple[str, str]]
    pains: list[tuple[str, str]] = field(default_factory=list)
    pain: str = ""
    opened: str = ""  # which of the forms to add something is open
    notice: str = ""


def checklist_page(
    task: Task,
    user: User,
    now: datetime,
    *,
    asked: Mapping[str, str] | None = None,
    tried: Tried | None = None,
) -> Checklist:
    """`asked`: `step` is the id of a step whose forms are open, `pain` a guessed pain category."""
    asked, tried, zone = asked or {}, tried or Tried(), zone_of(user)
    rights, is_open = rights_of(task, user, now), task.state in WORKABLE
    steps = reads.steps_of(task)
    people = [row.user for row in reads.people_of(task.department)] if rights.works else []
    pain = asked.get("pain", "") if asked.get("pain") in KNOWN_PAINS else ""
    found = reads.proposals_for(task, user, pain_category=pain) if is_open else []
    proposals = [_proposed(version, proposal) for version, proposal in found]
    new_step = tried.form if tried.do == "add" else None
    new_idea = tried.form if tried.do == "idea" else None
    return Checklist(
        rights=rights,
        is_open=is_open,
        rows=_rows(task, steps, rights, now, zone, people, asked, tried),
        done=sum(step.state == Step.State.DONE for step in steps),
        in_all=sum(step.state != Step.State.NOT_NEEDED for step in steps),
        proposals=proposals[:SHOWN],
        more_proposals=proposals[SHOWN:],
        ideas=[
            IdeaRow(idea, str(KINDS.get(idea.kind, "")), idea.wanted, idea.is_mine)  # type: ignore[attr-defined]
            for idea in reads.ideas_of(task, user)
        ],
        questions=[_question(each, rights, zone, tried) for each in reads.follow_ups_of(task)],
        new_step=new_step or forms.NewStep(zone=zone, people=people, auto_id="new-step_%s"),
        new_idea=new_idea or forms.NewIdea(zone=zone, auto_id="new-idea_%s"),
        types=[(name, str(said)) for name, said in TYPES.items()],
        pains=[] if task.pain_category else [(k, str(v)) for k, v in PAIN_CATEGORIES.items()],
        pain=pain,
        opened=tried.do,
        notice=tried.notice,
    )


def _rows(
    task: Task,
    steps: list[Step],
    rights: Rights,
    now: datetime,
    zone: ZoneInfo,
    people: list[User],
    asked: Mapping[str, str],
    tried: Tried,
) -> list[StepRow]:
    rows = []
    for place, step in enumerate(steps):
        may_change = rights.works and (
            task.state in WORKABLE or (task.state == "verifying" and step.type == "contain")
        )
        due = step.due_at
        row = StepRow(
            step=step,
            text=in_language(step.text),
            type=str(TYPES[step.type]),
            kind=str(KINDS.get(step.kind, "")),
            is_late=step.state == Step.State.OPEN and due is not None and due < now,
            is_first=place == 0,
            is_last=place == len(steps) - 1,
            may_change=may_change,
        )
        if may_change and str(step.pk) in (asked.get("step"), str(tried.thing)):
            _open(row, zone, people, tried if tried.thing == step.pk else Tried())
        rows.append(row)
    return rows


def _open(row: StepRow, zone: ZoneInfo, people: list[User], tried: Tried) -> None:
    step = row.step
    row.edit = tried.form if tried.do == "edit" else forms.edit_form(step, None, zone, people)
    if step.state != Step.State.OPEN:
        return
    row.done = tried.form if tried.do == "tick" else forms.done_form(step, None, zone)
    is_refused = tried.do == "not_needed"
    row.not_needed = (
        tried.form if is_refused else forms.NotNeeded(zone=zone, auto_id=f"not-{step.pk}_%s")
    )


def _proposed(version: Any, proposal: Any) -> Proposed:
    return Proposed(
        key=proposal.key,
        name=in_language(version.name) or proposal.key,
        kind=str(KINDS.get(version.kind, "")),
        reasons=[say_reason(each.code, each.used, each.effective) for each in proposal.reasons],
        steps=[
            (str(TYPES[step.get("type") or "correct"]), in_language(step["text"]))
            for step in version.steps
        ],
    )


def _question(asked: FollowUp, rights: Rights, zone: ZoneInfo, tried: Tried) -> Question:
    form = None
    if rights.works and not asked.answer:
        is_refused = tried.do == "answer" and tried.thing == asked.pk
        form = tried.form if is_refused else forms.answer_form(asked, None, zone)
    answer = str(ANSWERS.get(asked.answer, ""))
    return Question(asked, in_language(asked.step.text), answer, form)
