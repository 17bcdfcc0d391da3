"""Telling the customers behind a task what was mended: who, in which words, and what is public."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cx_loop import clock
from cx_loop.models import Actor, User, department_ids_of
from tasks import reads
from tasks.actions import mended as sentences
from tasks.actions import telling
from tasks.actions.access import roles_of
from tasks.actions.errors import Forbidden, Invalid, NotFound
from tasks.actions.rights import may_work
from tasks.models import Mended, Task
from tasks.notices import VERDICTS, title_of
from tasks.reads.telling import audience_of, good_verdict, sentence_of, tellings_of, templates_for
from tasks.web.forms import say_refusal
from tasks.web.telling_forms import OutcomeForm, Sentences
from tasks.web.telling_words import say_fault, say_left_out, say_origins

Do = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Choice:
    """A template as it would be sent: `value` names the version that was read."""

    value: str
    name: str
    words: list[tuple[str, str, str]]  # language, subject, text


@login_required
@require_safe
def told(request: HttpRequest, number: int) -> HttpResponse:
    found, user = seen(request, number)
    return page_of(request, found, user)


@login_required
@require_POST
def tell(request: HttpRequest, number: int) -> HttpResponse:
    found, user = seen(request, number)
    template, _colon, version = request.POST.get("template", "").partition(":")

    def send() -> None:
        made = telling.tell_customers(
            number=number,
            template=_whole(template),
            version=_whole(version),
            by=Actor(user),
            now=clock.now(),
        )
        count = made.told.count()
        messages.success(request, _("Told: %(count)s.") % {"count": count})

    return _done(request, found, user, send)


@login_required
@require_POST
def sentence(request: HttpRequest, number: int) -> HttpResponse:
    """Kept, released or withdrawn: `do` says which."""
    found, user = seen(request, number)
    by, now = Actor(user), clock.now()
    form = Sentences(request.POST, kept=None)
    form.is_valid()
    version = form.cleaned_data.get("version") or 0
    do = request.POST.get("do", "")

    def act() -> None:
        if do == "release":
            sentences.release_sentence(number=number, version=version, by=by, now=now)
            messages.success(request, _("The sentences are released."))
        elif do == "withdraw":
            sentences.withdraw_sentence(number=number, version=version, by=by, now=now)
            messages.success(request, _("The sentences are taken back."))
        else:
            said, mended = form.texts("said"), form.texts("mended")
            sentences.write_sentence(
                number=number, version=version, said=said, mended=mended, by=by, now=now
            )
            messages.success(request, _("Kept. A lead releases it."))

    return _done(request, found, user, act, None if do in ("release", "withdraw") else form)


def _done(
    request: HttpRequest, task: Task, user: User, act: Do, form: Sentences | None = None
) -> HttpResponse:
    try:
        act()
    except NotFound:
        raise Http404 from None
    except Forbidden as refusal:
        messages.error(request, say_refusal(refusal.code))
        return page_of(request, task, user, status=403)
    except Invalid as refusal:
        wrong = []
        for field, code, message in refusal.problems:
            said = say_fault(code, message)
            if form is not None and field in form.fields and field != "version":
                form.add_error(field, said)
            else:
                wrong.append(said)
        return page_of(request, task, user, status=422, form=form, wrong=wrong)
    return redirect("tasks:told", number=task.number)


def page_of(
    request: HttpRequest,
    task: Task,
    user: User,
    *,
    status: int = 200,
    form: Sentences | None = None,
    wrong: list[str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page; `wrong`: what was refused, `more`: what a part of it says besides."""
    verdict, by = good_verdict(task), Actor(user)
    page: dict[str, Any] = {
        "task": task,
        "title": title_of(task),
        "verdict": VERDICTS[verdict.verdict] if verdict else "",
        "wrong": wrong or [],
        "history": (history := tellings_of(task)),
        "has_file": any(row.file for row in history),
        "may_work": _may_work(by, task),
        "now": clock.now(),
        "outcome_form": OutcomeForm(),
        "refusals": [],
        **(more or {}),
    }
    if verdict is not None:
        kept, audience = sentence_of(task), audience_of(task)
        page |= {
            "kept": kept,
            "may_release": bool(roles_of(by, task) & {"lead", "admin"}),
            "form": form or Sentences(kept=kept),
            "by_mail": len(audience.by_mail),
            "by_file": len(audience.by_file),
            "count": len(audience.people),
            "origins": say_origins(audience.origins),
            "since": audience.since,
            "left_out": say_left_out(audience.left_out),
            "is_cut": audience.is_cut,
            "choices": _choices(task, kept),
        }
    return render(request, "tasks/told.html", page, status=status)


def _choices(task: Task, kept: Mended | None) -> list[Choice]:
    mended = kept.mended if kept and kept.released_at else {}
    names = dict(settings.LANGUAGES)
    found = []
    for each in templates_for(task):
        words = telling.words_of(each, task, mended)
        shown = [(str(names[code]), said["subject"], said["text"]) for code, said in words.items()]
        found.append(Choice(f"{each.pk}:{each.version}", each.name, shown))
    return found


def _may_work(by: Actor, task: Task) -> bool:
    try:
        may_work(by, task)
    except Forbidden:
        return False
    return True


def seen(request: HttpRequest, number: int) -> tuple[Task, User]:
    """The task to who works in its department, or sees everything: customers are no business of
    whoever had it once."""
    assert isinstance(request.user, User)
    found = reads.visible_task(request.user, number)
    departments = department_ids_of(request.user)
    if found is None or (departments is not None and found.department_id not in departments):
        raise Http404
    return found, request.user


def _whole(raw: str) -> int:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 18 else 0
