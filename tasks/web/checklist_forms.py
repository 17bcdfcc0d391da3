"""The forms of a task's checklist. What a step must be is judged by the action, not here."""

from datetime import tzinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cx_loop.models import User, in_language
from cx_loop.ui.fields import Moment, moment
from tasks.models import FollowUp, Step
from tasks.ui.checklist import ANSWERS, KINDS, TYPES


def _lines(label: Any, help_text: Any = "", *, required: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, help_text=help_text, required=required, widget=widget)


def _link() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Link to the evidence"),
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )


class ChecklistForm(forms.Form):
    """Moments are typed in the reader's zone. `said` is what an action gets."""

    def __init__(self, *args: Any, zone: tzinfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in self.fields.values():
            if isinstance(each, Moment):
                each.zone = zone

    def said(self) -> dict[str, Any]:
        """What was typed into the form; what was left as it stood is not said again."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


class StepForm(ChecklistForm):
    text = _lines(gettext_lazy("What is to be done"), required=True)
    type = forms.ChoiceField(
        label=gettext_lazy("Type"),
        choices=TYPES.items(),
        help_text=gettext_lazy("Containment stops the harm today; a correction ends its cause."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of countermeasure"),
        choices=[("", "—"), *KINDS.items()],
        required=False,
    )
    owner = forms.ChoiceField(label=gettext_lazy("Owner"), required=False)
    within = forms.CharField(
        label=gettext_lazy("Due within"),
        help_text=gettext_lazy("Working time such as 4h or 2d; empty: with the task."),
        max_length=12,
        required=False,
    )
    evidence = _lines(gettext_lazy("Evidence of work"))
    link = _link()

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ChoiceField)
        owner.choices = [("", "—"), *((each.email, str(each)) for each in people)]


class NewStep(StepForm):
    evidence = link = None  # type: ignore[assignment]

    def said(self) -> dict[str, Any]:
        return {name: said for name, said in self.cleaned_data.items() if said}


class Done(ChecklistForm):
    done_at = moment(gettext_lazy("Done at"), gettext_lazy("Empty: now."), required=False)
    evidence = _lines(gettext_lazy("Evidence of work"), gettext_lazy("How others can see it."))
    link = _link()
    follow_up_at = moment(
        gettext_lazy("Ask again whether it has stuck"),
        gettext_lazy("Empty: in 30 days."),
        required=False,
    )

    def __init__(self, *args: Any, training: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not training:
            del self.fields["follow_up_at"]


class NotNeeded(ChecklistForm):
    reason = _lines(gettext_lazy("Reason"), required=True)


class NewIdea(ChecklistForm):
    text = _lines(gettext_lazy("Idea"), gettext_lazy("A line each step."), required=True)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of countermeasure"),
        choices=[("", "—"), *KINDS.items()],
        required=False,
    )


class Answer(ChecklistForm):
    answer = forms.ChoiceField(
        label=gettext_lazy("Has it stuck?"), choices=[("", "—"), *ANSWERS.items()]
    )
    note = _lines(gettext_lazy("Note"), gettext_lazy("Needed unless it has stuck."))


def edit_form(step: Step, data: Any, zone: tzinfo, people: list[User]) -> StepForm:
    standing = {
        "text": in_language(step.text),
        "type": step.type,
        "kind": step.kind,
        "owner": step.owner.email if step.owner else "",
        "evidence": step.evidence,
        "link": step.link,
    }
    # an owner who left the department stays one until somebody chooses another
    known = {each.pk: each for each in [*people, *([step.owner] if step.owner else [])]}
    return StepForm(
        data,
        initial=standing,
        zone=zone,
        people=list(known.values()),
        auto_id=f"edit-{step.pk}_%s",
    )


def done_form(step: Step, data: Any, zone: tzinfo) -> Done:
    standing = {"evidence": step.evidence, "link": step.link}
    return Done(
        data,
        initial=standing,
        training=step.kind == "training",
        zone=zone,
        auto_id=f"done-{step.pk}_%s",
    )


def answer_form(asked: FollowUp, data: Any, zone: tzinfo) -> Answer:
    return Answer(data, zone=zone, auto_id=f"answer-{asked.pk}_%s")
