"""What is in force, written as a file, is what is in force."""

import pytest

from config.configuration import check_configuration
from cx_loop.actions.configure.export import exported
from cx_loop.messaging.endpoints import endpoint_of
from cx_loop.models import Department
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_an_export_applied_again_changes_nothing(applied: str) -> None:
    text = exported()
    for section in ("organization", "departments", "metrics", "rules", "routes", "escalation"):
        assert f"{section}:" in text
    assert str(check_configuration(text)) == "nothing to change"


def test_an_address_outside_is_told_by_its_fingerprint(applied: str) -> None:
    endpoint = endpoint_of("https://chat.example/secret", now=NOW)
    Department.objects.filter(key="it").update(notify=["email", endpoint.fingerprint])
    text = exported("department", key="it")
    assert "secret" not in text
    assert f"kept:{endpoint.fingerprint}" in text
    assert str(check_configuration(text)) == "nothing to change"


def test_a_fingerprint_of_no_address_is_refused(applied: str) -> None:
    with pytest.raises(Exception, match="No such address is kept"):
        check_configuration("departments:\n  - {key: it, notify: ['kept:0123456789ab']}\n")
