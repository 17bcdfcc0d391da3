"""What every response has: the reader's language, and a policy that lets no foreign code run."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import patch_vary_headers

from cx_loop.models import User, reading

FACTOR_IS_DUE = "factor_is_due"  # in the session of who must set one up
OPEN_WITHOUT_FACTOR = ("/me/second-factor/", "/logout/", "/language/", "/static/")
Handler = Callable[[HttpRequest], HttpResponseBase]

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


class TrustProxies:
    """What proxies of one's own say about the caller; from anybody else it is not believed.

    TRUSTED_PROXIES says how many stand in front: each adds one address to X-Forwarded-For, so the
    caller's is that far from the end, and whatever stands before it was written by the caller.
    """

    def __init__(self, handle: Handler) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        many = settings.TRUSTED_PROXIES
        if many:
            said = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
            if len(said) >= many and (address := _address(said[-many])):
                request.META["REMOTE_ADDR"] = address
        else:
            request.META.pop("HTTP_X_FORWARDED_FOR", None)
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        return self.handle(request)


class SpeakTheReadersLanguage:
    """The person's own language, else the cookie's, else what the browser asks for."""

    def __init__(self, handle: Handler) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = _language_of(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.handle(request)
        response.headers.setdefault("Content-Language", language)
        # what is the same for everybody is kept once, not for each cookie
        is_public = "public" in response.headers.get("Cache-Control", "")
        varies = ("Accept-Language",) if is_public else ("Accept-Language", "Cookie")
        patch_vary_headers(response, varies)
        return response


class SecondFactorFirst:
    """Who must have a second factor sees nothing until they have one."""

    def __init__(self, handle: Handler) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            is_due = bool(request.COOKIES) and request.session.get(FACTOR_IS_DUE)
        except (OperationalError, InterfaceError):
            is_due = False  # what answers asks for the session too, and says the storage is away
        if is_due and not request.path.startswith(OPEN_WITHOUT_FACTOR):
            return redirect("cx_loop:second-factor")
        return self.handle(request)


class AskOnce:
    """A page asks who its reader is and what they see once, however many parts of it ask."""

    def __init__(self, handle: Handler) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return self.handle(request)
        with reading():
            return self.handle(request)


class ContentSecurityPolicy:
    """Nothing inline, nothing from elsewhere. A view that needs more sets its own header."""

    def __init__(self, handle: Handler) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.handle(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


def _address(said: str) -> str:
    """An address in its plain form; "" for what is none. Some proxies write the port behind it."""
    text = said.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


def _language_of(request: HttpRequest) -> str:
    # an API key or a hook is nobody: asking for the user would open a session for each call
    try:
        user = request.user if request.COOKIES else None
        if isinstance(user, User) and translation.check_for_language(user.language):
            return user.language
    except (OperationalError, InterfaceError):
        pass  # what answers is asked for the user too, and can say that the storage is away
    return translation.get_language_from_request(request)
