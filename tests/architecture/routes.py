"""Every route of the service, walked from the URL resolver."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize

WAYS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Route:
    """`template` such as "api/v1/tasks/%(number)s/"; `params` in order."""

    template: str
    params: tuple[str, ...]
    view: Any

    @property
    def shown(self) -> str:
        return "/" + self.template % {name: f"<{name}>" for name in self.params}

    @property
    def kind(self) -> str:
        """tasks, alerts …: what the parameters are of."""
        return self.template.removeprefix("api/v1/").split("/")[0]

    @property
    def is_api(self) -> bool:
        # figures for a collector are asked for with a key, at the address collectors expect
        return self.template.startswith("api/") or self.template == "metrics"

    @property
    def is_admin(self) -> bool:
        return self.template.startswith("admin/")

    @property
    def view_class(self) -> Any:
        """The class of a DRF view; None for a page."""
        return getattr(self.view, "cls", None)

    @property
    def ways(self) -> tuple[str, ...]:
        """What may be sent; a page says so only when it is asked."""
        if self.view_class is None:
            return ("get", "post")
        actions = getattr(self.view, "actions", None)
        return tuple(w for w in WAYS if (w in actions if actions else hasattr(self.view_class, w)))


def every_route() -> list[Route]:
    return sorted(_walk(get_resolver().url_patterns, "", ()), key=lambda route: route.template)


def _walk(patterns: Any, before: str, params: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        template, names = normalize(pattern.pattern.regex.pattern)[0]
        here = before + template, (*params, *names)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, *here)
        elif isinstance(pattern, URLPattern):
            yield Route(*here, pattern.callback)
