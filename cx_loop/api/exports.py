"""What the addresses of exports share: which file, and that it is no JSON."""

from collections.abc import Callable
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from cx_loop.api.problems import Problem
from cx_loop.ui.sheets import CSV, FORMATS, XLSX, Sheet, TooLong, as_file


class AnswersWithAFile:
    """For views: `format` names the file, and refusals stay problems in JSON."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        # otherwise ?format=csv would look for a renderer of that name
        return JSONRenderer(), JSONRenderer.media_type


def documented(operation: str, summary: str, tag: str) -> Any:
    """The OpenAPI side of an export."""
    return extend_schema(
        operation_id=operation,
        summary=summary,
        tags=[tag],
        filters=True,
        parameters=[
            OpenApiParameter("format", str, enum=[CSV, XLSX], default=CSV),
            OpenApiParameter(
                "bom", bool, default=False, description="a CSV begins with a mark, for Excel"
            ),
        ],
        responses={
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR),
            (200, FORMATS[XLSX]): OpenApiResponse(OpenApiTypes.BINARY),
        },
    )


def kind_of(request: Request) -> str:
    """Raises Problem."""
    kind = request.query_params.get("format", CSV)
    if kind not in FORMATS:
        raise Problem(400, "format_unknown", f"format must be one of: {', '.join(FORMATS)}.")
    return kind


def bom_of(request: Request) -> bool:
    """Raises Problem."""
    said = request.query_params.get("bom", "false")
    if said not in {"true", "false"}:
        raise Problem(400, "bom_invalid", "bom must be true or false.")
    return said == "true"


def sent(make: Callable[[str], Sheet], request: Request) -> HttpResponseBase:
    """The sheet that `make(kind)` gives, as the file asked for. Raises Problem."""
    kind, bom = kind_of(request), bom_of(request)
    try:
        sheet = make(kind)
    except TooLong:
        detail = "A workbook cannot have so many rows: narrow the list, or take it as CSV."
        raise Problem(400, "too_many_rows", detail) from None
    return as_file(sheet, kind, bom=bom)
