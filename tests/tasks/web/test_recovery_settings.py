"""Admins say in a page which single answers put their customer on the list."""

from datetime import timedelta

import pytest
from django.test import Client

from config.configuration import ConfigurationRefused, check_configuration
from cx_loop import clock
from cx_loop.actions.configure import edit
from cx_loop.actions.configure.export import exported
from cx_loop.ingest.accept import accept_items
from cx_loop.models import Activity, Metric
from tasks.models import RecoveryRule
from tests.api_stories import Airline, make_airline
from tests.factories import NOW, make_metric, make_organization, make_source
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


def test_a_rule_is_tried_on_four_weeks_before_it_is_saved(airline: Airline, admin: Client) -> None:
    source, place = make_source("kiosk"), airline.boarding.key
    answers = [
        (1, "wei", 1), (2, "wei", 2), (1, "li", 20), (1, "", 3), (3, "an", 4), (1, "old", 40)
    ]  # fmt: skip
    items = [
        {
            "occurred_at": (NOW - timedelta(days=days)).isoformat(),
            "touchpoint": place,
            "metric": "csat",
            "value": value,
            **({"customer": customer} if customer else {}),
        }
        for value, customer, days in answers
    ]
    assert accept_items(items, source=source, now=NOW).rejected == 0
    url = f"{RULES}new/"
    said = typed(admin, url, metric="csat", line="3", do="try")
    with clock.set_to(NOW):
        page = admin.post(url, said).content.decode()
    assert "3 answers on the list, of 5 (60 %)" in page
    assert "<dd>0.75</dd>" in page  # a week
    assert "<dd>0 – 2</dd>" in page
    assert "<dd>2</dd>" in page  # customers
    assert "1 more answer beyond the line came without a customer" in page
    assert "This field is required" not in page  # nobody is told off for the key
    assert not RecoveryRule.objects.exists()
    add(admin)
    said = typed(admin, f"{RULES}unhappy/", line="3", do="try")
    with clock.set_to(NOW):
        page = admin.post(f"{RULES}unhappy/", said).content.decode()
    assert "Now: 0.5 a week; with this: 0.75." in page


def test_what_cannot_be_tried_is_named(admin: Client) -> None:
    said = typed(admin, f"{RULES}new/", metric="csat", line="two", do="try")
    with clock.set_to(NOW):
        page = admin.post(f"{RULES}new/", said).content.decode()
    trial = page[page.index('id="trial"') :]
    assert "It cannot be tried as it stands" in trial
    assert "Line: Enter a number." in trial


def test_a_line_that_all_or_none_are_beyond_is_refused(admin: Client) -> None:
    for side, line, says in (("below", "1e12", "Every"), ("above", "5", "No")):
        said = typed(admin, f"{RULES}new/", key="odd", metric="csat", side=side, line=line)
        with clock.set_to(NOW):
            answer = admin.post(f"{RULES}new/", said)
        assert answer.status_code == 422
        assert f"{says} answer lies beyond" in answer.content.decode()
    file = "recovery: [{key: odd, metric: csat, each: {below: 0.5}}]"
    with pytest.raises(ConfigurationRefused, match="No answer lies beyond"):
        check_configuration(file)


def test_the_list_costs_the_same_however_many_there_are(admin: Client) -> None:
    keys, csat = (f"rule-{number}" for number in range(100)), Metric.objects.get(key="csat")
    costs_the_same(
        admin,
        RULES,
        lambda: RecoveryRule.objects.create(key=next(keys), metric=csat, each={"below": 2}),
    )
