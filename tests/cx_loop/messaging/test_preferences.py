"""People are told as they want to be: not at all, later, or all at once."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.core import mail

from cx_loop.messaging.outbox import LEASE, deliver, queue_mail
from cx_loop.models import Message, User
from tests.cx_loop.messaging.conftest import NOW
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db


def tell(user: User, serial: int = 1, **more: Any) -> None:
    given = {"code": "opened", "subject": f"#{serial} Boarding", "text": f"text {serial}", **more}
    queue_mail(user=user, key=f"opened:{serial}:{user.pk}", **{"now": NOW, **given})


def test_what_is_not_wanted_is_not_sent() -> None:
    tell(make_user(muted_kinds=["new"]), critical=True)
    assert not Message.objects.exists()


def test_quiet_hours_are_of_the_persons_zone() -> None:
    make_organization(timezone="UTC")
    hours = {"quiet_from": time(19), "quiet_until": time(22)}
    tell(make_user("a@example.com", timezone="Asia/Shanghai", **hours))  # 20:00 there
    tell(make_user("b@example.com", **hours))
    waits = Message.objects.order_by("recipient").values_list("available_at", flat=True)
    assert list(waits) == [NOW + timedelta(hours=2), NOW]


def test_what_is_critical_passes_quiet_hours_and_digest() -> None:
    make_organization(timezone="UTC")
    hours = {"quiet_from": time(11), "quiet_until": time(22)}
    tell(make_user(digest_minutes=60, **hours), critical=True)
    assert deliver(NOW) == 1


def test_a_digest_gathers_what_happened_into_one_mail() -> None:
    ana, ben = make_user("ana@example.com", digest_minutes=30), make_user(digest_minutes=30)
    tell(ana, 1)
    tell(ana, 2, now=NOW + timedelta(minutes=20))
    tell(ben, 1)
    assert deliver(NOW + timedelta(minutes=29)) == 0
    assert deliver(NOW + timedelta(minutes=30)) == 3
    sent = next(each for each in mail.outbox if each.to == ["ana@example.com"])
    assert sent.subject == "2 messages from CX Loop"
    assert sent.body.index("text 1") < sent.body.index("text 2")
    assert len(mail.outbox) == 2


def test_a_digest_of_one_is_a_mail_like_any_other() -> None:
    tell(make_user(digest_minutes=30))
    deliver(NOW + timedelta(minutes=30))
    assert mail.outbox[0].subject == "#1 Boarding"


def test_a_digest_that_fails_waits_as_a_whole_and_goes_as_one(settings: Any) -> None:
    ana = make_user(digest_minutes=30)
    tell(ana, 1), tell(ana, 2)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    due = NOW + timedelta(minutes=30)
    assert deliver(due) == 0
    assert set(Message.objects.values_list("attempts", "lease")) == {(1, None)}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert deliver(due + LEASE) == 2
    assert len(mail.outbox) == 1
