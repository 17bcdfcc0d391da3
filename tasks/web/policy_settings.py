"""Escalation: how fast tasks are answered and resolved, and who is asked when they are not."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cx_loop import clock
from cx_loop.actions.configure import edit
from cx_loop.models import Department, in_language
from cx_loop.reads.trail import trail_of
from cx_loop.web.settings import Editing, actor_of, for_admins, opened_in, save, show
from tasks.actions import policy_edits
from tasks.actions.configure import spec_of
from tasks.logic.policies import DEFAULT_POLICY, Policy, PolicyError, parse_policy, policy_for
from tasks.models import EscalationPolicy
from tasks.reads.hours import hours_of
from tasks.web.policy_form import PolicyForm, initial_of
from tasks.web.policy_words import moments, say_policy

HERE, KIND = "escalation", policy_edits.KIND
FIRST = {
    "respond_within": "4h",
    "resolve_within": "14d",
    "after_0": "4h",
    "to_0": "lead",
    "after_1": "8h",
    "to_1": "director",
    "repeat": "24h",
    "most": 5,
}


@for_admins
@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """In the order in which they are asked; what none is made for goes by the usual one."""
    forms = edit.forms_of(KIND)
    in_force = policy_edits.policies_now()
    parsed = {key: parse_policy(spec_of(form)) for key, form in in_force.items()}
    keys, names = list(parsed), {key: _name(key, form) for key, form in forms.items()}
    page = {
        "rows": [
            {
                "key": key,
                "name": names[key],
                "says": say_policy(parsed[key]),
                "first": at == 0,
                "last": key == keys[-1],
            }
            for at, key in enumerate(keys)
        ],
        "usual": say_policy(DEFAULT_POLICY),
        "needs_usual": any(
            policy_for(parsed.values(), severity) is DEFAULT_POLICY
            for severity in ("critical", "warning")
        ),
        "retired": [(key, names[key]) for key, form in forms.items() if form["retired"]],
        **_lines(request, list(parsed.values()), names),
    }
    return show(request, "tasks/settings/policies.html", page, here=HERE)


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        form = PolicyForm(initial=FIRST, has_key=True)
        return _shown(request, Editing(form, KIND), None)
    page = Editing(PolicyForm(request.POST, has_key=True), KIND)
    return _answer(request, page, None)


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    policy = get_object_or_404(EscalationPolicy, key=key)
    form = edit.forms_of(KIND)[policy.key]
    if request.method != "POST":
        first = PolicyForm(initial=initial_of(form))
        return _shown(request, Editing(first, KIND, edit.opened_of(form)), policy)
    opened = opened_in(request)
    typed = PolicyForm(request.POST, kept_names=policy.name)
    return _answer(request, Editing(typed, KIND, opened), policy)


@for_admins
@require_POST
def move(request: HttpRequest, key: str) -> HttpResponse:
    """Up, down, out of force and back: `do` says what."""
    policy = get_object_or_404(EscalationPolicy, key=key)
    do, by, now = request.POST.get("do", ""), actor_of(request), clock.now()
    places = {"up": -1, "down": 1}
    try:
        if do in places:
            policy_edits.move_policy(key=policy.key, by_places=places[do], by=by, now=now)
        elif do == "retire":
            edit.retire(kind=KIND, key=policy.key, by=by, now=now)
            messages.success(request, _("Retired. Tasks that have it keep their deadlines."))
        elif do == "back":
            form = edit.forms_of(KIND)[policy.key]
            back = edit.entry(KIND, policy.key, form)
            policy_edits.put_policy(entry=back, opened=edit.opened_of(form), by=by, now=now)
            messages.success(request, _("It is back, as the last one."))
        else:
            raise Http404
    except (edit.Stale, edit.Refused):
        messages.warning(request, _("Somebody changed this meanwhile; here is what stands now."))
    return redirect("tasks:policies")


def _answer(request: HttpRequest, page: Editing, policy: EscalationPolicy | None) -> HttpResponse:
    form = page.form
    assert isinstance(form, PolicyForm)
    if not form.is_valid():
        page.status = 422
        return _shown(request, page, policy)
    key = policy.key if policy else form.cleaned_data["key"]
    if request.POST.get("do") == "try":
        return _shown(request, page, policy)
    entry, by, now = form.entry(key), actor_of(request), clock.now()
    done = save(
        request,
        page,
        write=lambda: policy_edits.put_policy(entry=entry, opened=page.opened, by=by, now=now),
        initial=initial_of,
        pk=policy.pk if policy else None,
    )
    return redirect("tasks:policies") if done else _shown(request, page, policy)


def _shown(request: HttpRequest, page: Editing, policy: EscalationPolicy | None) -> HttpResponse:
    form = page.form
    assert isinstance(form, PolicyForm)
    said = {
        "form": form,
        "policy": policy,
        "opened": page.opened,
        "newer": page.newer,
        "trail": trail_of(KIND, policy.pk) if policy else [],
        "line": _line_of(form, policy),
    }
    return show(request, "tasks/settings/policy.html", said, here=HERE, status=page.status)


def _line_of(form: PolicyForm, policy: EscalationPolicy | None) -> dict[str, Any]:
    """What is typed, or stands, on a line of time; nothing where it is wrong."""
    if form.is_bound:
        if not form.is_valid():
            return {}
        raw = spec_of(form.entry(policy.key if policy else "new"))
    elif policy is not None and policy.current is not None:
        raw = policy.current.spec
    else:
        return {}
    try:
        parsed = parse_policy(raw)
    except PolicyError:
        return {}
    department = Department.objects.in_force().select_related("calendar").first()
    if department is None:
        return {}
    return {
        "says": say_policy(parsed),
        "moments": moments(parsed, hours_of(department), clock.now()),
        "department": in_language(department.name) or department.key,
    }


def _lines(request: HttpRequest, parsed: list[Policy], names: dict[str, str]) -> dict[str, Any]:
    """The line of a task that opened now at the department asked for, or the first one."""
    departments = list(Department.objects.in_force().select_related("calendar"))
    chosen = next(
        (each for each in departments if each.key == request.GET.get("department")),
        next(iter(departments), None),
    )
    if chosen is None:
        return {"departments": [], "lines": []}
    now, hours = clock.now(), hours_of(chosen)
    severities = {"critical": _("Critical"), "warning": _("Warning")}
    lines = []
    for severity, word in severities.items():
        policy = policy_for(parsed, severity)
        name = _("The usual one") if policy is DEFAULT_POLICY else names[policy.key]
        line = {"severity": word, "name": name, "moments": moments(policy, hours, now)}
        lines.append(line)
    return {
        "departments": [(each.key, in_language(each.name) or each.key) for each in departments],
        "chosen": chosen.key,
        "lines": lines,
    }


def _name(key: str, form: Mapping[str, Any]) -> str:
    return in_language(form.get("name", {})) or key
