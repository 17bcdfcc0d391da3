"""A customer's own link to hear no more."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cx_loop import clock
from cx_loop.models import SYSTEM, Organization
from tasks.actions.opt_outs import customer_of, opt_out
from tasks.models import OptOut


@csrf_exempt  # the link is the secret, and mail programs post to it without a page (RFC 8058)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Opening it changes nothing, as mail scanners open links; the button does."""
    customer = customer_of(token)
    if customer is None:
        raise Http404
    is_done = request.method == "POST"
    if is_done:
        opt_out(customers=[customer], how=OptOut.How.LINK, by=SYSTEM, now=clock.now())
    page = {"is_done": is_done, "organization": Organization.current()}
    return render(request, "tasks/stop.html", page)
