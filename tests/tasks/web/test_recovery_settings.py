"""Admins say in a page which single answers put their customer on the list."""

import pytest
from django.test import Client

from config.configuration import check_configuration
from cx_loop import clock
from cx_loop.actions.configure import edit
from cx_loop.actions.configure.export import exported
from cx_loop.models import Activity, Metric
from tasks.models import RecoveryRule
from tests.api_stories import Airline, make_airline
from tests.factories import NOW, make_metric, make_organization
from tests.pages import costs_the_same, reading_as, retyped, seen

pytestmark = pytest.mark.django_db
RULES = "/settings/recovery/"


@pytest.fixture
def airline() -> Airline:
    make_organization()
    make_metric("csat", kind="csat", low=1, high=5)
    return make_airline()


@pytest.fixture
def admin(airline: Airline) -> Client:
    return reading_as(airline.admin)


def send(client: Client, url: str, said: dict[str, object]) -> int:
    with clock.set_to(NOW):
        return client.post(url, said).status_code


def typed(client: Client, url: str, **changes: object) -> dict[str, object]:
    """Boxes that are not ticked are not sent."""
    said = retyped(client, url, **changes)
    return {name: word for name, word in said.items() if word or name != "touchpoints"}


def add(client: Client, key: str = "unhappy", **more: object) -> RecoveryRule:
    said = {"key": key, "metric": "csat", "line": "2", **more}
    assert send(client, f"{RULES}new/", typed(client, f"{RULES}new/", **said)) == 302
    return RecoveryRule.objects.get(key=key)


def test_a_rule_is_what_a_file_would_have_made(airline: Airline, admin: Client) -> None:
    place = airline.boarding.key
    rule = add(admin, touchpoints=[place], contact_within_n="4", contact_within_unit="h")
    assert (rule.each, rule.within, rule.touchpoints) == ({"below": 2.0}, "4h", [place])
    assert str(check_configuration(exported("recovery"))) == "nothing to change"
    assert Activity.objects.filter(subject="recovery", verb="configured").count() == 1
    page = seen(admin, RULES)
    assert "Csat below 2" in page
    assert "contacted within 4 h" in page


def test_a_stale_change_is_refused_and_says_what_differs(admin: Client) -> None:
    rule, url = add(admin), f"{RULES}unhappy/"
    opened = edit.opened_of(edit.forms_of("recovery")["unhappy"])
    said = typed(admin, url, opened=opened, line="3")
    assert send(admin, url, said) == 302
    rule.refresh_from_db()
    assert rule.each == {"below": 3.0}
    assert send(admin, url, {**said, "line": "1.5"}) == 409


def test_a_rule_is_retired_and_brought_back(admin: Client) -> None:
    rule = add(admin)
    for do, is_out in (("retire", True), ("back", False)):
        assert send(admin, f"{RULES}unhappy/turn/", {"do": do}) == 302
        rule.refresh_from_db()
        assert (rule.retired_at is not None) == is_out


def test_a_touchpoint_that_is_off_the_map_is_not_dropped_unsaid(
    airline: Airline, admin: Client
) -> None:
    add(admin, touchpoints=[airline.boarding.key])
    airline.boarding.retired_at = NOW
    airline.boarding.save()
    url = f"{RULES}unhappy/"
    said = retyped(
        admin, url, opened=edit.opened_of(edit.forms_of("recovery")["unhappy"]), line="3"
    )
    assert said["touchpoints"] == [airline.boarding.key]
    assert send(admin, url, said) == 422


def test_the_list_costs_the_same_however_many_there_are(admin: Client) -> None:
    keys, csat = (f"rule-{number}" for number in range(100)), Metric.objects.get(key="csat")
    costs_the_same(
        admin,
        RULES,
        lambda: RecoveryRule.objects.create(key=next(keys), metric=csat, each={"below": 2}),
    )
