"""The form in which a proven fix is made permanent, or why not; and what the fix is worth."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from cx_loop import clock
from cx_loop.models import Actor, ServiceStandard, User, in_language
from cx_loop.ui.dimensions import value_names
from cx_loop.ui.words import say_number
from tasks import reads
from tasks.actions.errors import Forbidden, Invalid
from tasks.actions.kept_edits import playbooks_to_change, standards_to_change
from tasks.actions.permanence import answer_permanence
from tasks.actions.worth import set_worth
from tasks.logic.permanence import LONGEST
from tasks.models import Permanence, Task
from tasks.notices import title_of
from tasks.reads.permanence import offers_of, permanence_of, sisters_of
from tasks.web.forms import add_problems, say_refusal

ANSWERS = {
    "made": gettext_lazy("It is made permanent"),
    "not_needed": gettext_lazy("Nothing has to change"),
}


def _lines(label: Any, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(
        label=label, help_text=help_text, required=False, widget=widget, max_length=LONGEST
    )


@dataclass(frozen=True, slots=True)
class Offers:
    """What may be chosen, each as (value, name)."""

    sisters: list[tuple[str, str]]
    standards: list[tuple[str, str]]
    playbooks: list[tuple[str, str]]


class Keep(forms.Form):
    """What an answer must say is judged by the action, not here."""

    answer = forms.ChoiceField(
        label=gettext_lazy("What stays?"), choices=ANSWERS.items(), initial="made"
    )
    standard = _lines(
        gettext_lazy("Service standard"),
        gettext_lazy("What it says from now on; empty: as it was."),
    )
    playbook = _lines(gettext_lazy("Playbook"), gettext_lazy("Which steps it has gained."))
    standard_key = forms.ChoiceField(label=gettext_lazy("Change the target of"), required=False)
    target = forms.FloatField(
        label=gettext_lazy("New target"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6}),
        help_text=gettext_lazy("In the unit of the old one; it is changed at once."),
    )
    playbook_key = forms.ChoiceField(label=gettext_lazy("Add steps to"), required=False)
    steps = forms.CharField(
        label=gettext_lazy("New steps"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One a line; the playbook has them from now on."),
    )
    blueprint = _lines(
        gettext_lazy("Service blueprint"), gettext_lazy("What front, back or support do now.")
    )
    sisters = forms.MultipleChoiceField(
        label=gettext_lazy("Try it elsewhere too"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("A task is opened at each place you tick; nothing happens without."),
    )
    reason = _lines(gettext_lazy("Reason"), gettext_lazy("Needed where nothing has to change."))

    def __init__(self, *args: Any, offers: Offers, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("sisters", offers.sisters)
        none = [("", _("nothing")), *offers.standards][: None if offers.standards else 0]
        self._choose("standard_key", none, "target")
        none = [("", _("none")), *offers.playbooks][: None if offers.playbooks else 0]
        self._choose("playbook_key", none, "steps")

    def _choose(self, name: str, choices: list[tuple[str, str]], *with_it: str) -> None:
        """What nobody may choose is not asked."""
        chosen = self.fields[name]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = choices
        for each in (name, *with_it) if not choices else ():
            del self.fields[each]

    def said(self) -> dict[str, Any]:
        places = [tuple(each.split("|", 1)) for each in self.cleaned_data.get("sisters", [])]
        lines = (self.cleaned_data.get("steps") or "").splitlines()
        steps = [line for line in lines if line.strip()]
        # the playbook of the task stands there first; without steps nothing is asked of it
        playbook = self.cleaned_data.get("playbook_key") if steps else ""
        return self.cleaned_data | {"sisters": places, "steps": steps, "playbook_key": playbook}


class Worth(forms.Form):
    cost = forms.DecimalField(
        label=gettext_lazy("Cost of the measure"), required=False, max_digits=14, decimal_places=2
    )
    benefit = forms.DecimalField(
        label=gettext_lazy("Benefit a year"),
        required=False,
        max_digits=14,
        decimal_places=2,
        help_text=gettext_lazy("Both in the company's own currency; empty: not known."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def permanent(request: HttpRequest, number: int) -> HttpResponse:
    """The question, or how it was answered."""
    task, user, asked = _asked(request, number)
    if request.method != "POST":
        return _page(request, task, asked)
    form = Keep(request.POST, offers=_offers(task, user))
    if not form.is_valid():
        return _page(request, task, asked, 422, form=form)
    try:
        answer_permanence(number=number, by=Actor(user), now=clock.now(), fields=form.said())
    except Invalid as refusal:
        add_problems(form, refusal.problems)
        return _page(request, task, asked, 422, form=form)
    except Forbidden as refusal:
        messages.error(request, say_refusal(refusal.code))
        return _page(request, task, asked, 403)
    messages.success(request, _("It is kept what stays of #%(number)s.") % {"number": number})
    return redirect("tasks:task", number=number)


@login_required
@require_POST
def worth(request: HttpRequest, number: int) -> HttpResponse:
    task, user, asked = _asked(request, number)
    form = Worth(request.POST)
    if not form.is_valid():
        return _page(request, task, asked, 422, worth=form)
    try:
        set_worth(number=number, by=Actor(user), now=clock.now(), fields=form.cleaned_data)
    except Invalid as refusal:
        add_problems(form, refusal.problems)
        return _page(request, task, asked, 422, worth=form)
    except Forbidden as refusal:
        messages.error(request, say_refusal(refusal.code))
        return _page(request, task, asked, 403)
    messages.success(request, _("Cost and benefit are noted."))
    return redirect("tasks:permanent", number=number)


def _asked(request: HttpRequest, number: int) -> tuple[Task, User, Permanence]:
    """A task that the reader sees and whose fix was proven; else nothing is there."""
    user = request.user
    assert isinstance(user, User)
    task = reads.visible_task(user, number) if number < 2**63 else None
    asked = permanence_of(task) if task is not None else None
    if task is None or asked is None:
        raise Http404
    return task, user, asked


def _offers(task: Task, user: User) -> Offers:
    by, names = Actor(user), value_names()
    return Offers(
        sisters=[
            (
                "|".join(each.place),
                each.name + (f" · {names.of('location', each.location)}" if each.location else ""),
            )
            for each in sisters_of(task, user)
        ],
        standards=[(each.key, _say_standard(each)) for each in standards_to_change(task, by)],
        playbooks=[
            (each.key, in_language(each.current.name if each.current else {}) or each.key)
            for each in playbooks_to_change(by)
        ],
    )


def _say_standard(standard: ServiceStandard) -> str:
    words = {
        "standard": in_language(standard.text) or standard.key,
        "target": say_number(standard.target),
    }
    return _("%(standard)s (now %(target)s)") % words


def _first_choices(task: Task) -> dict[str, Any]:
    return {"playbook_key": task.playbook.playbook.key} if task.playbook else {}


def _page(
    request: HttpRequest,
    task: Task,
    asked: Permanence,
    status: int = 200,
    *,
    form: Keep | None = None,
    worth: Worth | None = None,
) -> HttpResponse:
    assert isinstance(request.user, User)
    found = asked.verification
    page = {
        "task": task,
        "title": title_of(task),
        "asked": asked,
        "answer": ANSWERS.get(
            asked.answer, _("The task came back first: there is nothing to keep.")
        ),
        "kept": [
            (name, text)
            for name, text in (
                (_("Service standard"), asked.standard),
                (_("Playbook"), asked.playbook),
                (_("Service blueprint"), asked.blueprint),
                (_("Reason"), asked.reason),
            )
            if text
        ],
        "offers": offers_of(asked),
        "form": None
        if asked.answer
        else form or Keep(offers=_offers(task, request.user), initial=_first_choices(task)),
        "worth": worth or Worth(initial={"cost": found.cost, "benefit": found.benefit}),
        "now": clock.now(),
    }
    return render(request, "tasks/permanent.html", page, status=status)
