"""How people come in: sessions, single sign-on, second factors. All but the first is off unless
it is configured."""

from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.env import env

SESSION_ENGINE = "cx_loop.web.signed_in"
AUTHENTICATION_BACKENDS = ["cx_loop.web.signed_in.Users"]
SESSION_COOKIE_AGE = env.int("CX_SESSION_HOURS", default=336) * 3600  # seconds

# an OpenID Connect provider's address, and what it knows this installation by
SIGN_ON_URL = env.str("CX_OIDC_URL", default="").rstrip("/")
SIGN_ON_NAME = env.str("CX_OIDC_NAME", default="")  # on the button; "": single sign-on
# some providers never say whether an address is verified, and let nobody have another's
SIGN_ON_TRUSTS_EMAIL = env.bool("CX_OIDC_TRUST_EMAIL", default=False)
# subjects of one provider mean nothing at another, so the address is part of the name
SIGN_ON_ID = f"sso-{sha256(SIGN_ON_URL.encode()).hexdigest()[:12]}"
if SIGN_ON_URL.startswith("http:") and urlsplit(SIGN_ON_URL).hostname not in (
    "127.0.0.1",
    "localhost",
    "::1",
):
    raise ImproperlyConfigured("CX_OIDC_URL must begin with https: otherwise anybody between signs")

SECOND_FACTORS = ("off", "offered", "required")
SECOND_FACTOR = env.str("CX_SECOND_FACTOR", default="off")
if SECOND_FACTOR not in SECOND_FACTORS:
    raise ImproperlyConfigured(f"CX_SECOND_FACTOR is one of {', '.join(SECOND_FACTORS)}")


def provider(url: str, client: str, secret: str) -> dict[str, Any]:
    """What allauth is told of a provider; nothing of it stands in the database."""
    if not url:
        return {}
    app = {
        "provider_id": SIGN_ON_ID,
        "name": SIGN_ON_NAME,
        "client_id": client,
        "secret": secret,
        "settings": {"server_url": url, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}


SOCIALACCOUNT_PROVIDERS = provider(
    SIGN_ON_URL, env.str("CX_OIDC_CLIENT", default=""), env.str("CX_OIDC_SECRET", default="")
)
SOCIALACCOUNT_ADAPTER = "cx_loop.web.sign_on.InvitedOnly"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
MFA_ADAPTER = "cx_loop.actions.second_factor.Sealed"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# allauth's own pages are not served; it is told the shape of our people all the same
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
