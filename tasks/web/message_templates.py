"""Templates of messages to customers: written by one person, approved by another."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cx_loop import clock
from cx_loop.models import Actor, User, in_language
from cx_loop.reads.journeys import journeys_seen
from cx_loop.web.setting_forms import languages_in_order
from tasks.actions import message_templates as actions
from tasks.actions.errors import Forbidden, Invalid, NotFound
from tasks.logic.telling import LONGEST_SUBJECT, LONGEST_TEXT, PLACEHOLDERS
from tasks.models import MessageTemplate
from tasks.web.telling_words import say_fault

Do = Callable[[Actor], object]


class TemplateForm(forms.Form):
    """What its words must hold is judged by the action."""

    def __init__(
        self, *args: Any, user: User, kept: MessageTemplate | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        journeys = journeys_seen(user).order_by("position", "key")
        names = [(each.key, in_language(each.name) or each.key) for each in journeys]
        self.fields["name"] = forms.CharField(
            label=_("Name"), max_length=actions.LONGEST_NAME, initial=kept.name if kept else ""
        )
        self.fields["journey"] = forms.ChoiceField(
            label=_("Of the journey"),
            required=False,
            choices=[("", _("all journeys")), *names],
            initial=kept.journey.key if kept and kept.journey else "",
        )
        for code, language in languages_in_order():
            self._ask(_("Subject"), "subject", code, language, kept, LONGEST_SUBJECT, rows=1)
            self._ask(_("Text"), "text", code, language, kept, LONGEST_TEXT, rows=11)
        self.fields["version"] = forms.IntegerField(
            widget=forms.HiddenInput, required=False, initial=kept.version if kept else 0
        )

    def _ask(
        self,
        label: str,
        name: str,
        code: str,
        language: Any,
        kept: MessageTemplate | None,
        longest: int,
        rows: int,
    ) -> None:
        attrs = {"lang": code, "maxlength": longest, "rows": rows}
        self.fields[f"{name}-{code}"] = forms.CharField(
            label=f"{label} ({language})",
            required=False,
            initial=getattr(kept, name).get(code, "") if kept else "",
            widget=forms.TextInput(attrs) if rows == 1 else forms.Textarea(attrs),
        )

    def said(self) -> dict[str, Any]:
        texts = {
            name: {code: self.cleaned_data.get(f"{name}-{code}", "") for code, _l in _LANGUAGES}
            for name in ("subject", "text")
        }
        return {"name": self.cleaned_data["name"], "journey": self.cleaned_data["journey"], **texts}


_LANGUAGES = settings.LANGUAGES


@login_required
@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    rows = _seen_by(request.user)
    page = {
        "rows": list(rows.order_by("name", "pk")),
        "may_write": actions.may_write(request.user),
        "now": clock.now(),
    }
    return render(request, "tasks/message_templates.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    if not actions.may_write(request.user):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, None, TemplateForm(user=request.user))
    return _write(request, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Read, changed, approved or retired: `do` of a POST says which."""
    assert isinstance(request.user, User)
    found = get_object_or_404(_seen_by(request.user), pk=pk)
    if request.method != "POST":
        return _page(request, found, TemplateForm(user=request.user, kept=found))
    raw = request.POST.get("version", "")
    version = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 9 else 0
    now, do = clock.now(), request.POST.get("do", "")
    if do == "approve":
        return _done(
            request,
            found,
            lambda by: actions.approve_template(template=pk, version=version, by=by, now=now),
            _("It may be sent from now on."),
        )
    if do == "retire":
        return _done(
            request,
            found,
            lambda by: actions.retire_template(template=pk, version=version, by=by, now=now),
            _("It is used no more."),
        )
    return _write(request, found)


def _write(request: HttpRequest, found: MessageTemplate | None) -> HttpResponse:
    assert isinstance(request.user, User)
    form = TemplateForm(request.POST, user=request.user, kept=found)
    if not form.is_valid():
        return _page(request, found, form, 422)
    said = form.said()
    if found is not None:
        said |= {"template": found.pk, "version": form.cleaned_data.get("version") or 0}
    return _done(
        request,
        found,
        lambda by: actions.write_template(**said, by=by, now=clock.now()),
        _("Kept. Somebody else approves it before it is sent."),
        form,
    )


def _done(
    request: HttpRequest,
    found: MessageTemplate | None,
    do: Do,
    said: str,
    form: TemplateForm | None = None,
) -> HttpResponse:
    assert isinstance(request.user, User)
    try:
        do(Actor(request.user))
    except NotFound:
        raise Http404 from None
    except Forbidden as refusal:
        messages.error(request, _say_whose(refusal.code))
        form = form or TemplateForm(user=request.user, kept=found)
        return _page(request, found, form, 403)
    except Invalid as refusal:
        form = form or TemplateForm(user=request.user, kept=found)
        for field, code, message in refusal.problems:
            if form.is_bound and field in form.fields and field != "version":
                form.add_error(field, say_fault(code, message))
            else:
                messages.error(request, say_fault(code, message))
        return _page(request, found, form, 422)
    messages.success(request, said)
    return redirect("tasks:templates")


def _seen_by(user: User) -> QuerySet[MessageTemplate]:
    seen = MessageTemplate.objects.in_force().visible_to(user)
    return seen.select_related("journey", "written_by", "approved_by")


def _say_whose(code: str) -> str:
    return {
        "lead_only": _("A lead or director approves it."),
        "own_words": _("Somebody else than who wrote it approves it."),
    }.get(code, _("You may read it, but change nothing."))


def _page(
    request: HttpRequest, found: MessageTemplate | None, form: TemplateForm, status: int = 200
) -> HttpResponse:
    assert isinstance(request.user, User)
    may_approve = actions.may_approve(request.user)
    page = {
        "template": found,
        "form": form,
        "may_write": actions.may_write(request.user),
        "may_approve": bool(
            found
            and not found.approved_at
            and may_approve
            and found.written_by_id != request.user.pk
        ),
        "placeholders": [f"{{{each}}}" for each in PLACEHOLDERS],
        "now": clock.now(),
    }
    return render(request, "tasks/message_template.html", page, status=status)
