"""Many mails to one person within minutes: the further ones leave as one, and none is lost."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail

from cx_loop.messaging.outbox import LEASE, deliver, queue_mail, queue_message
from cx_loop.models import Message, User
from tests.cx_loop.messaging.conftest import NOW
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
DIGEST = NOW + 10 * MINUTE


@pytest.fixture
def ana(settings: Any) -> User:
    settings.FLOOD_MAILS, settings.FLOOD_MINUTES = 3, 10
    return make_user("ana@example.com")


def tell(user: User, *serials: int, now: datetime = NOW, **more: Any) -> None:
    for serial in serials:
        text = f"text {serial}\n\nhttp://testserver/tasks/{serial}/"
        said = {"code": "opened", "subject": f"#{serial} Boarding", "text": text, **more}
        queue_mail(user=user, key=f"opened:{serial}:{user.pk}", now=now, **said)


def subjects() -> list[str]:
    return [sent.subject for sent in mail.outbox]


def test_as_many_as_are_allowed_leave_one_by_one(ana: User) -> None:
    tell(ana, 1, 2, 3)
    assert deliver(NOW) == 3
    assert subjects() == ["#1 Boarding", "#2 Boarding", "#3 Boarding"]


def test_the_further_ones_leave_as_one_that_says_how_many(ana: User) -> None:
    tell(ana, *range(1, 9))
    assert deliver(NOW) == 3
    assert deliver(DIGEST - SECOND) == 0
    assert deliver(DIGEST) == 5
    assert subjects()[3:] == ["5 messages from CX Loop"]
    assert set(Message.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_each_event_is_said_once(ana: User) -> None:
    tell(ana, *range(1, 31))
    for minute in range(0, 60, 5):
        deliver(NOW + minute * MINUTE)
    said = "\n".join(sent.subject + sent.body for sent in mail.outbox)
    assert [said.count(f"#{serial} Boarding") for serial in range(1, 31)] == [1] * 30
    assert len(mail.outbox) == 4


def test_what_is_critical_leaves_at_once_and_counts(ana: User) -> None:
    tell(ana, 1, 2, 3, 4, critical=True)
    tell(ana, 5)
    assert deliver(NOW) == 4
    assert deliver(NOW) == 0
    assert Message.objects.get(state="pending").available_at == DIGEST


@pytest.mark.parametrize(("later", "sent"), [(10 * MINUTE - SECOND, 0), (10 * MINUTE, 1)])
def test_only_mails_of_the_last_minutes_count(ana: User, later: timedelta, sent: int) -> None:
    tell(ana, 1, 2, 3)
    deliver(NOW)
    tell(ana, 4, now=NOW + later)
    assert deliver(NOW + later) == sent


def test_a_digest_counts_as_one_mail(ana: User) -> None:
    tell(ana, *range(1, 9))
    deliver(NOW), deliver(DIGEST)
    tell(ana, 9, 10, 11, now=DIGEST)
    assert deliver(DIGEST) == 2
    assert Message.objects.get(state="pending").available_at == DIGEST + 10 * MINUTE


def test_what_comes_while_a_digest_is_gathered_goes_with_it(ana: User) -> None:
    tell(ana, 1, 2, 3, 4)
    deliver(NOW)
    tell(ana, 5, now=NOW + 9 * MINUTE)
    deliver(NOW + 9 * MINUTE)
    assert deliver(DIGEST) == 2
    assert len(mail.outbox) == 4


def test_a_digest_lists_by_urgency_with_links(ana: User) -> None:
    tell(ana, 1, 2, 3, *range(4, 14))
    tell(ana, 20, code="escalated")
    tell(ana, 21, code="praised")
    deliver(NOW), deliver(DIGEST)
    lines = [line for line in mail.outbox[-1].body.splitlines() if line]
    assert lines[0] == "12 messages, the most urgent first:"
    assert lines[1:3] == ["#20 Boarding", "http://testserver/tasks/20/"]
    assert lines[3] == "#4 Boarding"
    assert lines[-2:] == ["#21 Boarding", "http://testserver/tasks/21/"]
    assert len(lines) == 1 + 2 * 12


def test_others_are_not_held_up(ana: User) -> None:
    tell(ana, 1, 2, 3, 4)
    tell(make_user("ben@example.com"), 4)
    assert deliver(NOW) == 4


def test_a_digest_waits_for_the_end_of_quiet_hours(settings: Any, ana: User) -> None:
    make_organization(timezone="UTC")
    User.objects.update(quiet_from=time(12, 5), quiet_until=time(14))
    tell(ana, 1, 2, 3, 4)
    deliver(NOW)
    assert Message.objects.get(state="pending").available_at == NOW + timedelta(hours=2)


def test_zero_gathers_nothing(settings: Any, ana: User) -> None:
    settings.FLOOD_MAILS = 0
    tell(ana, *range(1, 9))
    assert deliver(NOW) == 8


def test_a_link_that_signs_in_never_waits(ana: User) -> None:
    tell(ana, 1, 2, 3)
    said = {"channel": "email", "recipient": ana.email, "subject": "A", "text": "…"}
    queue_message(dedup_key="link", user=ana, now=NOW, **said)
    assert deliver(NOW) == 4


def test_a_digest_of_different_ages_loses_only_what_has_had_its_tries(
    settings: Any, ana: User
) -> None:
    tell(ana, 1, 2, 3, 4, 5)
    deliver(NOW)
    Message.objects.filter(dedup_key__startswith="opened:4").update(attempts=7)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert deliver(DIGEST) == 0
    left = Message.objects.exclude(state="sent").order_by("pk")
    assert list(left.values_list("state", "attempts")) == [("dead", 8), ("pending", 1)]
    assert left[1].available_at <= DIGEST + LEASE
