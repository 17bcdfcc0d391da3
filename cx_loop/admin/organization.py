"""The organisation, its people, departments and calendars."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cx_loop import clock
from cx_loop.actions.links import end_links
from cx_loop.admin.base import KeptAdmin, RetiringAdmin, actor_of, leave_trail
from cx_loop.events import calendars_changed, tasks_return
from cx_loop.logic.special_days import check_entries
from cx_loop.logic.working_time import WorkingHours, parse_hours
from cx_loop.messaging.door import Unreachable
from cx_loop.messaging.endpoints import endpoint_of
from cx_loop.models import Calendar, Department, Membership, Organization, User
from cx_loop.notices import say_bad_address
from cx_loop.ui.sentences import say_sentence


def check_timezone(timezone: str) -> str:
    try:
        WorkingHours(timezone=timezone)
    except ValueError as refusal:
        raise ValidationError(say_sentence(str(refusal))) from None
    return timezone


class OrganizationForm(forms.ModelForm[Organization]):
    def clean_timezone(self) -> str:
        return check_timezone(self.cleaned_data["timezone"])


@admin.register(Organization)
class OrganizationAdmin(KeptAdmin[Organization]):
    form = OrganizationForm
    fields = ["name", "timezone", "languages"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not Organization.objects.exists()


class CalendarForm(forms.ModelForm[Calendar]):
    def clean_timezone(self) -> str:
        return check_timezone(self.cleaned_data["timezone"])

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            WorkingHours(holidays=said.get("holidays", ""))
        except ValueError as refusal:
            self.add_error("holidays", say_sentence(str(refusal)))
        try:
            parse_hours(said.get("hours") or {})
        except (ValueError, AttributeError) as refusal:
            self.add_error("hours", say_sentence(str(refusal)))
        try:
            check_entries(said.get("special_days") or [])
        except (ValueError, AttributeError) as refusal:
            self.add_error("special_days", say_sentence(str(refusal)))
        return said


@admin.register(Calendar)
class CalendarAdmin(KeptAdmin[Calendar]):
    form = CalendarForm
    list_display = ["department", "timezone", "hours", "holidays"]

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Calendar, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        found = Department.objects.filter(calendar=obj).values_list("pk", flat=True)
        calendars_changed(departments=list(found), now=clock.now())


class MembershipInline(admin.TabularInline[Membership, Department]):
    model = Membership
    extra = 0
    autocomplete_fields = ["user"]


class DepartmentForm(forms.ModelForm[Department]):
    def clean_notify(self) -> list[str]:
        """An address is kept as an endpoint, and here only by its fingerprint."""
        said = self.cleaned_data["notify"] or []
        if not isinstance(said, list) or not all(isinstance(way, str) for way in said):
            raise ValidationError(_('Write a list such as ["email", "https://…"].'))
        known = {"email", *(self.instance.notify or [])}
        try:
            return [
                way if way in known else endpoint_of(way, now=clock.now()).fingerprint
                for way in said
            ]
        except ValueError:
            raise ValidationError(say_bad_address("no_address")) from None
        except Unreachable:
            raise ValidationError(say_bad_address("internal_address")) from None


@admin.register(Department)
class DepartmentAdmin(RetiringAdmin[Department]):
    form = DepartmentForm
    list_display = ["key", "name", "parent", "retired_at"]
    search_fields = ["key"]
    inlines = [MembershipInline]

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Department, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "calendar" in form.changed_data:
            calendars_changed(departments=[obj.pk], now=clock.now())

    @transaction.atomic
    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Whoever has lost a place gives back the tasks of it."""
        was = {row.pk: row.user for row in form.instance.memberships.select_related("user")}
        super().save_formset(request, form, formset, change)
        still = set(form.instance.memberships.values_list("user_id", flat=True))
        for user in {user.pk: user for user in was.values()}.values():
            if user.pk not in still:
                _say_returned(self, request, user)


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    """People are switched off rather than deleted; admin pages are open to the role admin."""

    ordering = ["email"]
    list_display = ["email", "name", "is_superuser", "is_analyst", "is_active"]
    list_filter = ["is_superuser", "is_analyst", "is_active"]
    search_fields = ["email", "name"]
    filter_horizontal = []
    readonly_fields = ["last_login"]
    fieldsets = [
        (None, {"fields": ["email", "password", "name", "language"]}),
        (None, {"fields": ["is_superuser", "is_analyst", "is_active", "last_login"]}),
    ]
    add_fieldsets = [
        (
            None,
            {"fields": ["email", "name", "language", "usable_password", "password1", "password2"]},
        )
    ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if obj == request.user and not (obj.is_superuser and obj.is_active):
            obj.is_superuser = obj.is_active = True
            self.message_user(request, _("You cannot take the role admin from yourself."))
        obj.email = obj.email.lower()
        obj.is_staff = obj.is_superuser
        super().save_model(request, obj, form, change)
        leave_trail(request, obj, "changed" if change else "created", form.changed_data)
        if change and not obj.is_active and "is_active" in form.changed_data:
            end_links(user=obj, now=clock.now())
            _say_returned(self, request, obj)


def _say_returned(page: admin.ModelAdmin[Any], request: HttpRequest, user: User) -> None:
    count = tasks_return(user=user, by=actor_of(request), now=clock.now())
    if count:
        said = {"person": user, "count": count}
        page.message_user(request, _("%(person)s: %(count)s tasks went back to the queue.") % said)
