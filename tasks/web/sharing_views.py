"""What people do on the page of a task besides its calls: watch it, share files, tie it, and
choose what its fix is judged on."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cx_loop import clock
from cx_loop.models import Actor, User
from cx_loop.ui.downloads import as_download
from tasks.actions import attachments, parents, watching
from tasks.actions.errors import Forbidden, Invalid, NotFound, Stale
from tasks.actions.judge_elsewhere import judge_elsewhere
from tasks.logic.lifecycle import NotAllowed
from tasks.models import Attachment, Task
from tasks.reads import visible_task
from tasks.web.forms import say_problem, say_refusal
from tasks.web.page import task_page


@login_required
@require_POST
def watch(request: HttpRequest, number: int) -> HttpResponse:
    found, user = seen(request, number)
    on = request.POST.get("on") == "yes"
    do = watching.watch if on else watching.unwatch
    do(number=found.number, by=Actor(user), now=clock.now())
    said = _("You are told when its state changes.") if on else _("You watch it no more.")
    messages.success(request, said)
    return redirect("tasks:task", number=number)


@login_required
@require_POST
def attach(request: HttpRequest, number: int) -> HttpResponse:
    found, user = seen(request, number)
    upload = request.FILES.get("file")
    if getattr(request, "upload_too_large", False):
        return _again(request, found, 413, file=say_problem("file_too_large", ""))
    if upload is None:
        return _again(request, found, 422, file=say_problem("file_missing", ""))
    try:
        kept = attachments.attach(
            number=number,
            by=Actor(user),
            now=clock.now(),
            name=upload.name or "",
            content=upload.read(),
        )
    except Invalid as refusal:
        return _again(request, found, 422, file=_first(refusal))
    except Forbidden as refusal:
        messages.error(request, say_refusal(refusal.code))
        return _again(request, found, 403)
    messages.success(request, _("%(name)s is on the task.") % {"name": kept.name})
    return redirect("tasks:task", number=number)


@login_required
@require_safe
def attachment(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    found, _user = seen(request, number)
    kept = _file(found, pk)
    assert kept.content is not None
    return as_download(bytes(kept.content), kept.name)


@login_required
@require_POST
def detach(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    found, user = seen(request, number)
    try:
        gone = attachments.remove(number=number, pk=pk, by=Actor(user), now=clock.now())
    except NotFound as refusal:
        raise Http404 from refusal
    except Forbidden as refusal:
        messages.error(request, say_refusal(refusal.code))
        return _again(request, found, 403)
    messages.success(request, _("%(name)s is removed for good.") % {"name": gone.name})
    return redirect("tasks:task", number=number)


@login_required
@require_POST
def link(request: HttpRequest, number: int) -> HttpResponse:
    """Under the task whose number is given; without one, out from under the one it is in."""
    found, user = seen(request, number)
    raw = request.POST.get("parent", "").strip().lstrip("#")
    by, now = Actor(user), clock.now()
    try:
        if request.POST.get("out"):
            parents.unlink(number=number, by=by, now=now)
        else:
            known = int(raw) if raw.isdecimal() and len(raw) < 18 else 0
            parents.link(number=number, parent=known, by=by, now=now)
    except Invalid as refusal:
        return _again(request, found, 422, typed=raw, parent=_first(refusal))
    except (Forbidden, Stale) as refusal:
        code = refusal.code if isinstance(refusal, Forbidden) else "stale"
        messages.error(request, say_refusal(code))
        return _again(request, found, 403 if isinstance(refusal, Forbidden) else 409)
    return redirect("tasks:task", number=number)


@login_required
@require_POST
def elsewhere(request: HttpRequest, number: int) -> HttpResponse:
    """A lead accepts one of the offers."""
    _found, user = seen(request, number)
    of, _bar, metric = request.POST.get("place", "").partition("|")
    fields = {"of": of, "metric": metric, "reason": request.POST.get("reason", "")}
    try:
        judge_elsewhere(number=number, by=Actor(user), now=clock.now(), fields=fields)
    except Invalid as refusal:
        messages.error(request, _first(refusal))
    except Forbidden as refusal:
        messages.error(request, say_refusal(refusal.code))
    except NotAllowed:
        messages.error(request, _("The effect has been looked at already: the plan stands."))
    else:
        messages.success(request, _("The fix will be judged there."))
    return redirect("tasks:task", number=number)


def seen(request: HttpRequest, number: int) -> tuple[Task, User]:
    """The task as this reader may see it; another department's is not there at all."""
    assert isinstance(request.user, User)
    found = visible_task(request.user, number) if number < 2**63 else None
    if found is None:
        raise Http404
    return found, request.user


def _again(
    request: HttpRequest, found: Task, status: int, typed: str = "", **wrong: str
) -> HttpResponse:
    """The page with what is wrong beside the field."""
    assert isinstance(request.user, User)
    page = task_page(found, request.user, clock.now())
    page["wrong"] = page["wrong"] | wrong
    page["parent_said"] = typed[:20]
    return render(request, "tasks/task.html", page, status=status)


def _file(found: Task, pk: int) -> Attachment:
    kept = Attachment.objects.filter(task=found, pk=pk).kept().first() if pk < 2**63 else None
    if kept is None:
        raise Http404
    return kept


def _first(refusal: Invalid) -> str:
    _field, code, message = refusal.problems[0]
    return say_problem(code, message)
