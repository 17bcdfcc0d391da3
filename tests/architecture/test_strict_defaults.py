"""The suite is stricter than production; here it is seen to be."""

import socket
import warnings

import pytest
from django.template import Context, Template
from pytest_socket import SocketConnectBlockedError

from cx_loop.models import Heartbeat
from tests.factories import NOW


def test_rows_nobody_ordered_come_back_reversed(db: None) -> None:
    for name in ("first", "second", "third"):
        Heartbeat.objects.create(name=name, last_ok_at=NOW)
    assert [beat.name for beat in Heartbeat.objects.all()] == ["third", "second", "first"]


def test_a_warning_is_an_error() -> None:
    with pytest.raises(UserWarning):
        warnings.warn("careful", stacklevel=1)


def test_no_socket_leads_out_of_this_machine() -> None:
    with pytest.raises((UserWarning, SocketConnectBlockedError)):  # it warns, which is an error
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_a_variable_no_template_was_given_is_an_error() -> None:
    with pytest.raises(AssertionError, match="undefined template variable"):
        Template("{{ nobody.gave.this }}").render(Context())
