"""The people of the company: who they are, where they work, and how they come and go."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cx_loop import clock, reads
from cx_loop.actions import links, second_factor, sign_on, staff
from cx_loop.events import tasks_in_hand
from cx_loop.models import Actor, Membership, Organization, PersonLink, User, in_language, places_of
from cx_loop.web.people_forms import ROLES, InviteForm, PersonForm, PlaceForm


@login_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Admins and analysts see everybody, leads the people of their departments."""
    reader = _reader(request)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    found = reads.people_seen_by(reader, words)
    page = {
        "now": clock.now(),
        "rows": [_row(person) for person in found[: reads.MOST_PEOPLE]],
        "is_cut": len(found) > reads.MOST_PEOPLE,
        "q": words,
        "may_manage": reader.is_superuser,
    }
    return render(request, "cx_loop/people/list.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    by = _admin(request)
    spoken = Organization.current().languages
    form = InviteForm(request.POST or None, initial={"language": next(iter(spoken), "en")})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            user, url = staff.invite_person(**said, by=by, now=clock.now())
        except staff.Refused as refusal:
            form.add_error("email", say_refusal(refusal.code))
        else:
            return _show_link(request, user, url)
    status = 422 if form.is_bound else 200
    return render(request, "cx_loop/people/invite.html", {"form": form}, status=status)


@login_required
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _seen(request, pk))


@login_required
@require_POST
def details(request: HttpRequest, pk: int) -> HttpResponse:
    by, user = _admin(request), _seen(request, pk)
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _page(request, user, person_form=form)
    try:
        staff.change_person(user=user, **form.cleaned_data, by=by, now=clock.now())
    except staff.Refused as refusal:
        form.add_error("is_admin", say_refusal(refusal.code))
        return _page(request, user, person_form=form)
    messages.success(request, _("Saved."))
    return redirect("cx_loop:person", pk=pk)


@login_required
@require_POST
def door(request: HttpRequest, pk: int) -> HttpResponse:
    """A lost second factor is taken away, an account of single sign-on is forgotten."""
    by, user = _admin(request), _seen(request, pk)
    if request.POST.get("forget") == "factor":
        second_factor.take_away(user=user, by=by, now=clock.now())
    else:
        sign_on.forget_account(user=user, by=by, now=clock.now())
    messages.success(request, _("Saved."))
    return redirect("cx_loop:person", pk=pk)


@login_required
@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """A role in a department, or another one instead of one they have."""
    by, user = _admin(request), _seen(request, pk)
    form = PlaceForm(request.POST, person=user)
    if not form.is_valid():
        return _page(request, user, place_form=form)
    try:
        returned = staff.give_place(user=user, **form.cleaned_data, by=by, now=clock.now())
    except staff.Refused as refusal:
        form.add_error("role", say_refusal(refusal.code))
        return _page(request, user, place_form=form)
    messages.success(request, _saved(returned))
    return redirect("cx_loop:person", pk=pk)


@login_required
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    by, user = _admin(request), _seen(request, pk)
    number = request.POST.get("membership", "")
    mine = user.memberships.select_related("department", "user")
    found = get_object_or_404(mine, pk=number if number.isdecimal() and len(number) < 18 else 0)
    messages.success(request, _saved(staff.take_place(membership=found, by=by, now=clock.now())))
    return redirect("cx_loop:person", pk=pk)


@login_required
@require_POST
@never_cache
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link to choose a password, sent, and shown to be printed."""
    by, user = _admin(request), _seen(request, pk)
    if not user.is_active:
        messages.warning(request, _("They are switched off; bring them back first."))
        return redirect("cx_loop:person", pk=pk)
    kind = PersonLink.Kind.RESET if user.has_usable_password() else PersonLink.Kind.INVITE
    return _show_link(request, user, links.send_link(user=user, kind=kind, by=by, now=clock.now()))


@login_required
@require_POST
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    by, user = _admin(request), _seen(request, pk)
    try:
        returned = staff.deactivate(user=user, by=by, now=clock.now())
    except staff.Refused as refusal:
        messages.warning(request, say_refusal(refusal.code))
    else:
        messages.success(request, _saved(returned))
    return redirect("cx_loop:person", pk=pk)


@login_required
@require_POST
@never_cache
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    by, user = _admin(request), _seen(request, pk)
    return _show_link(request, user, staff.reactivate(user=user, by=by, now=clock.now()))


def _page(request: HttpRequest, user: User, **forms: Any) -> HttpResponse:
    reader = _reader(request)
    mine = user.memberships.select_related("department").order_by("department__key", "role", "pk")
    page: dict[str, Any] = {
        "now": clock.now(),
        "person": user,
        "places": [(row, *_said_place(row)) for row in mine],
        "in_hand": tasks_in_hand(user),
        "is_mine": user == reader,
        "may_manage": reader.is_superuser,
        "is_invited": user.is_active and not user.has_usable_password(),
        "feed": user.links.live(clock.now()).filter(kind="calendar").first(),
        "feed_url": request.session.pop("feed_url", "") if user == reader else "",
        "person_form": PersonForm(
            initial={
                "name": user.name,
                "is_admin": user.is_superuser,
                "is_analyst": user.is_analyst,
            }
        ),
        "place_form": PlaceForm(person=user),
        "has_factor": second_factor.has_one(user),
        "signs_on": sign_on.accounts_of(user).exists(),
    }
    page |= forms
    return render(request, "cx_loop/people/person.html", page, status=422 if forms else 200)


def _show_link(request: HttpRequest, user: User, url: str) -> HttpResponse:
    return render(request, "cx_loop/people/link.html", {"person": user, "url": url})


def _row(user: User) -> dict[str, Any]:
    places = [" · ".join(_said_place(row)) for row in user.memberships.all()]
    if user.is_superuser:
        places.append(_("Admin"))
    if user.is_analyst:
        places.append(_("Analyst"))
    return {"person": user, "places": places, "is_invited": not user.has_usable_password()}


def _said_place(row: Membership) -> tuple[str, str]:
    return in_language(row.department.name) or row.department.key, row.duty or str(ROLES[row.role])


def _saved(returned: int) -> str:
    if not returned:
        return _("Saved.")
    return _("Saved. Tasks that went back to the queue of their department: %(count)s.") % {
        "count": returned
    }


def say_refusal(code: str) -> str:
    return {
        "exists": _("Somebody has this address already."),
        "is_yourself": _("You cannot do this to yourself."),
        "has_a_lead": _("The department has a lead: take the role from them first."),
        "has_a_director": _("The department has a director: take the role from them first."),
        "is_there_already": _("They have this role there already."),
    }[code]


def _seen(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(reads.people_of(_reader(request)), pk=pk)


def _admin(request: HttpRequest) -> Actor:
    reader = _reader(request)
    if not reader.is_superuser:
        raise PermissionDenied
    return Actor(user=reader)


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def may_see_others(user: User) -> bool:
    """Whether the menu has an entry for the pages of people."""
    return user.sees_everything or bool(places_of(user).leads)
