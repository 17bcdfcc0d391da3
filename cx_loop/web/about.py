"""What the demo is, and how far its loading has come."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cx_loop.ui.slots import demo_progress


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "cx_loop/about.html")


@never_cache
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """The part that asks again every two seconds while the demo company is being loaded."""
    now_at = demo_progress()
    page = render(request, "cx_loop/parts/progress.html", {"progress": now_at})
    if now_at is None or now_at.is_over:
        page["HX-Refresh"] = "true"  # htmx reloads the page, now with everything on it
    return page
