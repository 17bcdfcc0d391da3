"""The file with which a survey tool tells customers: taken, and what the tool did handed in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cx_loop import clock
from cx_loop.logic.answers.response import Misshapen
from cx_loop.models import Actor, User, zone_of
from cx_loop.notices import say_reason
from cx_loop.ui.sheets import CSV, Sheet, as_file
from tasks.actions.errors import Forbidden, NotFound
from tasks.actions.tell_file import TITLES, file_for
from tasks.actions.tell_outcomes import (
    MOST_LINES,
    Taken,
    TooManyLines,
    rows_of_file,
    take_outcomes,
)
from tasks.logic.outcomes import NoTable
from tasks.models import Task
from tasks.web.forms import say_refusal
from tasks.web.telling import page_of, seen
from tasks.web.telling_forms import OutcomeForm
from tasks.web.telling_words import say_line

SHOWN = 50  # refused lines


@login_required
@require_POST
def file(request: HttpRequest, number: int) -> HttpResponseBase:
    """Whom the survey tool is to write to, as CSV; whoever opted out since is not in it."""
    found, user = seen(request, number)
    try:
        rows = file_for(number=number, by=Actor(user), now=clock.now())
    except Forbidden as refusal:
        messages.error(request, say_refusal(refusal.code))
        return page_of(request, found, user, status=403)
    sheet = Sheet(f"task-{number}-customers", TITLES, iter([rows]), zone_of(user))
    return as_file(sheet, CSV)


@login_required
@require_POST
def outcomes(request: HttpRequest, number: int) -> HttpResponse:
    """What the tool says became of each; lines that are wrong are shown, the others are kept."""
    found, user = seen(request, number)
    form = OutcomeForm(request.POST, request.FILES)
    if getattr(request, "upload_too_large", False):
        form.add_error("file", _("It is larger than 10 MB. Hand it in as several files."))
    taken = _taken(form, found, user) if form.is_valid() else None
    if taken is None:
        return page_of(request, found, user, status=422, more={"outcome_form": form})
    if taken.landed:
        messages.success(request, _("Kept: %(count)s.") % {"count": taken.landed})
    elif not taken.refused:
        messages.success(request, _("It says nothing new."))
    if not taken.refused:
        return redirect("tasks:told", number=number)
    return page_of(request, found, user, status=422, more=_refusals(taken))


def _taken(form: OutcomeForm, task: Task, user: User) -> Taken | None:
    """None: the form says why not."""
    try:
        rows = rows_of_file(form.cleaned_data["file"].read())
        return take_outcomes(number=task.number, rows=rows, by=Actor(user), now=clock.now())
    except NotFound:
        raise Http404 from None
    except Forbidden as refusal:
        form.add_error("file", say_refusal(refusal.code))
    except TooManyLines:
        said = _("At most %(count)s lines at once.") % {"count": MOST_LINES}
        form.add_error("file", said)
    except NoTable as refusal:
        said = _("Its first line lacks the column %(name)s.") % {"name": str(refusal)}
        form.add_error("file", said)
    except Misshapen as refusal:
        form.add_error("file", say_reason(refusal.code))
    return None


def _refusals(taken: Taken) -> dict[str, object]:
    said = [(each.line, say_line(each.code), each.field) for each in taken.refused[:SHOWN]]
    return {"refusals": said}
