"""The rule editor: a sentence with slots, tried on the last 90 days before it is saved."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alerts import reads
from alerts.actions.drafts import Draft
from alerts.actions.editing import (
    Stale,
    may_change,
    may_write_rules,
    turn_off,
    turn_on,
    write_rule,
)
from alerts.actions.errors import Forbidden, Invalid, Taken
from alerts.logic.conditions import spec_to_json
from alerts.logic.trial import with_line
from alerts.models import Rule, RuleVersion
from alerts.web.rule_form import RuleForm
from alerts.web.rule_sentence import sentence_slots
from alerts.web.rule_words import lines_of, slots_of
from alerts.web.sentences import say_changes, say_whole_rule
from alerts.web.trials import Shown, show_trial, suggested_line
from cx_loop import clock
from cx_loop.models import Actor, User, in_language
from cx_loop.ui.dimensions import value_names
from cx_loop.ui.words import say_number

USUAL = {"window": "1d", "operator": "above", "min_samples": 30, "for_windows": 1}
BUDGET = 2.0  # alerts a month, until somebody says otherwise


@dataclass(slots=True)
class Page:
    """What the editor shows beside the form. `newer`: what somebody saved meanwhile."""

    form: RuleForm
    rule: Rule | None
    opened_at: int | None
    trial: Shown | None = None
    suggested: str = ""
    budget: str = say_number(BUDGET)
    newer: RuleVersion | None = None
    status: int = 200


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user = _reader(request)
    if not may_write_rules(user):
        raise PermissionDenied
    if request.method == "POST":
        return _answer(request, user, None)
    place = request.GET.get("touchpoint", "").replace("\x00", "")[:80]
    first = {**USUAL, "place": f"touchpoint:{place}" if place else ""}
    return _shown(request, user, Page(RuleForm(initial=first, user=user), None, None))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    user = _reader(request)
    rule = get_object_or_404(reads.rules_seen(user), key=key)
    if not may_change(user, rule):
        raise PermissionDenied
    if rule.retired_at is not None:
        messages.warning(request, _("This rule is retired; bring it back to change it."))
        return redirect("alerts:rule", rule.key)
    if request.method == "POST":
        return _answer(request, user, rule)
    version = rule.current
    assert version is not None
    playbook = version.playbook.key if version.playbook else ""
    first = slots_of(version.spec, version.watches, version.metric.key, playbook)
    first["versus_value"] = value_names().of(first["versus"], first["versus_value"])
    first |= {f"name_{code}": word for code, word in rule.name.items()}
    page = Page(RuleForm(initial=first, user=user, rule=rule), rule, version.number)
    return _shown(request, user, page)


@login_required
@require_POST
def retire(request: HttpRequest, key: str) -> HttpResponse:
    return _turn(request, key, turn_off, _("The rule is retired; it watches nothing any more."))


@login_required
@require_POST
def bring_back(request: HttpRequest, key: str) -> HttpResponse:
    return _turn(request, key, turn_on, _("The rule watches again."))


def _turn(request: HttpRequest, key: str, call: Any, done: str) -> HttpResponse:
    user = _reader(request)
    rule = get_object_or_404(reads.rules_seen(user), key=key)
    try:
        call(key=rule.key, reason=request.POST.get("reason", ""), by=Actor(user), now=clock.now())
    except Forbidden as refusal:
        raise PermissionDenied from refusal
    except Invalid:
        messages.error(request, _("Say why, for whoever reads it later."))
    else:
        messages.success(request, done)
    return redirect("alerts:rule", rule.key)


def _answer(request: HttpRequest, user: User, rule: Rule | None) -> HttpResponse:
    form = RuleForm(request.POST, user=user, rule=rule)
    opened_at = request.POST.get("opened_at", "")
    number = int(opened_at) if opened_at.isdecimal() and len(opened_at) < 9 else 0
    page = Page(form, rule, number if rule else None)
    page.budget = request.POST.get("budget", "")[:12] or page.budget
    do = request.POST.get("do", "")
    if do != "save" and not form.is_begun:
        form.is_valid()
        form.errors.clear()  # nobody is told off for what they have not come to yet
        return _shown(request, user, page)
    draft = form.draft()
    if draft is None:
        page.status = 422
    elif do == "save":
        saved = _save(request, user, page, draft)
        if saved is not None:
            return saved
    else:
        draft = _suggest(request, user, page, draft) if do == "suggest" else draft
        page.trial = show_trial(draft, rule=rule, user=user, now=clock.now())
    return _shown(request, user, page)


def _save(request: HttpRequest, user: User, page: Page, draft: Draft) -> HttpResponse | None:
    """Where to go once it is saved; None where it was refused, and the page says why."""
    form, rule = page.form, page.rule
    key = rule.key if rule else form.cleaned_data.get("key") or _key_of(draft)
    try:
        saved = write_rule(
            key=key,
            name=form.names,
            draft=draft,
            playbook=form.chosen_playbook,
            opened_at=page.opened_at,
            by=Actor(user),
            now=clock.now(),
        )
    except Forbidden:
        form.add_error("place", _("You may watch touchpoints of your department and below only."))
        page.status = 422
    except Taken:
        form.add_error("key", _("There is a rule of that key already; choose another."))
        page.status = 422
    except Stale as newer:
        page.newer, page.status = newer.rule.current, 409
    else:
        messages.success(request, _("The rule is saved and watches from now on."))
        seen = reads.rules_seen(user).filter(pk=saved.pk).exists()
        # a rule that splits watches nothing before the first observation, so a lead does not see it
        return redirect("alerts:rule", saved.key) if seen else redirect("alerts:rules")
    return None


def _key_of(draft: Draft) -> str:
    """boarding-wait; boarding-wait-2 where that is taken."""
    watches = draft.watches
    said = next(iter(watches.values())) if isinstance(watches, dict) else "all"
    place = said[0] if isinstance(said, list) else said
    wanted = f"{place}-{draft.metric.key}".lower()[:70]
    taken = set(Rule.objects.filter(key__startswith=wanted).values_list("key", flat=True))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(key for key in (wanted, *numbered) if key not in taken)


def _suggest(request: HttpRequest, user: User, page: Page, draft: Draft) -> Draft:
    """The draft with the line that keeps to the budget, written into its slots."""
    try:
        budget = min(1000.0, max(0.0, float(page.budget)))
    except ValueError:
        page.suggested = _("Say how many alerts a month you would stand, as a number.")
        return draft
    found = suggested_line(draft, alerts_a_month=budget, user=user, now=clock.now())
    moved = with_line(draft.spec, found[0]) if found else None
    if found is None or moved is None:
        page.suggested = _("No line can be suggested: there is none to move, or nothing to try.")
        return draft
    words = {"line": say_number(found[0]), "alerts": found[1]}
    page.suggested = _("Line %(line)s: %(alerts)s alerts in 90 days. It is filled in.") % words
    filled = request.POST.copy()
    for name, text in lines_of(spec_to_json(moved)).items():
        filled[name] = text
    page.form = RuleForm(filled, user=user, rule=page.rule)
    return page.form.draft() or replace(draft, spec=moved)


def _shown(request: HttpRequest, user: User, page: Page) -> HttpResponse:
    form, rule, newer = page.form, page.rule, page.newer
    context: dict[str, Any] = {
        "now": clock.now(),
        "page": page,
        "form": form,
        "rule": rule,
        "name": (in_language(rule.name) or rule.key) if rule else "",
        "slots": sentence_slots(form),
        "notes": ",".join(f"#rule_{name}_note" for name in form.fields),
    }
    if newer is not None:
        names = reads.names_of_watched(user, [newer])
        seen = RuleVersion.objects.filter(rule=newer.rule, number=page.opened_at or 0).first()
        context["newer"] = {
            "version": newer,
            "sentence": say_whole_rule(newer, names),
            "changes": say_changes(newer, seen, names),
        }
        page.opened_at = newer.number
    return render(request, "alerts/rule_edit.html", context, status=page.status)


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
