"""/start/: the checklist of the first run. Each step is what a configuration file would say."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from config.configuration.apply import ConfigurationRefused, apply_configuration
from config.start import demo
from config.start.first_answers import first_answers
from config.start.forms import FORMS, KeyForm
from config.start.steps import THEN, Shown, is_empty, steps_at
from cx_loop import clock
from cx_loop.actions.keys import create_key
from cx_loop.models import Actor, User, record
from cx_loop.ui.sentences import say_sentence
from tasks.models import Task

Page = dict[str, Any]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Admins only. A step that is done already can be done again: departments are many."""
    by = _admin(request)
    if request.method != "POST":
        return _show(request)
    step = request.POST.get("step", "")
    if step == "key":
        return _make_key(request, by)
    if step not in FORMS or (step == "organization" and not is_empty()):
        return redirect("start")
    form = FORMS[step](request.POST, auto_id=f"{step}_%s")
    if form.is_valid() and _applied(form, by):
        messages.success(request, _("Done. The next step is open."))
        return redirect("start")
    return _show(request, {step: form})


@login_required
@require_POST
def load_demo(request: HttpRequest) -> HttpResponse:
    _admin(request)
    if is_empty():
        demo.begin()
        messages.success(request, _("The demo company is being loaded; it takes a few minutes."))
        return redirect("cx_loop:about")
    messages.warning(request, _("There is an organisation already; the demo needs an empty one."))
    return redirect("start")


def _make_key(request: HttpRequest, by: Actor) -> HttpResponse:
    form = KeyForm(request.POST, auto_id="key_%s")
    if not form.is_valid():
        return _show(request, {"key": form})
    with transaction.atomic():
        key, text = create_key(name=form.cleaned_data["name"], scopes=["ingest"])
        record(verb="created", subject="apikey", subject_id=key.pk, by=by, now=clock.now())
    return _show(request, key_text=text)


def _applied(form: Any, by: Actor) -> bool:
    try:
        apply_configuration(form.section(), now=clock.now(), by=by)
    except ConfigurationRefused as refused:
        for each in refused.placed:
            form.add_error(form.slot_of(each.place), say_sentence(each.sentence))
        return False
    return True


def _show(
    request: HttpRequest, bound: dict[str, forms.Form] | None = None, *, key_text: str = ""
) -> HttpResponse:
    now, bound = clock.now(), bound or {}
    steps = steps_at(now)
    shown = [{"at": at, "form": bound.get(at.step.key) or _empty_form(request, at)} for at in steps]
    page: Page = {
        "now": now,
        "steps": shown,
        "done": sum(at.is_done for at in steps),
        "may_load_demo": is_empty(),
        "key_text": key_text,
        "api_url": f"{settings.PUBLIC_URL}/api/v1/observations/",
        "answers": first_answers(now),
        "then": [(reverse(name), label, why) for name, label, why in THEN],
        "has_answers": steps[-1].is_done,
        "first_task": Task.objects.order_by("pk").first(),
        "wrong": [key for key, form in bound.items() if form.errors],
    }
    return render(request, "config/start.html", page, status=422 if page["wrong"] else 200)


def _empty_form(request: HttpRequest, at: Shown) -> forms.Form | None:
    step = at.step.key
    # an installation serves one organisation
    if step not in FORMS | {"key": KeyForm} or (step == "organization" and not is_empty()):
        return None
    assert isinstance(request.user, User)
    initial = {"lead": request.user.email, "timezone": settings.TIME_ZONE}
    form: forms.Form = KeyForm() if step == "key" else FORMS[step](initial=initial)
    form.auto_id = f"{step}_%s"
    if at.is_next:  # whoever comes from the step before goes on typing
        next(iter(form.fields.values())).widget.attrs["autofocus"] = True
    return form


def _admin(request: HttpRequest) -> Actor:
    if not (isinstance(request.user, User) and request.user.is_superuser):
        raise PermissionDenied
    return Actor(user=request.user)
