"""Addresses outside that are told of events, the mail server, and what could not be sent."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cx_loop import clock
from cx_loop.actions import addresses
from cx_loop.actions.messages import CannotSend, retry_dead, send_test
from cx_loop.models import Actor, Department, Endpoint, Message, User, in_language, places_of
from cx_loop.notices import say_bad_address
from cx_loop.web.people_forms import DepartmentChoice

MOST_DEAD = 50  # shown; all of them can be sent again at once


class AddressForm(forms.Form):
    address = forms.CharField(
        label=gettext_lazy("Web address"),
        max_length=2000,
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
        help_text=gettext_lazy(
            "A webhook of your own, or of a chat: WeCom, DingTalk, Feishu, Slack, Teams."
        ),
    )
    department = DepartmentChoice(
        label=gettext_lazy("Of which department"), queryset=Department.objects.none()
    )

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["department"]
        assert isinstance(place, DepartmentChoice)
        place.queryset = addresses.departments_led(reader).order_by("key")
        if reader.is_superuser:
            place.required, place.empty_label = False, _("the whole company")


class MailForm(forms.Form):
    address = forms.EmailField(label=gettext_lazy("Send a test message to"), max_length=254)


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    return _page(request, _reader(request))


@login_required
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    reader = _reader(request)
    form = AddressForm(request.POST, reader=reader)
    if form.is_valid():
        said = form.cleaned_data
        try:
            addresses.tell(**said, by=Actor(reader), now=clock.now())
        except addresses.Refused as refusal:
            form.add_error("address", say_refusal(refusal.code))
    if form.errors:
        return _page(request, reader, address_form=form)
    messages.success(request, _("It is told from now on. Send it a test message."))
    return redirect("cx_loop:messages")


@login_required
@require_POST
@never_cache
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Test, rotate, switch, or tell no more: `do` says what."""
    reader = _reader(request)
    endpoint = get_object_or_404(addresses.addresses_of(reader), pk=pk)
    do = _CHANGES.get(request.POST.get("do", ""))
    if do is None:
        raise Http404
    try:
        shown = do(request, endpoint, Actor(reader), clock.now())
    except addresses.Refused as refusal:
        messages.warning(request, say_refusal(refusal.code))
    except CannotSend as error:
        said = {"host": endpoint.host, "why": error}
        messages.error(request, _("%(host)s has not taken it: %(why)s") % said)
    else:
        if shown:
            said = {"endpoint": endpoint, "secret": shown}
            return render(request, "cx_loop/messages/secret.html", said)
    return redirect("cx_loop:messages")


@login_required
@require_POST
def test_mail(request: HttpRequest) -> HttpResponse:
    reader = _admin(request)
    form = MailForm(request.POST)
    if form.is_valid():
        try:
            send_test(address=form.cleaned_data["address"], now=clock.now())
        except CannotSend as error:
            form.add_error("address", _("It was not sent: %(why)s") % {"why": error})
    if form.errors:
        return _page(request, reader, mail_form=form)
    messages.success(request, _("The mail server has taken it."))
    return redirect("cx_loop:messages")


@login_required
@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """Send one dead letter again, or all."""
    reader = _admin(request)
    dead, one = Message.objects.dead(), request.POST.get("message", "")
    if one:
        dead = dead.filter(pk=one if one.isdecimal() and len(one) < 18 else 0)
    count = retry_dead(dead, by=Actor(reader), now=clock.now())
    messages.success(request, _("To be sent again: %(count)s") % {"count": count})
    return redirect("cx_loop:messages")


def may_look_after(user: User) -> bool:
    """Whether the menu has an entry for the page."""
    return user.is_superuser or bool(places_of(user).leads)


def say_refusal(code: str) -> str:
    if code in ("no_address", "internal_address"):
        return say_bad_address(code)
    return {
        "is_there_already": _("It is told already."),
        "too_many": _("A department has twenty addresses at most."),
        "shared": _("Another department is told through it as well: ask an admin."),
        "no_secret": _("Chat tools are not signed for."),
    }.get(code, _("You may not do this."))


def _try_it(request: HttpRequest, endpoint: Endpoint, by: Actor, now: datetime) -> str:
    send_test(endpoint=endpoint, now=now)
    messages.success(request, _("%(host)s has taken it.") % {"host": endpoint.host})
    return ""


def _rotate(request: HttpRequest, endpoint: Endpoint, by: Actor, now: datetime) -> str:
    return addresses.rotate(endpoint=endpoint, by=by, now=now)


def _off(request: HttpRequest, endpoint: Endpoint, by: Actor, now: datetime) -> str:
    addresses.switch(endpoint=endpoint, on=False, by=by, now=now)
    return ""


def _on(request: HttpRequest, endpoint: Endpoint, by: Actor, now: datetime) -> str:
    addresses.switch(endpoint=endpoint, on=True, by=by, now=now)
    return ""


def _leave(request: HttpRequest, endpoint: Endpoint, by: Actor, now: datetime) -> str:
    key = request.POST.get("department", "")
    assert by.user is not None
    place = get_object_or_404(addresses.departments_led(by.user), key=key) if key else None
    addresses.tell_no_more(endpoint=endpoint, department=place, by=by, now=now)
    return ""


_CHANGES = {"test": _try_it, "rotate": _rotate, "off": _off, "on": _on, "leave": _leave}


def _page(request: HttpRequest, reader: User, **bound: Any) -> HttpResponse:
    found = list(addresses.addresses_of(reader).order_by("host", "id"))
    led = list(addresses.departments_led(reader).order_by("key"))
    failed = addresses.last_errors(found)
    page: dict[str, Any] = {
        "now": clock.now(),
        "is_admin": reader.is_superuser,
        "rows": [_row(each, led, failed) for each in found],
        "address_form": AddressForm(reader=reader),
    }
    if reader.is_superuser:
        dead = Message.objects.dead().order_by("-created_at", "-id")
        page |= {
            "mail": _mail(),
            "mail_form": MailForm(initial={"address": reader.email}),
            "dead": list(dead[:MOST_DEAD]),
            "count_dead": dead.count(),
        }
    return render(
        request, "cx_loop/messages/overview.html", page | bound, status=422 if bound else 200
    )


def _row(endpoint: Endpoint, led: list[Department], failed: dict[int, str]) -> dict[str, Any]:
    places = [each for each in led if endpoint.fingerprint in each.notify]
    return {
        "endpoint": endpoint,
        "tool": endpoint.tool or _("webhook"),
        "places": [(each.key, in_language(each.name) or each.key) for each in places],
        "last_error": failed.get(endpoint.pk, "") if endpoint.failures else "",
    }


def _mail() -> list[tuple[str, str]]:
    """How mails leave; never a password."""
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        way = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
        secure = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
        way += " · " + (_("encrypted") if secure else _("not encrypted"))
    elif settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        way = _("written to files: %(path)s") % {"path": settings.EMAIL_FILE_PATH}
    else:
        way = _("written to the log: no mail server is set")
    return [
        (_("Mail server"), way),
        (_("Sender"), settings.DEFAULT_FROM_EMAIL),
        (_("Links lead to"), settings.PUBLIC_URL),
    ]


def _reader(request: HttpRequest) -> User:
    """Who looks after addresses; the page is not there for others."""
    reader = request.user
    assert isinstance(reader, User)
    if not may_look_after(reader):
        raise PermissionDenied
    return reader


def _admin(request: HttpRequest) -> User:
    reader = _reader(request)
    if not reader.is_superuser:
        raise PermissionDenied
    return reader
