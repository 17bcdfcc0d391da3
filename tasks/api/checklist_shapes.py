"""The checklist of a task as the API tells it."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alerts.logic.playbooks import PLAYBOOK_KINDS, STEP_TYPES
from cx_loop.models import Viewer, in_language
from tasks import reads
from tasks.logic.checklist import ANSWERS, STATES
from tasks.models import Adoption, FollowUp, Idea, Step
from tasks.ui.checklist import say_reason

REASONS = ("rule", "touchpoint", "metric", "pain_category", "used", "general")


class StepShape(serializers.Serializer[Step]):
    """`due_at` null: due with the task. `playbook`: where it comes from; null: by hand."""

    id = serializers.IntegerField()
    episode = serializers.IntegerField()
    text = serializers.SerializerMethodField(help_text="in the reader's language")
    type = serializers.ChoiceField(choices=STEP_TYPES)
    kind = serializers.ChoiceField(choices=PLAYBOOK_KINDS, allow_blank=True)
    state = serializers.ChoiceField(choices=STATES)
    owner = serializers.EmailField(source="owner.email", allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    overdue = serializers.SerializerMethodField()
    evidence = serializers.CharField()
    link = serializers.CharField()
    done_at = serializers.DateTimeField(allow_null=True)
    done_by = serializers.EmailField(source="done_by.email", allow_null=True)
    reason = serializers.CharField(help_text="why it is not needed")
    playbook = serializers.SerializerMethodField()
    version = serializers.IntegerField()

    def get_text(self, step: Step) -> str:
        return in_language(step.text)

    def get_overdue(self, step: Step) -> bool:
        now: datetime = self.context["now"]
        return step.state == Step.State.OPEN and step.due_at is not None and step.due_at < now

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_playbook(self, step: Step) -> str | None:
        version = step.adoption.playbook if step.adoption else None
        return version.playbook.key if version else None


class IdeaShape(serializers.Serializer[Idea]):
    id = serializers.IntegerField()
    episode = serializers.IntegerField()
    text = serializers.CharField()
    kind = serializers.ChoiceField(choices=PLAYBOOK_KINDS, allow_blank=True)
    state = serializers.ChoiceField(choices=Idea.State.choices)
    by = serializers.EmailField(source="by.email")
    at = serializers.DateTimeField()
    votes = serializers.IntegerField(source="wanted")
    voted = serializers.BooleanField(source="is_mine", help_text="by who asks")


class AdoptionShape(serializers.Serializer[Adoption]):
    """A playbook in a version, or an idea, that was chosen for a round."""

    episode = serializers.IntegerField()
    playbook = serializers.CharField(source="playbook.playbook.key", allow_null=True)
    version = serializers.IntegerField(source="playbook.number", allow_null=True)
    idea = serializers.IntegerField(source="idea_id", allow_null=True)
    by = serializers.EmailField(source="by.email")
    at = serializers.DateTimeField()


class FollowUpShape(serializers.Serializer[FollowUp]):
    """Has a training stuck? `asked`: how often the question was put."""

    id = serializers.IntegerField()
    step = serializers.IntegerField(source="step_id")
    asks_at = serializers.DateTimeField()
    asked = serializers.IntegerField()
    next_due_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.ChoiceField(choices=ANSWERS, allow_blank=True)
    note = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)
    answered_by = serializers.EmailField(source="answered_by.email", allow_null=True)


class ReasonShape(serializers.Serializer[Any]):
    code = serializers.ChoiceField(choices=REASONS)
    said = serializers.SerializerMethodField(help_text="in the reader's language")
    used = serializers.IntegerField(help_text="fixes of this metric here it was behind")
    effective = serializers.IntegerField()

    def get_said(self, reason: Any) -> str:
        return say_reason(reason.code, reason.used, reason.effective)


class ProposedStepShape(serializers.Serializer[Any]):
    text = serializers.SerializerMethodField()
    type = serializers.SerializerMethodField()

    def get_text(self, step: dict[str, Any]) -> str:
        return in_language(step["text"])

    @extend_schema_field(serializers.ChoiceField(choices=STEP_TYPES))
    def get_type(self, step: dict[str, Any]) -> str:
        return step.get("type") or "correct"


class ProposedPlaybookShape(serializers.Serializer[Any]):
    playbook = serializers.CharField(source="playbook.key")
    version = serializers.IntegerField(source="number")
    name = serializers.SerializerMethodField(help_text="in the reader's language")
    kind = serializers.ChoiceField(choices=PLAYBOOK_KINDS, allow_blank=True)
    steps = ProposedStepShape(many=True)
    reasons = ReasonShape(many=True)

    def get_name(self, version: Any) -> str:
        return in_language(version.name) or version.playbook.key


class ChecklistShape(serializers.Serializer[Any]):
    """`fixed_at`: when the last corrective step of the round was done; what a submission says then.

    `still_open`: corrective steps (ids) that hold up a submission. `proposals`: best match first.
    """

    steps = StepShape(many=True)
    chosen = AdoptionShape(many=True)
    ideas = IdeaShape(many=True)
    follow_ups = FollowUpShape(many=True)
    proposals = ProposedPlaybookShape(many=True)
    fixed_at = serializers.DateTimeField(allow_null=True)
    still_open = serializers.ListField(child=serializers.IntegerField())


def checklist_of(
    number: int, viewer: Viewer, now: datetime, *, pain_category: str = ""
) -> dict[str, Any] | None:
    """The checklist of a task, or None when the viewer may not see it."""
    task = reads.visible_task(viewer, number)
    if task is None:
        return None
    fix, proposals = reads.fix_of(task), []
    for version, proposal in reads.proposals_for(task, viewer, pain_category=pain_category):
        version.reasons = proposal.reasons  # type: ignore[attr-defined]
        proposals.append(version)
    told = {
        "steps": reads.steps_of(task),
        "chosen": reads.adoptions_of(task),
        "ideas": reads.ideas_of(task, viewer),
        "follow_ups": reads.follow_ups_of(task),
        "proposals": proposals,
        "fixed_at": fix.at,
        "still_open": [step.pk for step in fix.open],
    }
    return dict(ChecklistShape(told, context={"now": now}).data)
