"""Links that let somebody in: made, sent, used once, taken back."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from cx_loop.actions.keys import digest_of
from cx_loop.messaging.queue import queue_message
from cx_loop.models import Actor, PersonLink, User, record
from cx_loop.notices import mail_with_link

Kind = PersonLink.Kind
LASTS = {Kind.INVITE: timedelta(days=7), Kind.RESET: timedelta(hours=2)}


@transaction.atomic
def make_link(*, user: User, kind: str, by: Actor, now: datetime) -> str:
    """A token that cannot be read again; the one before it, of its kind, ends."""
    end_links(user=user, now=now, kind=kind)
    token = secrets.token_urlsafe(32)
    lasts = LASTS.get(Kind(kind))
    PersonLink.objects.create(
        user=user,
        kind=kind,
        digest=digest_of(token),
        created_at=now,
        expires_at=now + lasts if lasts else None,
    )
    record(
        verb="link_made", subject="user", subject_id=user.pk, by=by, now=now, params={"kind": kind}
    )
    return token


@transaction.atomic
def send_link(*, user: User, kind: str, by: Actor, now: datetime) -> str:
    """Make a link to choose a password and put it into the outbox; gives the address."""
    url = password_url(make_link(user=user, kind=kind, by=by, now=now))
    subject, text = mail_with_link(kind, user)
    queue_message(
        dedup_key=f"{kind}:{user.pk}:{digest_of(url)[:20]}",
        channel="email",
        recipient=user.email,
        subject=subject,
        text=text,
        secret=url,
        now=now,
        user=user,
    )
    return url


def ask_for_reset(*, email: str, now: datetime) -> None:
    """A link for whoever has the address and may sign in; nothing tells whether anybody has."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is not None:
        kind = Kind.RESET if user.has_usable_password() else Kind.INVITE
        send_link(user=user, kind=kind, by=Actor(), now=now)


def person_of(token: str, now: datetime, *kinds: str) -> User | None:
    """Whose live link this is."""
    found = PersonLink.objects.live(now).filter(digest=digest_of(token), kind__in=kinds)
    link = found.select_related("user").first()
    return link.user if link else None


@transaction.atomic
def choose_password(*, token: str, password: str, now: datetime) -> User | None:
    """Use a link, once: None when another use was faster, or the link is over."""
    mine = PersonLink.objects.live(now).filter(digest=digest_of(token), kind__in=LASTS)
    user = person_of(token, now, *LASTS)
    if user is None or not mine.update(ended_at=now):
        return None
    user.set_password(password)
    user.save(update_fields=["password"])
    end_links(user=user, now=now, kind=Kind.INVITE)
    end_links(user=user, now=now, kind=Kind.RESET)
    record(verb="password_chosen", subject="user", subject_id=user.pk, by=Actor(user=user), now=now)
    return user


def end_links(*, user: User, now: datetime, kind: str = "") -> int:
    """Take back the links of a kind, or all of them."""
    running = PersonLink.objects.filter(user=user, ended_at=None)
    return (running.filter(kind=kind) if kind else running).update(ended_at=now)


def password_url(token: str) -> str:
    return f"{settings.PUBLIC_URL}/welcome/{token}/"
