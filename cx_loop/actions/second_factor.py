"""Second factors of who logs in by password: a code that changes, and codes for a lost phone."""

from datetime import datetime

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from django.db import models, transaction

from cx_loop.models import Actor, User, record
from cx_loop.models.encryption import decrypt, encrypt

ISSUER = "CX Loop"


class Sealed(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Secrets of factors are encrypted like those of sources."""

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        return ISSUER


def new_secret() -> str:
    return str(generate_totp_secret())


def picture_of(secret: str, user: User) -> str:
    """What a phone reads the secret from, as SVG."""
    adapter = Sealed()
    return str(adapter.build_totp_svg(adapter.build_totp_url(user, secret)))


def has_one(user: User) -> bool:
    return factors_of(user).filter(type=Authenticator.Type.TOTP).exists()


@transaction.atomic
def set_up(*, user: User, secret: str, code: str, now: datetime) -> list[str] | None:
    """Codes for a lost phone, each for one use; None when the code is not of this secret."""
    User.objects.select_for_update().get(pk=user.pk)
    if has_one(user) or not validate_totp_code(secret, code):
        return None
    TOTP.activate(user, secret)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    _leave_trail("second_factor_set_up", user, Actor(user=user), now)
    return [str(each) for each in codes]


def fits(user: User, code: str) -> bool:
    """Whether the code is the person's; none fits twice."""
    return any(factor.wrap().validate_code(code) for factor in factors_of(user))


@transaction.atomic
def take_away(*, user: User, by: Actor, now: datetime) -> None:
    factors_of(user).delete()
    _leave_trail("second_factor_taken_away", user, by, now)


def factors_of(user: User) -> "models.QuerySet[Authenticator]":
    found: models.QuerySet[Authenticator] = Authenticator.objects.filter(user=user)
    return found.order_by("pk")


def _leave_trail(verb: str, user: User, by: Actor, now: datetime) -> None:
    params = {"person": user.email}
    record(verb=verb, subject="user", subject_id=user.pk, by=by, now=now, params=params)
