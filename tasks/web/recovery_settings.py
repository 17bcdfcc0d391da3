"""Recovery rules: which single answers put their customer on the list of those to contact."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cx_loop import clock
from cx_loop.actions.configure import edit
from cx_loop.logic.working_time import parse_span
from cx_loop.models import in_language
from cx_loop.reads.trail import trail_of
from cx_loop.web.settings import Editing, for_admins, opened_in, save_entry, show, turned
from tasks.models import RecoveryRule
from tasks.web.policy_words import say_span
from tasks.web.recovery_rule_form import RecoveryRuleForm, initial_of
from tasks.web.recovery_trial import Shown, show_trial
from tasks.web.route_words import Names

HERE, KIND = "recovery", "recovery"
FIRST = {"side": "below", "contact_within": "1d"}


@for_admins
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    found = list(RecoveryRule.objects.select_related("metric"))
    names = Names.of([{"touchpoint": rule.touchpoints} for rule in found])
    rows = [
        {
            "rule": rule,
            "says": _says(rule),
            "places": names.say("touchpoint", rule.touchpoints),
            "within": say_span(parse_span(rule.within)),
        }
        for rule in sorted(found, key=lambda rule: rule.retired_at is not None)
    ]
    return show(request, "tasks/settings/recovery_rules.html", {"rows": rows}, here=HERE)


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        form = RecoveryRuleForm(initial=FIRST, has_key=True)
        return _shown(request, Editing(form, KIND), None)
    return _answer(request, Editing(RecoveryRuleForm(request.POST, has_key=True), KIND), None)


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    rule = get_object_or_404(RecoveryRule.objects.select_related("metric"), key=key)
    current = edit.forms_of(KIND)[rule.key]
    if request.method != "POST":
        first = RecoveryRuleForm(initial=initial_of(current), kept=current)
        return _shown(request, Editing(first, KIND, edit.opened_of(current)), rule)
    opened = opened_in(request)
    typed = RecoveryRuleForm(request.POST, kept=current)
    return _answer(request, Editing(typed, KIND, opened), rule)


@for_admins
@require_POST
def turn(request: HttpRequest, key: str) -> HttpResponse:
    """Out of force, and back."""
    rule = get_object_or_404(RecoveryRule, key=key)
    retired = _("Retired. Customers who are on the list stay on it.")
    turned(request, KIND, rule.key, lambda entry: {"recovery": [entry]}, retired)
    return redirect("tasks:recovery-rule", key=rule.key)


def _answer(request: HttpRequest, page: Editing, rule: RecoveryRule | None) -> HttpResponse:
    form = page.form
    assert isinstance(form, RecoveryRuleForm)
    if request.POST.get("do") == "try":
        present = edit.forms_of(KIND)[rule.key] if rule else None
        trial = show_trial(form.entry(""), clock.now(), present) if form.can_be_tried() else None
        return _shown(request, page, rule, trial)
    if not form.is_valid():
        page.status = 422
        return _shown(request, page, rule)
    key = rule.key if rule else form.cleaned_data["key"]
    content, pk = {"recovery": [form.entry(key)]}, rule.pk if rule else None
    done = save_entry(request, page, key, content, initial=initial_of, pk=pk)
    return redirect("tasks:recovery-rules") if done else _shown(request, page, rule)


def _shown(
    request: HttpRequest, page: Editing, rule: RecoveryRule | None, trial: Shown | None = None
) -> HttpResponse:
    said: dict[str, Any] = {
        "form": page.form,
        "rule": rule,
        "title": _says(rule) if rule else _("Add a recovery rule"),
        "opened": page.opened,
        "newer": page.newer,
        "trial": trial,
        "trail": trail_of(KIND, rule.pk) if rule else [],
    }
    return show(request, "tasks/settings/recovery_rule.html", said, here=HERE, status=page.status)


def _says(rule: RecoveryRule) -> str:
    """Satisfaction below 2."""
    ((side, line),) = rule.each.items()
    words = {"metric": in_language(rule.metric.name) or rule.metric.key, "line": f"{line:.10g}"}
    if side == "below":
        return _("%(metric)s below %(line)s") % words
    return _("%(metric)s above %(line)s") % words
