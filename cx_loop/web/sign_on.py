"""Single sign-on with an OpenID Connect provider: out to it, back from it, and who comes in."""

from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from structlog import get_logger

from cx_loop import clock
from cx_loop.actions.sign_on import known_person
from cx_loop.web.entering import enter, own_address

_log = get_logger()
# a provider that is away, or answers what is none of the protocol
AWRY = (requests.RequestException, OAuth2Error, KeyError, TypeError, ValueError)


class Provider(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """What allauth leaves open is closed: the signature is always looked at, the address we are
    called back at is our public one, and what is said beside the token is of the same person."""

    def get_provider(self) -> Any:
        provider = super().get_provider()
        provider.oauth2_adapter_class = type(self)
        return provider

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return f"{settings.PUBLIC_URL}{reverse('cx_loop:sign-on-back')}"

    def complete_login(
        self, request: HttpRequest, app: Any, token: Any, **kwargs: Any
    ) -> SocialLogin:
        claims = self._decode_id_token(app, kwargs["response"].get("id_token") or "")
        if "email" not in claims:
            more = self._fetch_user_info(token.token)
            if more.get("sub") != claims["sub"]:
                raise OAuth2Error("what is said beside the token is of somebody else")
            claims |= {name: more.get(name) for name in ("email", "email_verified")}
        found = self.get_provider().sociallogin_from_response(request, {"id_token": claims})
        # of all that a provider tells nothing is kept but its name for the person
        found.account.extra_data = {}
        found.verified_email = _verified_email(claims)
        return found

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        told: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return told


class InvitedOnly(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Who comes back from the provider comes in when they were invited, and only then."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        account = sociallogin.account
        person = known_person(
            provider=account.provider,
            subject=account.uid,
            verified_email=sociallogin.verified_email,
            now=clock.now(),
        )
        if person is None:
            raise ImmediateHttpResponse(_said(request, "unknown", 403))
        goes_on = sociallogin.get_redirect_url(request) or "/"
        raise ImmediateHttpResponse(enter(request, person, goes_on))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **more: Any) -> None:
        _log.warning("single sign-on failed", error=str(more.get("exception") or more.get("error")))
        raise ImmediateHttpResponse(_said(request, "failed", 403))


@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """Out to the provider. A link, because browsers hold a form back from other hosts."""
    goes_on = own_address(request, request.GET.get("next") or "/")
    try:
        redirected: HttpResponse = (
            _provider(request).get_provider().redirect(request, "login", next_url=goes_on)
        )
    except AWRY as error:
        return _awry(request, error)
    return redirected


@never_cache
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    view = OAuth2CallbackView.adapter_view(_provider(request))
    try:
        answer: HttpResponse = view(request)
    except AWRY as error:
        return _awry(request, error)
    return answer


def _provider(request: HttpRequest) -> Provider:
    if not settings.SIGN_ON_URL:
        raise Http404
    return Provider(request, settings.SIGN_ON_ID)


def _verified_email(claims: dict[str, Any]) -> str:
    """The address, when the provider vouches for it; some write the truth as a word."""
    sure = claims.get("email_verified") in (True, "true") or settings.SIGN_ON_TRUSTS_EMAIL
    return str(claims.get("email") or "") if sure else ""


def _awry(request: HttpRequest, error: Exception) -> HttpResponse:
    _log.warning("the provider of single sign-on is away or awry", error=type(error).__name__)
    return _said(request, "failed", 502)


def _said(request: HttpRequest, what: str, status: int) -> HttpResponse:
    return render(request, f"cx_loop/sign_on/{what}.html", status=status)
