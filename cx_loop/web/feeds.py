"""Making and ending the address of one's own calendar; what it tells stands with the tasks."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cx_loop import clock, reads
from cx_loop.actions.links import end_links, make_link
from cx_loop.models import Actor, PersonLink, User


@login_required
@require_POST
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, User)
    user = get_object_or_404(reads.people_of(request.user), pk=pk)
    if user != request.user:
        raise PermissionDenied
    now, kind = clock.now(), PersonLink.Kind.CALENDAR
    if request.POST.get("do") == "end":
        end_links(user=user, now=now, kind=kind)
        messages.success(request, _("The address has ended."))
    else:
        token = make_link(user=user, kind=kind, by=Actor(user=user), now=now)
        request.session["feed_url"] = f"{settings.PUBLIC_URL}/calendar/{token}.ics"
    return redirect("cx_loop:person", pk=pk)
