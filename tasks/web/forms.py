"""One form a call of the state table. What a task must be is judged by the action, not here."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cx_loop.models import Department, in_language
from cx_loop.ui.fields import Moment, moment
from tasks.actions.verify import answers_to
from tasks.logic.lifecycle import DISMISS_RESOLUTIONS
from tasks.models import Task
from tasks.notices import PAIN_CATEGORIES, RESOLUTIONS, ROOT_CAUSES
from tasks.reads import fix_of, people_of, steps_of

MINUTE = timedelta(minutes=1)


class CallForm(forms.Form):
    """`task` and `now` are what a form may need to offer choices and first guesses."""

    def __init__(
        self, *args: Any, task: Task, now: datetime, zone: tzinfo = UTC, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.task, self.now = task, now
        for each in self.fields.values():
            if isinstance(each, Moment):
                each.zone = zone
        self.prepare()

    def prepare(self) -> None:
        """Fill choices and first guesses."""

    def offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        chosen = self.fields[name]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [("", "—"), *choices]


def _words(label: Any, help_text: Any = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class Accept(CallForm):
    start = forms.BooleanField(required=False, widget=forms.HiddenInput)


class Start(CallForm):
    pass


class Assign(CallForm):
    assignee = forms.ChoiceField(label=gettext_lazy("Who takes it"))

    def prepare(self) -> None:
        people = people_of(self.task.department)
        self.offer("assignee", [(row.user.email, str(row.user)) for row in people])


class Hold(CallForm):
    reason = _words(gettext_lazy("Reason"))
    until = moment(
        gettext_lazy("Until"),
        gettext_lazy("The clock to resolve stands still, for 30 days in all; then it asks again."),
    )


class HandOver(CallForm):
    department = forms.ChoiceField(
        label=gettext_lazy("To the department"),
        help_text=gettext_lazy("Your department stays answerable until the other accepts."),
    )
    reason = _words(gettext_lazy("Reason"))

    def prepare(self) -> None:
        others = Department.objects.in_force().exclude(pk=self.task.department_id)
        self.offer("department", [(each.key, in_language(each.name)) for each in others])


class Submit(CallForm):
    pain_category = forms.ChoiceField(label=gettext_lazy("Pain category: what the customer felt"))
    root_cause = forms.ChoiceField(label=gettext_lazy("Root cause: what failed"))
    countermeasure = _words(gettext_lazy("Countermeasure: what was changed"))
    note = _words(gettext_lazy("Evidence of work"), gettext_lazy("How others can see it."), 2)
    fixed_at = moment(
        gettext_lazy("In place since"),
        gettext_lazy("The effect is measured from here on."),
    )

    def prepare(self) -> None:
        self.offer("pain_category", list(PAIN_CATEGORIES.items()))
        self.offer("root_cause", list(ROOT_CAUSES.items()))
        self.fields["pain_category"].initial = self.task.pain_category
        self.fields["fixed_at"].initial = self.now
        done = [step for step in steps_of(self.task) if step.state == "done"]
        lasting = [in_language(step.text) for step in done if step.type == "correct"]
        self.fields["countermeasure"].initial = "\n".join(lasting)
        if fix_of(self.task).at is not None:
            # the list knows it better: the moment its last corrective step was done
            del self.fields["fixed_at"]

    def clean_fixed_at(self) -> datetime | None:
        """The field ends at the minute: a fix in the minute of the opening is not before it."""
        said: datetime | None = self.cleaned_data.get("fixed_at")
        opened = self.task.created_at
        if said is not None and said < opened < said + MINUTE:
            return opened
        return said


class Reason(CallForm):
    reason = _words(gettext_lazy("Reason"))


class Dismiss(CallForm):
    resolution = forms.ChoiceField(label=gettext_lazy("Why it needs no fix"))
    reason = _words(gettext_lazy("Reason"))

    def prepare(self) -> None:
        self.offer("resolution", [(key, RESOLUTIONS[key]) for key in DISMISS_RESOLUTIONS])


class CloseRecovered(CallForm):
    """One tap: it came back by itself before anybody began."""

    resolution = forms.CharField(widget=forms.HiddenInput)


class Decide(CallForm):
    outcome = forms.ChoiceField(label=gettext_lazy("Has the fix worked?"))
    reason = _words(gettext_lazy("Reason"))

    def prepare(self) -> None:
        asked = self.task.verifications.filter(state="person").first()
        answers: list[tuple[str, Any]] = [
            ("recovered_unproven", _("Yes: the metric is back")),
            ("inconclusive", _("It cannot be told: close it")),
            ("reopen", _("No: open it again")),
        ]
        if asked is not None and "effective" in answers_to(asked):
            answers.insert(0, ("effective", _("It has worked, and its price is accepted")))
        if asked is not None and asked.reason == "partial":
            answers.insert(1, ("partially_effective", _("In part, and that is accepted")))
        self.offer("outcome", answers)


FORMS: dict[str, type[CallForm]] = {
    "accept": Accept,
    "start": Start,
    "assign": Assign,
    "hold": Hold,
    "hand_over": HandOver,
    "submit": Submit,
    "withdraw": Reason,
    "send_back": Reason,
    "dismiss": Dismiss,
    "decide": Decide,
    "reopen": Reason,
}


class Comment(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Comment"),
        help_text=gettext_lazy("@ and a name tells that person, if they may see the task."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def form_for(call: str, data: Any, *, task: Task, now: datetime, zone: tzinfo) -> CallForm:
    """The form of a call. Ids carry its name: several forms stand on one page."""
    kind = FORMS[call]
    if call == "dismiss" and data is not None and data.get("resolution") == "self_recovered":
        kind = CloseRecovered
    return kind(data, task=task, now=now, zone=zone, auto_id=f"{call}_%s")


def add_problems(form: forms.Form, problems: list[tuple[str, str, str]]) -> None:
    """Put what the action refused beside the fields, in the reader's language."""
    for name, code, message in problems:
        where = name if name in form.fields else None
        form.add_error(where, say_problem(code, message))


