"""The address a survey tool delivers to: keep it, then answer exactly 200.

Outside `/api/`, with and without the last slash and never a redirect: tools do not follow one.
"""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from cx_loop.api import bodies
from cx_loop.api.answers import JsonAnswer
from cx_loop.api.problems import Problem
from cx_loop.api.throttles import PerCaller
from cx_loop.ingest.deliveries import LARGEST, digest_of, receive, source_of


class PerAddress(PerCaller):
    """By the address that is delivered to, whoever delivers."""

    def _caller(self, request: Request) -> str:
        return f"hook:{digest_of(request.parser_context['kwargs']['token'])[:32]}"


class AlwaysJson(DefaultContentNegotiation):
    """Whatever a tool says it accepts: a 406 would be a delivery lost."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


@extend_schema(exclude=True)
class HookView(APIView):
    """Whoever knows the address may deliver; what is not signed as agreed is kept and refused."""

    authentication_classes: Any = []
    permission_classes = [AllowAny]
    throttle_classes = [PerAddress]
    content_negotiation_class = AlwaysJson
    rate = "ingest"

    def get(self, request: Request, token: str) -> JsonAnswer:
        """Tools look whether somebody is there; HEAD as well."""
        if source_of(token) is None:
            raise Problem(404, "not_found", "This address was never issued.")
        return JsonAnswer({"ok": True})

    def post(self, request: Request, token: str) -> JsonAnswer:
        found = source_of(token)
        if found is None:
            raise Problem(404, "not_found", "This address was never issued.")
        source, now = found
        refused = receive(
            source=source,
            body=bodies.hold(request, LARGEST),
            content_type=request.META.get("CONTENT_TYPE", ""),
            headers=_headers(request),
            now=now,
        )
        if refused:
            raise Problem(401, refused, "The delivery is kept; its signature is not right.")
        return JsonAnswer({"ok": True})


def _headers(request: Request) -> dict[str, str]:
    """With lower-case names."""
    sent = request.META.items()
    return {
        name[5:].replace("_", "-").lower(): said for name, said in sent if name.startswith("HTTP_")
    }
