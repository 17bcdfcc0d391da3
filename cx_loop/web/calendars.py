"""Calendars side by side, and a year's list of days off and made-up days laid over some of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cx_loop import clock
from cx_loop.actions.configure import edit
from cx_loop.actions.configure.special_days import lay_days
from cx_loop.logic.special_days import (
    Entry,
    days_of,
    official,
    read_lines,
)
from cx_loop.models import Department, in_language
from cx_loop.ui.holidays import say_holiday
from cx_loop.ui.sentences import say_sentence
from cx_loop.ui.words import say_day, say_hours, say_month
from cx_loop.web.department_form import country_choices
from cx_loop.web.setting_forms import many, named
from cx_loop.web.settings import actor_of, for_admins, say_refused, show
from cx_loop.web.special_days import days_field, say_lines, say_worked

HERE = "calendars"
LARGEST = 100_000  # bytes of a list


class ListForm(forms.Form):
    text = days_field(gettext_lazy("The list"), rows=10)
    file = forms.FileField(
        label=gettext_lazy("Or a text or CSV file with such lines"), required=False
    )
    departments = many(gettext_lazy("In the calendars of"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"auto_id": "list_%s", **more})
        chosen = self.fields["departments"]
        assert isinstance(chosen, forms.MultipleChoiceField)
        chosen.choices = named(Department.objects.in_force())
        self.days: list[Entry] = []

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        slot = "file" if said.get("file") else "text"
        if slot not in said or slot in self.errors:
            return said
        try:
            self.days = read_lines(_text_of(said["file"]) if slot == "file" else said["text"])
        except ValueError as refusal:
            self.add_error(slot, say_sentence(str(refusal.args[0])))
        else:
            if not self.days:
                self.add_error("text", _("Write one day at least, or choose a file."))
        return said

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST:
            raise forms.ValidationError(_("This file is too large for a list of days."))
        return file


class OfficialForm(forms.Form):
    """Whose public holidays fill the list, to be changed before they are taken."""

    country = forms.ChoiceField(label=gettext_lazy("Public holidays of"))
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=2000, max_value=2099)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"auto_id": "official_%s", **more})
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = country_choices(None)


@dataclass(frozen=True, slots=True)
class Row:
    """`hours`: in words, "" round the clock. `ahead`: special days from
    today on; `next_day`: the first of them, with what it is."""

    department: Department
    name: str
    hours: str
    ahead: int
    next_day: str


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def calendars(request: HttpRequest) -> HttpResponse:
    """The list of calendars; ?country=CN&year=2026 fills the list of days with what is known."""
    if request.method == "POST":
        return _answer(request)
    asked = OfficialForm(request.GET) if "year" in request.GET else None
    form = ListForm()
    if asked is not None and asked.is_valid():
        said = asked.cleaned_data
        form = ListForm(initial={"text": say_lines(official(said["country"], said["year"]))})
    return _shown(request, form, asked)


def _answer(request: HttpRequest) -> HttpResponse:
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, form, status=422)
    if request.POST.get("do") == "try":
        # what a file held is shown as lines, since a browser sends no file twice
        chosen = {"departments": form.cleaned_data["departments"], "text": say_lines(form.days)}
        return _shown(request, ListForm(initial=chosen), days=form.days)
    departments = form.cleaned_data["departments"]
    if not departments:
        form.add_error("departments", _("Choose one department at least."))
        return _shown(request, form, status=422)
    try:
        changed = lay_days(
            days=form.days, departments=departments, by=actor_of(request), now=clock.now()
        )
    except edit.Refused as refusal:
        form.add_error(None, say_refused(refusal))
        return _shown(request, form, status=422)
    messages.success(request, _("Saved.") if changed else _("Nothing was different."))
    return redirect("cx_loop:calendars")


def _shown(
    request: HttpRequest,
    form: ListForm,
    asked: OfficialForm | None = None,
    *,
    days: list[Entry] | None = None,
    status: int = 200,
) -> HttpResponse:
    today = clock.now().date()
    rows = Department.objects.in_force().select_related("calendar").order_by("key")
    page = {
        "rows": [_row(row, today) for row in rows],
        "form": form,
        "official": asked or OfficialForm(initial={"country": "CN", "year": today.year}),
        "months": _months(days or []),
    }
    return show(request, "cx_loop/settings/calendars.html", page, here=HERE, status=status)


def _row(department: Department, today: date) -> Row:
    calendar = department.calendar
    special = days_of(calendar.special_days) if calendar else {}
    ahead = sorted(day for day in special if day >= today)
    return Row(
        department=department,
        name=in_language(department.name) or department.key,
        hours=say_hours(calendar.hours) if calendar else "",
        ahead=len(ahead),
        next_day=say_day(ahead[0]) if ahead else "",
    )


def _months(days: list[Entry]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """What was read, by month: the days, what they are, and their name."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for each in days:
        first, last = (date.fromisoformat(each.get(end) or each["from"]) for end in ("from", "to"))
        said = say_day(first) if first == last else f"{say_day(first)} – {say_day(last)}"
        row = (said, say_worked(each["hours"]), say_holiday(each.get("name", "")))
        found.setdefault(say_month(first), []).append(row)
    return list(found.items())


def _text_of(file: Any) -> str:
    try:
        text: str = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(_("This is not UTF-8 text. Save the file as UTF-8.")) from None
    return text.replace("\0", "")
