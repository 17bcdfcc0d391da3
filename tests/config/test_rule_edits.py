"""A rule that somebody changed in the rule editor is respected by the configuration file."""

import pytest

from alerts.models import Rule
from cx_loop import clock
from tests.config.conftest import Apply, Refused
from tests.factories import NOW, make_admin
from tests.pages import reading_as, retyped

pytestmark = pytest.mark.django_db
URL = "/rules/boarding-wait/edit/"


def save_in_the_editor(**changes: object) -> None:
    client = reading_as(make_admin("ada@example.com"))
    typed = retyped(client, URL, do="save", opened_at="1", **changes)
    with clock.set_to(NOW):
        assert client.post(URL, typed).status_code == 302


def test_a_line_moved_in_the_editor_is_not_written_over_unasked(
    apply: Apply, applied: str, refused: Refused
) -> None:
    save_in_the_editor(warning_line="33")

    (said,) = refused(applied)

    assert "rule boarding-wait was edited in pages since the last apply" in said
    assert "warning.above 33.0 there, 30.0 here" in said
    apply(applied, overwrite=True)
    rule = Rule.objects.get(key="boarding-wait")
    assert (rule.current.number, rule.current.spec["warning"]["above"]) == (3, 30)


def test_saving_a_rule_of_the_file_unchanged_leaves_nothing_to_apply(
    apply: Apply, applied: str
) -> None:
    save_in_the_editor()

    assert not apply(applied)
    assert Rule.objects.get(key="boarding-wait").versions.count() == 1
