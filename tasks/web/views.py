"""Keeping a view of the queue, and letting it go."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cx_loop import clock
from cx_loop.models import User
from tasks.actions.errors import Invalid
from tasks.actions.views import drop_view, keep_view
from tasks.web.forms import say_problem
from tasks.web.queue_address import queue_url, view_query
from tasks.web.undo import with_undo


@login_required
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    # only what an address of the queue may say: the rest would be kept for nothing
    query = view_query(QueryDict(request.POST.get("query", "")[:2000]))
    name = request.POST.get("name", "")
    try:
        kept = keep_view(user=request.user, name=name, query=query, now=clock.now())
    except Invalid as refusal:
        for _field, code, message in refusal.problems:
            messages.error(request, say_problem(code, message))
    else:
        said = _("“%(name)s” is kept. Its address can be sent to others; each sees their own.")
        messages.success(request, said % {"name": kept.name})
    return redirect(f"{queue_url()}?{query}")


@login_required
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, User)
    gone = drop_view(user=request.user, pk=pk) if pk < 2**63 else None
    if gone is None:
        raise Http404
    said = _("“%(name)s” is no longer kept.") % {"name": gone.name}
    back = {"name": gone.name, "query": gone.query}
    messages.success(request, with_undo(request, said, reverse("tasks:view-keep"), **back))
    return redirect("tasks:queue")
