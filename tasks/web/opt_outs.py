"""Somebody tells a member of staff that they want to hear no more, or to hear again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cx_loop import clock
from cx_loop.models import Actor, User
from tasks.actions.errors import Forbidden, Invalid
from tasks.actions.opt_outs import lift_opt_out, opt_out_reference
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


@login_required
@require_POST
def lift(request: HttpRequest) -> HttpResponse:
    """For a reason, which the trail keeps; what was typed of the customer is kept nowhere."""
    assert isinstance(request.user, User)
    try:
        lift_opt_out(
            reference=request.POST.get("customer", "").replace("\0", ""),
            reason=request.POST.get("reason", "").replace("\0", ""),
            by=Actor(request.user),
            now=clock.now(),
        )
    except Forbidden:
        messages.error(request, _("You may not do this."))
    except Invalid as refusal:
        for field, code, _said in refusal.problems:
            messages.error(request, _WRONG[code if code == "not_opted_out" else field])
    else:
        messages.success(request, _("They may be written to again, once they agree to it anew."))
    return redirect("tasks:recoveries")


_WRONG = {
    "customer": gettext_lazy("Say which customer, in 200 characters at most."),
    "reason": gettext_lazy("Say why, in 400 characters at most."),
    "not_opted_out": gettext_lazy("Nobody is on record under this name."),
}
