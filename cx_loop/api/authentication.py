"""Who is calling: an API key, or a person in a signed-in session."""

import hmac
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from cx_loop.actions.keys import digest_of
from cx_loop.api.first_look import Look, look
from cx_loop.api.problems import Problem
from cx_loop.models import ApiKey

_SEEN_EVERY = timedelta(minutes=1)


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer cxl_…`. The row is read for every request, otherwise a key revoked
    in another process would go on working here. Sets `request.auth` to the key."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey] | None:
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = _live_key(text.strip())
        if found is None:
            raise Problem(401, "key_invalid", "This API key is unknown, expired or revoked.")
        request.look = found  # type: ignore[attr-defined]  # read by first_look.look_of
        return AnonymousUser(), found.key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="cx-loop"'


class SignedInSession(SessionAuthentication):
    """The session of the pages; writes need the CSRF token."""

    def enforce_csrf(self, request: Any) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied:
            detail = "The CSRF token is missing or wrong."
            raise Problem(403, "csrf_failed", detail) from None


def _live_key(text: str) -> Look | None:
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != "cxl" or "\0" in text:
        return None
    found = look(parts[1])
    if found is None or not hmac.compare_digest(found.key.digest, digest_of(text)):
        return None
    key, now = found.key, found.now
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        return None
    if key.last_used_at is None or not now - _SEEN_EVERY < key.last_used_at <= now:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return found
