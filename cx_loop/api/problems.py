"""Every refusal of the API in one shape: application/problem+json (RFC 9457) with a stable code."""

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404
from rest_framework import status
from rest_framework.exceptions import APIException, Throttled, ValidationError
from rest_framework.response import Response

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER = 5  # seconds, when the storage is down

_TITLES = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict",
    411: "Length required",
    413: "Content too large",
    415: "Unsupported media type",
    422: "Unprocessable content",
    429: "Too many requests",
    500: "Internal error",
    503: "Unavailable",
}


class Problem(APIException):
    """A refusal: status, stable code, a sentence, and further members where they help."""

    def __init__(
        self,
        status_code: int,
        code: str,
        detail: str,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail, code)
        self.status_code, self.code = status_code, code
        self.headers = dict(headers or {})
        self.members = members


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's exception handler. Never None: an unforeseen error is logged and answered as 500."""
    problem = _problem(error)
    if problem.status_code == status.HTTP_500_INTERNAL_SERVER_ERROR:
        request = context.get("request")
        got_request_exception.send(sender=None, request=getattr(request, "_request", request))
        # the trace, never the body: customers' words do not belong into a log
        log.error("unforeseen error in the API", exc_info=error)
    return Response(
        body_of(problem),
        status=problem.status_code,
        headers=problem.headers,
        content_type=CONTENT_TYPE,
    )


def body_of(problem: Problem) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": _TITLES.get(problem.status_code, "Error"),
        "status": problem.status_code,
        "code": problem.code,
        "detail": str(problem.detail),
        **problem.members,
    }


def _problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return problem_with_challenge(error, error)
    if isinstance(error, ValidationError):
        return Problem(400, "invalid", "Some fields are not valid.", errors=_errors(error.detail))
    if isinstance(error, APIException):
        return _of_rest_framework(error)
    if isinstance(error, Http404):
        return Problem(404, "not_found", "There is nothing here that you may see.")
    if isinstance(error, PermissionDenied):
        return Problem(403, "permission_denied", "You may not do this.")
    if isinstance(error, RequestDataTooBig):
        return Problem(413, "body_too_large", "The body is too large.")
    if isinstance(error, DataError):
        return Problem(400, "invalid", "A value is out of range or contains a NUL character.")
    if isinstance(error, OperationalError | InterfaceError):
        detail = "The storage does not answer; send the same again later."
        return Problem(503, "storage_unavailable", detail, {"Retry-After": str(RETRY_AFTER)})
    return Problem(500, "internal_error", "Something went wrong here; it was logged.")


def _of_rest_framework(error: APIException) -> Problem:
    detail = error.detail
    code = str(getattr(detail, "code", error.default_code))
    if error.status_code == status.HTTP_404_NOT_FOUND:
        code = "not_found"
    headers = {}
    if isinstance(error, Throttled):
        headers["Retry-After"] = str(round(getattr(error, "wait", None) or 1))
    problem = Problem(error.status_code, code, str(detail), headers)
    return problem_with_challenge(problem, error)


def problem_with_challenge(problem: Problem, error: APIException) -> Problem:
    """A 401 names how to authenticate (RFC 9110, 11.6.1); DRF puts it on the exception."""
    if challenge := getattr(error, "auth_header", None):
        problem.headers["WWW-Authenticate"] = challenge
    return problem


def _errors(detail: Any, field: str = "") -> list[dict[str, str]]:
    """DRF's nested details, flat: [{"field", "code", "message"}]."""
    if isinstance(detail, Mapping):
        inside = ((f"{field}.{name}".strip("."), part) for name, part in detail.items())
    elif isinstance(detail, list):
        inside = ((field, part) for part in detail)
    else:
        return [
            {"field": field, "code": getattr(detail, "code", "invalid"), "message": str(detail)}
        ]
    return [error for name, part in inside for error in _errors(part, name)]
