"""Admins say how fast tasks are answered and who is asked; it is drawn on a line of time."""

import pytest
from django.test import Client

from config.configuration import check_configuration
from cx_loop import clock
from cx_loop.actions.configure import edit
from cx_loop.actions.configure.export import exported
from cx_loop.models import Actor, User
from tasks.actions import policy_edits
from tasks.models import EscalationPolicy
from tests.api_stories import Airline, make_airline
from tests.factories import NOW, make_organization
from tests.pages import reading_as, retyped, seen

pytestmark = pytest.mark.django_db
POLICIES = "/settings/escalation/"


@pytest.fixture
def airline() -> Airline:
    return make_airline()


@pytest.fixture
def admin(airline: Airline) -> Client:
    return reading_as(airline.admin)


def send(client: Client, url: str, said: dict[str, object]) -> int:
    with clock.set_to(NOW):
        return client.post(url, said).status_code


def add(airline: Airline, key: str, **said: object) -> None:
    entry = {"key": key, "respond_within": "4h", "resolve_within": "14d", **said}
    policy_edits.put_policy(entry=entry, opened="", by=Actor(airline.admin), now=NOW)


def opened(key: str) -> str:
    return edit.opened_of(edit.forms_of("escalation")[key])


def test_a_policy_is_added_as_the_page_offers_it(airline: Airline, admin: Client) -> None:
    typed = retyped(admin, f"{POLICIES}new/", key="fast", name_en="Fast", severity="critical")
    assert send(admin, f"{POLICIES}new/", typed) == 302
    current = EscalationPolicy.objects.get(key="fast").current
    assert current is not None
    assert current.spec["when"] == {"severity": ["critical"]}
    assert current.spec["steps"] == [
        {"after": "4h", "to": "lead"},
        {"after": "8h", "to": "director"},
        {"repeat": "24h", "max": 5},
    ]


def test_a_change_is_a_new_version_of_the_same_policy(airline: Airline, admin: Client) -> None:
    add(airline, "usual", name={"en": "Usual"})
    typed = retyped(admin, f"{POLICIES}usual/", respond_within_n="2", opened=opened("usual"))
    assert send(admin, f"{POLICIES}usual/", typed) == 302
    current = EscalationPolicy.objects.get(key="usual").current
    assert current is not None
    assert (current.number, current.spec["respond_within"]) == (2, "2h")


def test_a_policy_is_called_by_its_name_and_none_is_needed(airline: Airline, admin: Client) -> None:
    make_organization()
    add(airline, "usual")
    before = opened("usual")
    typed = retyped(admin, f"{POLICIES}usual/", opened=before, name_en="Usual")
    assert send(admin, f"{POLICIES}usual/", typed | {"name_zh-hans": "常规"}) == 302
    policy = EscalationPolicy.objects.get(key="usual")
    assert policy.current is not None
    assert (policy.name, policy.current.number) == ({"en": "Usual", "zh-hans": "常规"}, 1)
    assert str(check_configuration(exported("escalation"))) == "nothing to change"
    User.objects.filter(pk=airline.admin.pk).update(language="zh-hans")
    for url in (POLICIES, f"{POLICIES}usual/"):
        assert "常规</" in seen(reading_as(User.objects.get(pk=airline.admin.pk)), url)
    send(admin, f"{POLICIES}usual/move/", {"do": "retire"})
    assert "常规</a>" in seen(reading_as(User.objects.get(pk=airline.admin.pk)), POLICIES)


def test_a_stale_page_is_refused_and_says_what_differs(airline: Airline, admin: Client) -> None:
    add(airline, "usual", name={"en": "Usual"})
    before = opened("usual")
    entry = {"key": "usual", "name": {"en": "Usual"}, "respond_within": "1h"}
    policy_edits.put_policy(entry=entry, opened=before, by=Actor(airline.admin), now=NOW)
    typed = retyped(admin, f"{POLICIES}usual/", respond_within_n="9", opened=before)
    with clock.set_to(NOW):
        answer = admin.post(f"{POLICIES}usual/", typed)
    assert answer.status_code == 409
    assert "there <ins>1h</ins>, yours <ins>9h</ins>" in answer.content.decode()


def test_mistakes_are_said_at_their_fields(airline: Airline, admin: Client) -> None:
    wrong = {"after_1_n": "1", "after_1_unit": "h", "resolve_within_n": "", "to_2": "lead"}
    typed = retyped(admin, f"{POLICIES}new/", key="fast", **wrong)
    with clock.set_to(NOW):
        page = admin.post(f"{POLICIES}new/", typed).content.decode()
    for sentence in ("Each step comes later", "Say how long that may take", "Say after how long"):
        assert sentence in page


def test_policies_keep_their_order_and_change_it(airline: Airline, admin: Client) -> None:
    add(airline, "first")
    add(airline, "second")
    assert send(admin, f"{POLICIES}second/move/", {"do": "up"}) == 302
    assert list(policy_edits.policies_now()) == ["second", "first"]


def test_a_retired_policy_comes_back_as_the_last(airline: Airline, admin: Client) -> None:
    add(airline, "first")
    add(airline, "second")
    assert send(admin, f"{POLICIES}first/move/", {"do": "retire"}) == 302
    assert list(policy_edits.policies_now()) == ["second"]
    assert send(admin, f"{POLICIES}first/move/", {"do": "back"}) == 302
    assert list(policy_edits.policies_now()) == ["second", "first"]


def test_the_line_says_when_who_is_asked_by_the_departments_hours(
    airline: Airline, admin: Client
) -> None:
    page = seen(admin, f"{POLICIES}?department=ground-ops")
    assert "If a task opened now and nobody took it up" in page
    assert "the lead is asked" in page


def test_a_policy_can_be_drawn_before_it_is_saved(airline: Airline, admin: Client) -> None:
    typed = retyped(
        admin,
        f"{POLICIES}new/",
        key="fast",
        name_en="Fast",
        severity="critical",
        do="try",
        to_0="director",
        after_1_n="",
    )
    typed["to_1"] = ""
    with clock.set_to(NOW):
        page = admin.post(f"{POLICIES}new/", typed).content.decode()
    assert "the director is asked" in page
    assert not EscalationPolicy.objects.exists()


def test_policies_are_for_admins(airline: Airline) -> None:
    add(airline, "usual")
    for url in (POLICIES, f"{POLICIES}new/", f"{POLICIES}usual/"):
        seen(reading_as(airline.lin), url, status=403)
    assert send(reading_as(airline.lin), f"{POLICIES}usual/move/", {"do": "retire"}) == 403


def test_a_policy_that_is_not_there_is_not_found(admin: Client) -> None:
    seen(admin, f"{POLICIES}nothing/", status=404)
