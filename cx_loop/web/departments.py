"""Departments: the tree, who leads them, when they work; and what that makes of the coming days."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cx_loop import clock
from cx_loop.actions.configure import edit
from cx_loop.logic.special_days import names_of_days, read_lines
from cx_loop.logic.working_days import WorkDay, days_from
from cx_loop.logic.working_time import WorkingHours
from cx_loop.models import Department, Membership, in_language
from cx_loop.reads.trail import trail_of
from cx_loop.ui.words import say_hours
from cx_loop.web.department_form import DepartmentForm, initial_of
from cx_loop.web.people_forms import ROLES
from cx_loop.web.settings import Editing, for_admins, opened_in, save_entry, show, turned

HERE, KIND = "departments", "department"
SHOWN = 14  # days of the preview


@for_admins
@require_safe
def departments(request: HttpRequest) -> HttpResponse:
    rows = list(
        Department.objects.select_related("calendar", "parent")
        .annotate(people=Count("memberships__user", distinct=True))
        .order_by("key")
    )
    leads = {
        row.department_id: str(row.user)
        for row in Membership.objects.filter(role="lead").select_related("user")
    }
    page = {
        "rows": [_row(row, depth, leads) for row, depth in _tree(rows)],
        "retired": [row for row in rows if row.retired_at is not None],
    }
    return show(request, "cx_loop/settings/departments.html", page, here=HERE)


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        form = DepartmentForm(initial=initial_of({}), has_key=True)
        return _shown(request, Editing(form, KIND), None)
    return _answer(request, Editing(DepartmentForm(request.POST, has_key=True), KIND), None)


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    department = get_object_or_404(Department, key=key)
    form = edit.forms_of(KIND)[department.key]
    first = initial_of(form)
    if request.method != "POST":
        shown = DepartmentForm(initial=first, department=department)
        return _shown(request, Editing(shown, KIND, edit.opened_of(form)), department)
    typed = DepartmentForm(
        request.POST, initial=first, department=department, kept_names=department.name
    )
    opened = opened_in(request)
    return _answer(request, Editing(typed, KIND, opened), department)


@for_admins
@require_POST
def turn(request: HttpRequest, key: str) -> HttpResponse:
    """Out of force, and back."""
    department = get_object_or_404(Department, key=key)
    turned(
        request, KIND, key, lambda entry: {"departments": [entry]}, _("Retired. Its history stays.")
    )
    return redirect("cx_loop:department", key=department.key)


def _answer(request: HttpRequest, page: Editing, department: Department | None) -> HttpResponse:
    form = page.form
    assert isinstance(form, DepartmentForm)
    if request.POST.get("do") == "try":
        form.is_valid()
        return _shown(request, page, department)
    if not form.is_valid():
        page.status = 422
        return _shown(request, page, department)
    key = department.key if department else form.cleaned_data["key"]
    before = edit.entry(KIND, key, edit.forms_of(KIND)[key]) if department else {}
    content = {"departments": [form.entry(key, before)]}
    pk = department.pk if department else None
    done = save_entry(request, page, key, content, initial=initial_of, pk=pk)
    return redirect("cx_loop:department", key=key) if done else _shown(request, page, department)


def _shown(request: HttpRequest, page: Editing, department: Department | None) -> HttpResponse:
    form = page.form
    assert isinstance(form, DepartmentForm)
    staff = Membership.objects.filter(department=department).select_related("user")
    said = {
        "form": form,
        "department": department,
        "name": str(department) if department else "",
        "opened": page.opened,
        "newer": page.newer,
        "days": _days(form),
        "staff": [
            (row.user, row.duty or str(ROLES[row.role]))
            for row in staff.order_by("role", "duty", "user__name")
        ]
        if department
        else [],
        "trail": trail_of(KIND, department.pk) if department else [],
    }
    return show(request, "cx_loop/settings/department.html", said, here=HERE, status=page.status)


def _days(form: DepartmentForm) -> list[WorkDay]:
    """The coming days as the form stands; none where it cannot be read."""
    typed = form
    if not form.is_bound:
        names = [name for name in form.fields if name in form.initial]
        given = {name: form.initial[name] for name in names}
        typed = DepartmentForm({**given, "key": "new", "name_en": "new"})
    if not typed.is_valid() and {"works", "timezone", "holidays", "special_days"} & set(
        typed.errors
    ):
        return []
    if any(name.startswith("hours_") for name in typed.errors):
        return []
    hours: WorkingHours = typed.working_hours()
    today = clock.now().astimezone(ZoneInfo(hours.timezone)).date()
    monday = today - timedelta(days=today.weekday())
    called = names_of_days(read_lines(typed.cleaned_data["special_days"]))
    return days_from(monday, SHOWN, hours, called)


def _tree(rows: list[Department]) -> list[tuple[Department, int]]:
    """Each after the one it is part of, with how deep it is."""
    in_force = [row for row in rows if row.retired_at is None]
    keys = {row.pk for row in in_force}
    below: dict[int | None, list[Department]] = {}
    for row in in_force:
        below.setdefault(row.parent_id if row.parent_id in keys else None, []).append(row)

    def walk(parent: int | None, depth: int) -> list[tuple[Department, int]]:
        found = []
        for row in below.get(parent, []):
            found += [(row, depth), *walk(row.pk, depth + 1)]
        return found

    return walk(None, 0)


def _row(row: Any, depth: int, leads: dict[int, str]) -> dict[str, Any]:
    return {
        "department": row,
        "name": in_language(row.name) or row.key,
        "depth": min(depth, 5),
        "people": row.people,
        "lead": leads.get(row.pk, ""),
        "calendar": row.calendar,
        "hours": say_hours(row.calendar.hours) if row.calendar else "",
    }
