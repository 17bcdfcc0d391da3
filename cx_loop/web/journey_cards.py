"""A lived moment is written down, or taken away, on the page of its journey."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cx_loop import clock
from cx_loop.actions.errors import Forbidden, Invalid, NotFound
from cx_loop.actions.moment_cards import cards_of, make_card, retire_card, works_at
from cx_loop.models import Actor, Touchpoint, User
from cx_loop.reads.journeys import journeys_seen
from cx_loop.web.card_form import CardForm
from cx_loop.web.journeys import shown_map


@login_required
@require_POST
def write(request: HttpRequest, key: str) -> HttpResponse:
    assert isinstance(request.user, User)
    journey, by = get_object_or_404(journeys_seen(request.user), key=key), Actor(request.user)
    seen = Touchpoint.objects.in_force().visible_to(request.user).filter(stage__journey=journey)
    stops = list(seen.order_by("stage__position", "position", "key"))
    mine = works_at([each.pk for each in stops], by)
    if not mine:
        raise PermissionDenied
    form = CardForm(request.POST, touchpoints=[each for each in stops if each.pk in mine])
    if form.is_valid():
        said = dict(form.cleaned_data)
        try:
            make_card(touchpoint=said.pop("touchpoint"), said=said, by=by, now=clock.now())
        except Invalid as refusal:
            form.add_error(None, " ".join(message for _f, _c, message in refusal.problems))
    if form.errors:
        return shown_map(request, key, card_form=form, status=422)
    messages.success(request, _("The card is kept."))
    return redirect(reverse("cx_loop:journey", args=[key]) + "#cards")


@login_required
@require_POST
def retire(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    assert isinstance(request.user, User)
    by = Actor(request.user)
    journey = get_object_or_404(journeys_seen(request.user), key=key)
    get_object_or_404(cards_of(by).filter(touchpoint__stage__journey=journey), pk=pk)
    try:
        retire_card(pk=pk, by=by, now=clock.now())
    except NotFound:
        raise Http404 from None
    except Forbidden:
        raise PermissionDenied from None
    messages.success(request, _("The card is taken away."))
    return redirect(reverse("cx_loop:journey", args=[key]) + "#cards")
