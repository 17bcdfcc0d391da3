"""The form of a department: who it is, who answers for it, and when it works."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cx_loop.logic.special_days import hours_kept, read_lines
from cx_loop.logic.working_days import countries, hours_written, texts_of
from cx_loop.logic.working_time import WEEKDAYS, WorkingHours, parse_hours
from cx_loop.models import Department, Organization, User
from cx_loop.ui.sentences import say_sentence
from cx_loop.web.setting_forms import SettingForm, named, names_given, one
from cx_loop.web.special_days import days_field, say_lines

DAYS = dict(
    zip(
        WEEKDAYS,
        (
            pgettext_lazy("whole weekday", "Monday"),
            pgettext_lazy("whole weekday", "Tuesday"),
            pgettext_lazy("whole weekday", "Wednesday"),
            pgettext_lazy("whole weekday", "Thursday"),
            pgettext_lazy("whole weekday", "Friday"),
            pgettext_lazy("whole weekday", "Saturday"),
            pgettext_lazy("whole weekday", "Sunday"),
        ),
        strict=True,
    )
)
ASSIGN = (
    ("none", gettext_lazy("nobody, until somebody accepts it")),
    ("round_robin", gettext_lazy("a colleague, in turn")),
    ("least_loaded", gettext_lazy("the colleague with the fewest tasks")),
)
WORKS = (
    ("always", gettext_lazy("round the clock")),
    ("hours", gettext_lazy("at the hours below")),
)
COMMON = ("CN", "HK", "TW", "SG", "JP", "US", "GB", "DE", "FR")  # stand first in the list


class DepartmentForm(SettingForm):
    """`department`: the one that is changed, which cannot be below itself."""

    parent = one(gettext_lazy("Part of"))
    lead = one(gettext_lazy("Lead"), gettext_lazy("Is asked first when a task is not accepted."))
    director = one(gettext_lazy("Director"), gettext_lazy("Is asked after the lead."))
    assign = one(gettext_lazy("A new task is given to"))
    tell_email = forms.BooleanField(
        label=gettext_lazy("Tell its people by e-mail"),
        required=False,
        help_text=gettext_lazy("Webhooks and chats are looked after under Messages."),
    )
    works = one(gettext_lazy("Works"))
    timezone = one(gettext_lazy("Time zone"))
    holidays = one(
        gettext_lazy("Public holidays"),
        gettext_lazy("Days off, and the week-end days that are worked for them."),
    )

    special_days = days_field(gettext_lazy("Special days"), rows=5)

    def __init__(self, *args: Any, department: Department | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        for day, label in DAYS.items():
            widget = forms.TextInput(attrs={"placeholder": "09:00-18:00", "autocomplete": "off"})
            self.fields[f"hours_{day}"] = forms.CharField(
                label=label, required=False, max_length=80, widget=widget
            )
        others = Department.objects.in_force()
        if department is not None:
            below = Department.objects.below(Department.objects.filter(pk=department.pk))
            others = others.exclude(pk__in=below)
        self.choose("parent", [("", _("no other")), *named(others)])
        people = User.objects.filter(is_active=True).order_by("name", "email")
        who = [(user.email, f"{user.name} · {user.email}".strip(" ·")) for user in people]
        for role in ("lead", "director"):
            self.choose(role, [("", _("nobody")), *who])
        self.choose("assign", ASSIGN)
        self.choose("works", WORKS)
        self.choose("timezone", zones())
        self.choose(
            "holidays", [("", _("none kept")), *country_choices(self.initial.get("holidays"))]
        )

    @property
    def about(self) -> list[forms.BoundField]:
        own = [name for name in self.fields if name == "key" or name.startswith("name_")]
        return [self[name] for name in (*own, "parent", "lead", "director", "assign", "tell_email")]

    @property
    def calendar_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("works", "timezone", "holidays")]

    @property
    def special(self) -> forms.BoundField:
        return self["special_days"]

    @property
    def week(self) -> list[forms.BoundField]:
        return [self[f"hours_{day}"] for day in WEEKDAYS]

    def slot_of(self, place: str) -> str | None:
        if ".calendar.hours" in place:
            return "works"
        if ".calendar.special_days" in place:
            return "special_days"
        return super().slot_of(place)

    def clean_special_days(self) -> str:
        """As lines in the one way they are written, so that the same days are no change."""
        try:
            return say_lines(read_lines(self.cleaned_data["special_days"]))
        except ValueError as refusal:
            raise forms.ValidationError(say_sentence(str(refusal))) from None

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        texts = {day: said.get(f"hours_{day}", "") for day in WEEKDAYS}
        for day, text in texts.items():
            if text and not _are_shifts(text):
                wrong = _("Write shifts such as 09:00-18:00, or 09:00-12:00, 13:00-17:30.")
                self.add_error(f"hours_{day}", wrong)
        if said.get("works") == "hours" and not any(texts.values()):
            self.add_error("works", _("Say the hours of one day of the week at least."))
        return said

    def calendar(self, before: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """As a file would have it; hours that mean what they meant before are written as before."""
        said = self.cleaned_data
        texts = {day: said[f"hours_{day}"] for day in WEEKDAYS} if said["works"] == "hours" else {}
        hours = hours_written(texts)
        special = read_lines(said.get("special_days", ""))
        if not hours and not said["holidays"] and not special:
            return None
        was = dict((before or {}).get("hours") or {})
        if hours and was and parse_hours(hours) == parse_hours(was):
            hours = was
        found = {
            "timezone": said["timezone"],
            "hours": hours,
            "holidays": said["holidays"],
            "special_days": special,
        }
        return {name: value for name, value in found.items() if value}

    def working_hours(self) -> WorkingHours:
        calendar = self.calendar(None) or {}
        return hours_kept(
            self.cleaned_data["timezone"] or Organization.current().timezone,
            calendar.get("hours"),
            calendar.get("holidays", ""),
            calendar.get("special_days", ()),
        )

    def entry(self, key: str, before: Mapping[str, Any]) -> dict[str, Any]:
        """The department as a file would have it; members, duties and addresses stay."""
        said = self.cleaned_data
        told = [way for way in before.get("notify", ["email"]) if way != "email"]
        if said["tell_email"]:
            told = before.get("notify", ["email"]) if told else []
            told = told if "email" in told else ["email", *told]
        entry = {
            **before,
            "key": key,
            "name": self.names,
            "parent": said["parent"] or None,
            "lead": said["lead"] or None,
            "director": said["director"] or None,
            "assign": said["assign"] or "none",
            "notify": told,
            "calendar": self.calendar(before.get("calendar")),
        }
        return {name: value for name, value in entry.items() if value or name == "notify"}


def initial_of(form: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a department in force; of none, those of a new one."""
    calendar = form.get("calendar") or {}
    texts = texts_of(calendar.get("hours") or {})
    return {
        **names_given(form.get("name", {})),
        "parent": form.get("parent") or "",
        "lead": form.get("lead") or "",
        "director": form.get("director") or "",
        "assign": form.get("assign", "none"),
        "tell_email": "email" in form.get("notify", ["email"]),
        "works": "hours" if texts else "always",
        "timezone": calendar.get("timezone") or Organization.current().timezone,
        "holidays": calendar.get("holidays", ""),
        "special_days": say_lines(calendar.get("special_days", [])),
        **{f"hours_{day}": text for day, text in texts.items()},
    }


@lru_cache(maxsize=1)
def zones() -> list[tuple[str, str]]:
    return [
        ("UTC", "UTC"),
        *((name, name) for name in sorted(available_timezones()) if "/" in name),
    ]


def country_choices(current: str | None) -> list[tuple[str, str]]:
    known = countries()
    parts = [current] if current and current not in known else []  # such as DE-BY
    rest = [code for code in known if code not in COMMON]
    return [(code, _country(code)) for code in (*parts, *COMMON, *rest)]


def _country(code: str) -> str:
    """Those that stand first by name; of the others their code is known to who needs them."""
    names = {
        "CN": _("China"),
        "HK": _("Hong Kong"),
        "TW": _("Taiwan"),
        "SG": _("Singapore"),
        "JP": _("Japan"),
        "US": _("United States"),
        "GB": _("United Kingdom"),
        "DE": _("Germany"),
        "FR": _("France"),
    }
    return f"{names[code]} ({code})" if code in names else code


def _are_shifts(text: str) -> bool:
    try:
        return bool(parse_hours({"mon": text}))
    except ValueError:
        return False
