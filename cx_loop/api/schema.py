"""What the OpenAPI document needs to be told in words."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import serializers


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457, with a stable code."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "cx_loop.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "cxl_<prefix>_<secret>"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "cx_loop.api.authentication.SignedInSession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


def tell_refusals(result: dict[str, Any], **said: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: what any operation may refuse, told here once instead of at each
    view, where one would be forgotten."""
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    for path, ways in result["paths"].items():
        for operation in ways.values():
            for status in _refusals(path, operation):
                answer = operation["responses"].setdefault(str(status), {"description": ""})
                answer.setdefault("content", {}).setdefault("application/problem+json", problem)
    return result


def _refusals(path: str, operation: dict[str, Any]) -> Iterator[int]:
    given = operation.get("parameters", [])
    yield 406
    if operation["security"] != [{}]:
        yield from (401, 403, 429, 503)
    if "{" in path:
        yield 404
    if "requestBody" in operation or any(parameter["in"] == "query" for parameter in given):
        yield 400
    if "requestBody" in operation:
        yield from (411, 413, 415)
    if any(parameter["name"] == "Idempotency-Key" for parameter in given):
        yield from (409, 422)
