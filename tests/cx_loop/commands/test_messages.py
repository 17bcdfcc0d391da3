"""Dead letters are listed and sent again; a test message says what the other side said."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from cx_loop.messaging.endpoints import disable, endpoint_of
from cx_loop.messaging.outbox import deliver, queue_message
from cx_loop.models import SYSTEM, Activity, Message
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def dead_mail(key: str = "a") -> Message:
    queue_message(
        dedup_key=key, channel="email", recipient="ana@example.com", subject="s", text="t", now=NOW
    )
    Message.objects.update(state="dead", attempts=8, last_error="ConnectionRefusedError")
    return Message.objects.get(dedup_key=key)


def test_dead_letters_are_listed_with_the_reason() -> None:
    dead_mail()
    said = run("messages_dead")
    assert "ana@example.com\t8 attempts\tConnectionRefusedError" in said
    assert said.endswith("1 dead letters\n")


def test_dead_letters_are_sent_again_with_all_their_attempts() -> None:
    message = dead_mail()
    assert run("messages_dead", "--retry") == "1 messages will be sent again\n"
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("pending", 0)
    assert deliver(message.available_at) == 1
    assert Activity.objects.get(verb="retried").params["count"] == 1


def test_what_goes_to_an_endpoint_that_is_off_stays_dead() -> None:
    message = dead_mail()
    endpoint = endpoint_of("https://example.com/hook", now=NOW)
    Message.objects.update(endpoint=endpoint)
    disable(endpoint=endpoint, reason="gone", by=SYSTEM, now=NOW + timedelta(days=1))
    assert run("messages_dead", "--retry").startswith("0 ")
    message.refresh_from_db()
    assert message.state == "dead"


def test_a_test_message_goes_at_once() -> None:
    assert run("send_test_message", "ana@example.com") == "taken by the other side\n"
    assert mail.outbox[0].to == ["ana@example.com"]


def test_a_test_message_says_why_it_was_not_taken(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(CommandError, match="ConnectionRefusedError"):
        run("send_test_message", "ana@example.com")


def test_a_test_message_to_the_own_network_is_refused(settings: Any) -> None:
    settings.OUTGOING_NETWORKS = []
    with pytest.raises(CommandError, match="internal network"):
        run("send_test_message", "https://localhost/hook")
