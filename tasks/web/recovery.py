"""The customers who complained and are to be contacted: by department, and behind a task."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from cx_loop import clock
from cx_loop.models import Actor, User
from cx_loop.ui.voice import Said, said_of
from cx_loop.ui.words import say_value, unit_of
from tasks.actions import recovery as actions
from tasks.actions.errors import Forbidden, Invalid, NotFound
from tasks.models import Recovery, Task
from tasks.notices import segment_names
from tasks.reads.recovery import PAGE, behind, comments_of, list_for, references_of

OUTCOMES = {
    "content": gettext_lazy("settled, content"),
    "unhappy": gettext_lazy("spoken to, still unhappy"),
    "unreachable": gettext_lazy("not to be reached"),
    "declined": gettext_lazy("does not want to be contacted"),
    "no_need": gettext_lazy("no need to contact"),
}


class SettleForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("What became of it"), choices=[("", "—"), *OUTCOMES.items()]
    )
    offered = forms.CharField(
        label=gettext_lazy("What was offered"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=actions.LONGEST,
        required=False,
        help_text=gettext_lazy("No personal data: who it is about is known by the row."),
    )


@dataclass(frozen=True, slots=True)
class RecoveryRow:
    """`who`: the first characters of the keyed hash, enough to tell two customers apart;
    `reference`: as they were sent, of who agreed to be contacted."""

    row: Recovery
    who: str
    reference: str
    value: str
    segment: str
    said: Said | None
    is_late: bool
    outcome: str
    form: SettleForm | None


@login_required
@require_safe
def recoveries(request: HttpRequest) -> HttpResponse:
    """Whom the reader's departments are to contact, in turn."""
    return _page(request)


@login_required
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, User)
    form = SettleForm(request.POST, auto_id=f"r{pk}_%s")
    if not Recovery.objects.all().visible_to(request.user).filter(pk=pk).exists():
        raise Http404
    if form.is_valid():
        try:
            actions.settle(
                recovery=pk, **form.cleaned_data, by=Actor(request.user), now=clock.now()
            )
        except NotFound:
            raise Http404 from None
        except Forbidden:
            raise PermissionDenied from None
        except Invalid as refusal:
            for field, code, _message in refusal.problems:
                form.add_error(field, _say(code))
    if form.errors:
        return _page(request, wrong=(pk, form))
    messages.success(request, _("It is on record."))
    return redirect("tasks:recoveries")


def recovery_rows(task: Task, user: User, now: datetime) -> list[RecoveryRow]:
    """The customers behind a task, for its page."""
    return _rows(behind(task, user), now)


def _page(request: HttpRequest, wrong: tuple[int, SettleForm] | None = None) -> HttpResponse:
    assert isinstance(request.user, User)
    now, over = clock.now(), request.GET.get("tab") == "over"
    found = list_for(request.user, over=over)
    page: dict[str, Any] = {
        "now": now,
        "tab": "over" if over else "open",
        "tabs": [("open", _("To contact")), ("over", _("Contacted"))],
        "rows": _rows(found[:PAGE], now, wrong, forms_too=not over),
        "more": len(found) > PAGE,
    }
    return render(request, "tasks/recovery.html", page, status=422 if wrong else 200)


def _rows(
    rows: list[Recovery],
    now: datetime,
    wrong: tuple[int, SettleForm] | None = None,
    *,
    forms_too: bool = False,
) -> list[RecoveryRow]:
    comments, names = comments_of(rows), segment_names() if rows else {}
    references, made = references_of(rows), []
    for row in rows:
        comment = comments.get(row.digest)
        bound = wrong[1] if wrong and wrong[0] == row.pk else None
        unit = unit_of(row.metric.kind, row.metric.unit, "mean")
        made.append(
            RecoveryRow(
                row=row,
                who=row.customer.hex[:6] if row.customer else "",
                reference=references.get(row.digest, ""),
                value=say_value(row.value, unit),
                segment=names.get(row.segment, row.segment),
                said=said_of(comment, names) if comment else None,
                is_late=not row.outcome and row.due_at < now,
                outcome=str(OUTCOMES.get(row.outcome, "")),
                form=(bound or SettleForm(auto_id=f"r{row.pk}_%s")) if forms_too else None,
            )
        )
    return made


def _say(code: str) -> str:
    return {
        "required": _("Say what was offered."),
        "over": _("This customer was contacted already."),
        "too_long": _("This is too long."),
    }.get(code, _("Choose one of the list."))