def say_problem(code: str, message: str) -> str:
    known: dict[str, Callable[[], str]] = {
        "required": lambda: _("Please fill this in."),
        "unknown_choice": lambda: _("Choose one of the list."),
        "not_in_future": lambda: _("It must lie in the future."),
        "in_future": lambda: _("A fix cannot lie in the future."),
        "before_alert": lambda: _("A fix cannot be older than its alert."),
        "department_unknown": lambda: _("Choose another department."),
        "assignee_unknown": lambda: _("Nobody of that address works in this department."),
        "not_by_hand": lambda: _("That is for the data to say, not for a person."),
        "no_partial_effect": lambda: _("No partial effect has been shown."),
        "not_self_recovered": lambda: _("Somebody has begun, or the alert has not resolved."),
        "parent_unknown": lambda: _("There is no such task that you see."),
        "parent_is_itself": lambda: _("A task cannot be its own parent."),
        "tied_already": lambda: _("One of the two is tied to others already; untie it first."),
        "file_missing": lambda: _("Choose a file."),
        "file_empty": lambda: _("The file is empty."),
        "file_too_large": lambda: _("A file has at most 10 MB."),
        "file_type_unknown": lambda: _(
            "Pictures, PDF, text, CSV and Office files without macros are taken."
        ),
        "file_type_mismatch": lambda: _("The content of the file is not what its name says."),
        "file_unsafe": lambda: _("The file could do harm when it is opened."),
        "too_many_files": lambda: _("The task has as many files as it can; remove one first."),
        "not_a_link": lambda: _("Give an address such as https://…."),
        "not_a_span": lambda: _("Write working time such as 4h or 2d."),
        "already_chosen": lambda: _("It is chosen already: its steps are on the list."),
        "already_answered": lambda: _("Somebody has answered it already."),
        "came_back": lambda: _("The task is open again: there is nothing to keep."),
        "sister_unknown": lambda: _("Choose among the places that are offered."),
        "out_of_range": lambda: _("Give an amount in the company's own currency."),
        "standard_unknown": lambda: _("Choose one of the list."),
        "laxer": lambda: _("Only an admin makes a promise laxer."),
        "not_offered": lambda: _("Choose among the places that are offered."),
        "playbook_unknown": lambda: _("The playbook is not in force any more."),
        "too_many": lambda: _("The list is full."),
        "too_long": lambda: _("The text is too long."),
        "text_has_nul": lambda: _("The text has a character that cannot be stored."),
    }
    return known[code]() if code in known else message


def say_refusal(code: str) -> str:
    """Whose call it is."""
    return {
        "lead_must_approve": _("A critical task is dismissed by the lead of the department."),
        "lead_only": _("Only the lead of the department may do this."),
        "lead_must_decide": _("The lead of the department weighs this."),
        "second_person_only": _("Somebody who did not submit the fix must decide."),
        "stale": _("Somebody has changed it meanwhile; look at it again."),
        "not_found": _("It is not there, or not for you to see."),
        "assignee_or_lead_only": _("This is for whoever has the task, or the lead."),
        "not_your_department": _("Only the department that holds the task may do this."),
    }.get(code, _("You may not do this."))
