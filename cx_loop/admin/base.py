"""What all admin pages share: nothing with history is deleted, every save leaves a trail."""

from typing import Any, TypeVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cx_loop import clock
from cx_loop.models import Actor, NameField, User, record

Of = TypeVar("Of", bound=models.Model)


class NamesField(forms.JSONField):
    """One text, kept as the English one, or `{"en": …, "zh-hans": …}`."""

    empty_values = [None, ""]

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and not value.strip():
            return {}
        if isinstance(value, str) and not value.lstrip().startswith("{"):
            return {"en": value.strip()}
        names = super().to_python(value)
        if not all(isinstance(text, str) and text for text in (names or {}).values()):
            raise ValidationError(_("Write one text, or one text a language."))
        return names or {}


def actor_of(request: HttpRequest) -> Actor:
    assert isinstance(request.user, User)
    return Actor(user=request.user)


def leave_trail(
    request: HttpRequest, obj: models.Model, change: str, fields: list[str] | None = None
) -> None:
    """One row in the trail, with what was changed but not to what: it may be a secret."""
    record(
        verb="configured",
        subject=str(obj._meta.model_name),
        subject_id=obj.pk,
        by=actor_of(request),
        now=clock.now(),
        params={"change": change, "key": str(getattr(obj, "key", "")), "fields": fields or []},
    )


class KeptAdmin(admin.ModelAdmin[Of]):
    """Objects that are retired rather than deleted, and known by their key for good."""

    formfield_overrides = {NameField: {"form_class": NamesField, "required": False}}

    def has_delete_permission(self, request: HttpRequest, obj: Of | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Of | None = None) -> list[str]:
        # a key is how files, hooks and observations name the object
        return [*self.readonly_fields, *(["key"] if obj and hasattr(obj, "key") else [])]

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Of, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        leave_trail(request, obj, "changed" if change else "created", form.changed_data)


class RetiringAdmin(KeptAdmin[Of]):
    """With the two ways out of force and back."""

    actions = ["retire", "bring_back"]
    exclude = ["retired_at"]

    @admin.action(description=gettext_lazy("Retire the selected, keeping their history"))
    def retire(self, request: HttpRequest, queryset: QuerySet[Of]) -> None:
        self._set(request, queryset.filter(retired_at=None), "retired")

    @admin.action(description=gettext_lazy("Bring the selected back"))
    def bring_back(self, request: HttpRequest, queryset: QuerySet[Of]) -> None:
        self._set(request, queryset.exclude(retired_at=None), "brought back")

    @transaction.atomic
    def _set(self, request: HttpRequest, found: QuerySet[Of], change: str) -> None:
        objects = list(found)
        for obj in objects:
            self.change_force(request, obj, retire=change == "retired")
        messages.success(
            request, _("Changed: %(names)s") % {"names": ", ".join(map(str, objects)) or "0"}
        )

    def change_force(self, request: HttpRequest, obj: Of, *, retire: bool) -> None:
        obj.retired_at = clock.now() if retire else None  # type: ignore[attr-defined]
        obj.save(update_fields=["retired_at"])
        leave_trail(request, obj, "retired" if retire else "changed", ["retired_at"])


class ReadOnlyInline(admin.TabularInline[Any, Any]):
    """Versions: to be read."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
