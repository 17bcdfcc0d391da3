"""The answer of a hot path: JSON that is written once, without looking for a way to write it."""

from typing import Any

import msgspec
from django.http import HttpResponse
from rest_framework.negotiation import DefaultContentNegotiation

_encode = msgspec.json.encode


class JsonAnswer(HttpResponse):
    """`data` as JSON. Passes through DRF as it is; what DRF's Response does costs more than it."""

    def __init__(self, data: Any, status: int = 200) -> None:
        super().__init__(_encode(data), "application/json", status)
        self.data, self.content_type = data, "application/json"


class MostlyJson(DefaultContentNegotiation):
    """Who accepts anything gets JSON at once; whoever asks for more is negotiated with."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        meta = request.META
        plain = meta.get("HTTP_ACCEPT", "*/*") in ("*/*", "application/json")
        if plain and not format_suffix and not meta.get("QUERY_STRING"):
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)
