"""Somebody tells a member of staff that they want to hear no more."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cx_loop import clock
from cx_loop.models import Actor, User
from tasks.actions.errors import Forbidden, Invalid
from tasks.actions.opt_outs import opt_out_reference
from tasks.models import OptOut


@login_required
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """By the reference the survey tool knows them by; what was typed is kept nowhere."""
    assert isinstance(request.user, User)
    try:
        opt_out_reference(
            reference=request.POST.get("customer", "").replace("\0", ""),
            how=OptOut.How.BY_HAND,
            by=Actor(request.user),
            now=clock.now(),
        )
    except Forbidden:
        messages.error(request, _("You may not do this."))
    except Invalid:
        messages.error(request, _("Say which customer, in 200 characters at most."))
    else:
        messages.success(request, _("They are never written to again."))
    return redirect("tasks:recoveries")
