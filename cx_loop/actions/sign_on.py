"""Single sign-on: which of our people somebody is whom a provider vouches for."""

from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.db import models, transaction

from cx_loop.actions import links
from cx_loop.models import Actor, PersonLink, User, record


@transaction.atomic
def known_person(*, provider: str, subject: str, verified_email: str, now: datetime) -> User | None:
    """The active person of a provider's subject; at the first time by verified address ("": none).

    An address that another subject came with before opens nothing: providers give the address of
    somebody who left to the next one of the same name. Nobody is ever made here.
    """
    known = SocialAccount.objects.filter(provider=provider, uid=subject).select_related("user")
    account = known.first()
    if account is not None:
        assert isinstance(account.user, User)
        return account.user if account.user.is_active else None
    if not verified_email:
        return None
    people = User.objects.select_for_update().filter(is_active=True)
    person = people.filter(email=verified_email.strip().lower()).first()
    if person is None or accounts_of(person).exists():
        return None
    SocialAccount.objects.create(provider=provider, uid=subject, user=person)
    links.end_links(user=person, now=now, kind=PersonLink.Kind.INVITE)
    _leave_trail("signed_on", person, Actor(user=person), now)
    return person


@transaction.atomic
def forget_account(*, user: User, by: Actor, now: datetime) -> None:
    """The next account with the person's verified address is theirs."""
    accounts_of(user).delete()
    _leave_trail("sign_on_forgotten", user, by, now)


def accounts_of(user: User) -> "models.QuerySet[SocialAccount]":
    found: models.QuerySet[SocialAccount] = SocialAccount.objects.filter(user=user)
    return found


def _leave_trail(verb: str, user: User, by: Actor, now: datetime) -> None:
    params = {"person": user.email}
    record(verb=verb, subject="user", subject_id=user.pk, by=by, now=now, params=params)
