"""Who can be named in a comment: a list to read, and the names offered while one is typed."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tasks.logic.mentions import OFFERED, offered
from tasks.reads.sharing import people_who_see
from tasks.web.sharing_views import seen

LONGEST = 40  # characters of what was typed; more names nobody
LISTED = 100  # names of the page; whoever looks for another types its beginning


@login_required
@require_safe
@never_cache
def people(request: HttpRequest, number: int) -> HttpResponse:
    """Only those who may see the task: a name that is offered must not tell who else works here.

    To the script the options of its list, to whoever comes by the address a page.
    """
    found, _user = seen(request, number)
    typed = request.GET.get("q", "")[:LONGEST]
    rows = people_who_see(found).values_list("pk", "name", "email").order_by("pk")
    names = {pk: (name, email) for pk, name, email in rows}
    is_part = request.htmx  # type: ignore[attr-defined]
    named = offered(typed, names, OFFERED if is_part else LISTED)
    shown = [(pk, names[pk][0] or names[pk][1], said) for pk, said in named]
    if is_part:
        return render(request, "tasks/parts/names.html", {"people": shown})
    page = {"task": found, "typed": typed, "people": shown, "is_cut": len(shown) == LISTED}
    return render(request, "tasks/people.html", page)
