"""Configuration as YAML: what the pages say, as the file that would say it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cx_loop.actions.configure.export import LISTS, WHOLE, exported
from cx_loop.web.settings import for_admins, show

HERE = "yaml"
MOST = 100_000  # characters shown; the file has them all


@for_admins
@require_safe
def as_yaml(request: HttpRequest) -> HttpResponse:
    """All of it, or ?kind=routes, or ?kind=department&key=ground-ops; `file` downloads it."""
    kind, key = request.GET.get("kind", ""), request.GET.get("key") or None
    if (kind and kind not in (*LISTS, *WHOLE)) or (key and "\x00" in key):
        raise Http404
    text = exported(*([kind] if kind else []), key=key)
    if "file" in request.GET:
        answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="configuration.yaml"'
        return answer
    query = request.GET.copy()
    query["file"] = "1"
    page = {"text": text[:MOST], "is_cut": len(text) > MOST, "file": query.urlencode()}
    return show(request, "cx_loop/settings/yaml.html", page, here=HERE)
