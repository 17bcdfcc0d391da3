"""A task opened by hand, from the page of a touchpoint."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from alerts.models import Severity
from cx_loop import clock
from cx_loop.models import (
    Actor,
    Department,
    Feedback,
    MomentCard,
    Organization,
    Touchpoint,
    User,
    in_language,
)
from cx_loop.ui.words import say_day
from tasks.actions.access import may_open
from tasks.actions.errors import Forbidden, Invalid
from tasks.actions.opening import open_by_hand
from tasks.notices import PAIN_CATEGORIES
from tasks.reads import open_tasks_at
from tasks.reads.sharing import card_at, comment_at
from tasks.web.forms import say_problem, say_refusal
from tasks.web.words import related_rows


class NewTask(forms.Form):
    title = forms.CharField(label=gettext_lazy("What is to be improved"), max_length=200)
    severity = forms.ChoiceField(label=gettext_lazy("Severity"))
    pain_category = forms.ChoiceField(
        label=gettext_lazy("Pain category: what the customer felt"), required=False
    )
    department = forms.ChoiceField(
        label=gettext_lazy("Department"),
        required=False,
        help_text=gettext_lazy("Left open, the routes say who gets it, else the owner."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Department.objects.in_force()
        named = [(each.key, in_language(each.name) or each.key) for each in others]
        self._offer("severity", [("2", _("Warning")), ("1", _("Critical"))])
        self._offer("pain_category", [("", "—"), *PAIN_CATEGORIES.items()])
        self._offer("department", [("", "—"), *named])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        chosen = self.fields[name]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = choices


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_task(request: HttpRequest, key: str) -> HttpResponse:
    """The form, and what was typed again when something is wrong with it."""
    assert isinstance(request.user, User)
    place, user = _place(request.user, key), request.user
    try:
        may_open(Actor(user), place)
    except Forbidden as refusal:
        messages.error(request, say_refusal(refusal.code))
        return _page(request, place, None, 403)
    comment, card = _comment(request, place, user), _card(request, place, user)
    source: dict[str, Any] = {"comment": comment, "card": card}
    if request.method != "POST":
        first = {"title": request.GET.get("title", "") or _title_of(comment, card)}
        return _page(request, place, NewTask(initial=first), **source)
    form = NewTask(request.POST)
    if not form.is_valid():
        return _page(request, place, form, 422, **source)
    segment = card.segment if card else comment.segment if comment else ""
    said = _said(form) | source | {"segment": segment}
    try:
        task = open_by_hand(touchpoint=place, by=Actor(user), now=clock.now(), **said)
    except Invalid as refusal:
        for _field, code, message in refusal.problems:
            form.add_error("title", say_problem(code, message))
        return _page(request, place, form, 422, **source)
    messages.success(request, _("#%(number)s is open.") % {"number": task.number})
    if not type(task).objects.all().visible_to(user).filter(pk=task.pk).exists():
        # it went to another department: its page is not there for who opened it
        return redirect(reverse("tasks:queue"))
    return redirect("tasks:task", number=task.number)


def _said(form: NewTask) -> dict[str, Any]:
    said = form.cleaned_data
    return {
        "text": said["title"],
        "severity": Severity(int(said["severity"])),
        "pain_category": said["pain_category"],
        "department": Department.objects.filter(key=said["department"]).first(),
    }


def _place(user: User, key: str) -> Touchpoint:
    seen = Touchpoint.objects.in_force().visible_to(user)
    found = seen.select_related("owner__calendar", "stage__journey").filter(key=key).first()
    if found is None:
        raise Http404
    return found


def _comment(request: HttpRequest, place: Touchpoint, user: User) -> Feedback | None:
    """What a customer wrote, when the form was opened from it; another place's is not there."""
    raw = (request.POST if request.method == "POST" else request.GET).get("comment", "")
    if not raw:
        return None
    try:
        found = comment_at(place, UUID(raw), user)
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


def _card(request: HttpRequest, place: Touchpoint, user: User) -> MomentCard | None:
    """The lived moment the form was opened from; another place's is not there."""
    raw = (request.POST if request.method == "POST" else request.GET).get("card", "")
    if not raw:
        return None
    is_number = raw.isascii() and raw.isdigit() and len(raw) <= 18
    found = card_at(place, int(raw), user) if is_number else None
    if found is None:
        raise Http404
    return found


def _title_of(comment: Feedback | None, card: MomentCard | None) -> str:
    """Never the customer's own words: a title stands in mails, and outlives an erasure."""
    if card is not None:
        return card.felt[:200]
    if comment is None:
        return ""
    day = say_day(comment.occurred_at.astimezone(Organization.current_zone()).date())
    return _("What a customer wrote on %(day)s") % {"day": day}


def _page(
    request: HttpRequest,
    place: Touchpoint,
    form: NewTask | None,
    status: int = 200,
    comment: Feedback | None = None,
    card: MomentCard | None = None,
) -> HttpResponse:
    assert isinstance(request.user, User)
    page = {
        "touchpoint": place,
        "form": form,
        "comment": comment,
        "card": card,
        "now": clock.now(),
        "related": related_rows(open_tasks_at(place, request.user)),
    }
    return render(request, "tasks/new.html", page, status=status)
