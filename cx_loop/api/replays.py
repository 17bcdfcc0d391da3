"""`Idempotency-Key`: the same request again does nothing twice and is answered the same.

(draft-ietf-httpapi-idempotency-key-header.) The answer is written in the transaction of the
effect, so there is no half of it after a crash. While it runs, its caller and key are locked
rather than written down: a lock ends with its connection, a row would stay "in progress".
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from hashlib import sha256
from typing import Any, TypeAlias, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from cx_loop.api import bodies
from cx_loop.api.answers import JsonAnswer
from cx_loop.api.first_look import time_of
from cx_loop.api.problems import CONTENT_TYPE, Problem, problem_response
from cx_loop.models import AnsweredRequest, ApiKey

KEPT = timedelta(days=7)
LONGEST = 255
# what was refused because of what was asked; what the caller or the hour was refused is not kept
SETTLED = frozenset([400, 404, 409, 422])
REFUSALS = (APIException, Http404, PermissionDenied)

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="the same request again under it does nothing and is answered the same",
)

Answer: TypeAlias = Response | JsonAnswer
Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for what, under which key."""

    caller: str
    key: str
    fingerprint: bytes
    now: datetime


def replayable(handler: Handler) -> Handler:
    """A method of a view whose answer is given again for the same Idempotency-Key."""

    @wraps(handler)
    def answered(view: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
        sent = request.META.get("HTTP_IDEMPOTENCY_KEY")
        if sent is None:
            return handler(view, request, *args, **kwargs)
        largest = getattr(view, "largest_body", bodies.LARGEST)
        return _once(
            _asked(request, sent, largest), lambda: handler(view, request, *args, **kwargs)
        )

    return cast("Handler", extend_schema(parameters=[IDEMPOTENCY_KEY])(answered))


def _asked(request: Request, sent: str, largest: int) -> Asked:
    key = sent[1:-1] if len(sent) > 1 and sent[0] == sent[-1] == '"' else sent
    if not 0 < len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        detail = f"Idempotency-Key must be 1 to {LONGEST} printable ASCII characters."
        raise Problem(400, "idempotency_key_invalid", detail)
    who = request.auth if isinstance(request.auth, ApiKey) else None
    caller = f"key:{who.pk}" if who else f"user:{request.user.pk}"
    what = f"{request.method}\0{request.get_full_path()}\0".encode()
    return Asked(
        caller, key, sha256(what + bodies.hold(request, largest)).digest(), time_of(request)
    )


def _once(asked: Asked, handle: Callable[[], Answer]) -> Answer | HttpResponse:
    with transaction.atomic():
        if not _locked(asked):
            detail = "The first request with this Idempotency-Key is still running."
            raise Problem(409, "request_in_flight", detail, {"Retry-After": "1"})
        known = AnsweredRequest.objects.filter(caller=asked.caller, key=asked.key).first()
        if known is not None and known.answered_at > asked.now - KEPT:
            return _again(known, asked)
        try:
            # a savepoint: what is refused takes back its own half, and the refusal is kept
            with transaction.atomic():
                answer = handle()
        except REFUSALS as error:
            refusal = problem_response(error, {})
            if refusal.status_code not in SETTLED:
                raise
            answer = refusal
        _keep(asked, answer)
    return answer


def _locked(asked: Asked) -> bool:
    with connection.cursor() as cursor:
        name = f"{asked.caller} {asked.key}"
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 5871))", [name])
        row = cursor.fetchone()
    return bool(row and row[0])


def _again(known: AnsweredRequest, asked: Asked) -> HttpResponse:
    if bytes(known.fingerprint) != asked.fingerprint:
        detail = "This Idempotency-Key was used for another request; make a new one."
        raise Problem(422, "idempotency_key_reused", detail)
    body, content_type = bytes(known.body), known.content_type
    headers = {"Idempotency-Replayed": "true"}
    return HttpResponse(body, content_type, known.status, headers=headers)


def _keep(asked: Asked, answer: Answer) -> None:
    settled = answer.status_code in SETTLED and answer.content_type == CONTENT_TYPE
    AnsweredRequest.objects.update_or_create(
        caller=asked.caller,
        key=asked.key,
        defaults={
            "fingerprint": asked.fingerprint,
            "status": answer.status_code,
            "content_type": CONTENT_TYPE if settled else "application/json",
            "body": JSONRenderer().render(answer.data),
            "answered_at": asked.now,
        },
    )
