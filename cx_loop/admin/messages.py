"""What was sent and could not be; the addresses outside; a mail to try."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cx_loop import clock
from cx_loop.actions.messages import CannotSend, retry_dead, send_test
from cx_loop.admin.base import KeptAdmin, actor_of
from cx_loop.messaging.endpoints import disable, enable, read_secret, rotate_secret
from cx_loop.models import Endpoint, Message


class NothingToType(KeptAdmin[Any]):
    """Rows that the service writes; the list must allow its actions."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)


class TestAddress(forms.Form):
    address = forms.EmailField(label=gettext_lazy("Send a test message to"))


@admin.register(Message)
class MessageAdmin(NothingToType):
    """The dead letters are those in the state dead: `?state__exact=dead`."""

    list_display = [
        *("id", "channel", "recipient", "state", "attempts", "created_at"),
        *("available_at", "sent_at", "last_error"),
    ]
    list_filter = ["state", "channel"]
    search_fields = ["recipient", "=task_number"]
    ordering = ["-id"]
    fields = [
        *("dedup_key", "channel", "recipient", "task_number", "payload", "state", "bundled"),
        *("attempts", "created_at", "available_at", "sent_at", "last_error"),
    ]
    actions = ["try_again"]
    change_list_template = "admin/cx_loop/message/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        try_it = self.admin_site.admin_view(self.try_it)
        return [path("test/", try_it, name="cx_loop_message_test"), *super().get_urls()]

    @admin.action(description=gettext_lazy("Try the selected dead letters again"))
    def try_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        count = retry_dead(queryset, by=actor_of(request), now=clock.now())
        messages.success(request, _("To be sent again: %(count)s") % {"count": count})

    def try_it(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        mine = {"address": getattr(request.user, "email", "")}
        form = TestAddress(request.POST or None, initial=mine)
        if request.method == "POST" and form.is_valid():
            try:
                send_test(address=form.cleaned_data["address"], now=clock.now())
            except CannotSend as error:
                messages.error(request, _("It was not sent: %(why)s") % {"why": error})
            else:
                messages.success(request, _("The mail server has taken it."))
                return redirect("admin:cx_loop_message_test")
        said = {"title": _("A test message"), "form": form}
        context = self.admin_site.each_context(request) | said
        return TemplateResponse(request, "admin/cx_loop/message/test.html", context)


@admin.register(Endpoint)
class EndpointAdmin(NothingToType):
    """Addresses come from departments; here they are switched and their secrets are read."""

    list_display = [
        *("__str__", "created_at", "last_ok_at", "failures"),
        *("failing_since", "disabled_at", "disabled_reason"),
    ]
    fields = [
        *("host", "tool", "created_at", "last_ok_at", "failures"),
        *("failing_since", "disabled_at", "disabled_reason", "old_secret_until"),
    ]
    actions = ["show_secret", "rotate", "switch_on", "switch_off", "try_it"]

    @admin.action(description=gettext_lazy("Show the signing secret"))
    def show_secret(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> Any:
        endpoint = self._one(request, queryset)
        if endpoint is None:
            return None
        text = read_secret(endpoint=endpoint, by=actor_of(request), now=clock.now())
        return self._show(request, endpoint, text)

    @admin.action(description=gettext_lazy("New signing secret: both sign for a week"))
    def rotate(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> Any:
        endpoint = self._one(request, queryset)
        if endpoint is None:
            return None
        text = rotate_secret(endpoint=endpoint, by=actor_of(request), now=clock.now())
        return self._show(request, endpoint, text)

    @admin.action(description=gettext_lazy("Switch on"))
    def switch_on(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> None:
        for endpoint in queryset.exclude(disabled_at=None):
            enable(endpoint=endpoint, by=actor_of(request), now=clock.now())

    @admin.action(description=gettext_lazy("Switch off"))
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> None:
        for endpoint in queryset:
            disable(endpoint=endpoint, reason="by hand", by=actor_of(request), now=clock.now())

    @admin.action(description=gettext_lazy("Send a test message"))
    def try_it(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> None:
        for endpoint in queryset:
            try:
                send_test(endpoint=endpoint, now=clock.now())
            except CannotSend as error:
                messages.error(request, f"{endpoint}: {error}")
            else:
                messages.success(request, _("%(host)s has taken it.") % {"host": endpoint.host})

    def _one(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> Endpoint | None:
        endpoint = queryset.first()
        if endpoint is None or queryset.count() > 1 or endpoint.tool:
            messages.error(request, _("Choose one webhook: chat tools are not signed for."))
            return None
        return endpoint

    def _show(self, request: HttpRequest, endpoint: Endpoint, text: str) -> HttpResponse:
        said = {"title": _("The signing secret"), "text": text, "endpoint": endpoint}
        context = self.admin_site.each_context(request) | said
        page = TemplateResponse(request, "admin/cx_loop/endpoint/secret.html", context)
        page.headers["Cache-Control"] = "no-store"
        return page
