"""API keys: made, rotated and revoked; the key itself is shown on one page, once."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cx_loop import clock
from cx_loop.actions.keys import SCOPES, create_key, revoke_key, rotate_key
from cx_loop.admin.base import KeptAdmin, actor_of, leave_trail
from cx_loop.models import ApiKey


class ApiKeyForm(forms.ModelForm[ApiKey]):
    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in SCOPES], widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = ApiKey
        fields = ["name", "scopes", "source", "department", "expires_at"]


@admin.register(ApiKey)
class ApiKeyAdmin(KeptAdmin[ApiKey]):
    form = ApiKeyForm
    list_display = [
        *("name", "prefix", "scopes", "source", "department"),
        *("created_at", "last_used_at", "expires_at", "revoked_at"),
    ]
    list_select_related = ["source", "department"]
    search_fields = ["name", "prefix"]
    readonly_fields = ["prefix", "created_at", "last_used_at", "revoked_at"]
    actions = ["revoke", "rotate"]

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        # a key is what it was made as; the list must allow its actions
        return obj is None and super().has_change_permission(request)

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[Any]:
        given = ["name", "scopes", "source", "department", "expires_at"]
        return [*given, *self.readonly_fields] if obj else given

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[str]:
        return list(self.readonly_fields) if obj else []

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        names = ("name", "scopes", "source", "department", "expires_at")
        made, text = create_key(**{name: form.cleaned_data[name] for name in names})
        obj.__dict__.update(made.__dict__)
        request.shown_once = text  # type: ignore[attr-defined]
        leave_trail(request, obj, "created", list(names))

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._show(request, obj, request.shown_once)  # type: ignore[attr-defined]

    @admin.action(description=gettext_lazy("Revoke the selected keys at once"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        now = clock.now()
        count = sum(revoke_key(key=key, by=actor_of(request), now=now) for key in queryset)
        messages.success(request, _("Keys revoked: %(count)s") % {"count": count})

    @admin.action(description=gettext_lazy("Rotate the selected key: a second one, the first ends"))
    def rotate(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> HttpResponse | None:
        key = queryset.first()
        if key is None or queryset.count() > 1:
            messages.error(request, _("Choose one key: each new one is shown once."))
            return None
        try:
            made, text = rotate_key(key=key, by=actor_of(request), now=clock.now())
        except ValueError as refusal:
            messages.error(request, str(refusal))
            return None
        return self._show(request, made, text)

    def _show(self, request: HttpRequest, key: ApiKey, text: str) -> HttpResponse:
        said = {"title": _("The new API key"), "text": text, "key": key}
        context = self.admin_site.each_context(request) | said
        return TemplateResponse(request, "admin/cx_loop/apikey/shown_once.html", context)
