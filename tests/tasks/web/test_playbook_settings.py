"""Admins write playbooks: steps in both languages, where they fit, in versions."""

import pytest
from django.test import Client

from alerts.models import Playbook
from config.configuration import check_configuration
from cx_loop import clock
from cx_loop.actions.configure import edit
from cx_loop.actions.configure.export import exported
from tests.api_stories import Airline, make_airline
from tests.factories import NOW, make_organization, make_rule
from tests.pages import costs_the_same, reading_as, retyped, seen

pytestmark = pytest.mark.django_db
PLAYBOOKS = "/settings/playbooks/"


@pytest.fixture
def airline() -> Airline:
    make_organization()
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
    boxes = ("touchpoint", "metric", "pain_category")
    return {name: word for name, word in said.items() if word or name not in boxes}


def add(client: Client, key: str = "staff") -> Playbook:
    steps = {"text_0_en": "Open a gate", "text_0_zh-hans": "加开闸口", "type_0": "contain"}
    url = f"{PLAYBOOKS}new/"
    assert send(client, url, typed(client, url, key=key, name_en="Staff", **steps)) == 302
    return Playbook.objects.get(key=key)


def test_a_playbook_is_what_a_file_would_have_made(admin: Client) -> None:
    current = add(admin).current
    assert current is not None
    step = {"text": {"en": "Open a gate", "zh-hans": "加开闸口"}, "type": "contain"}
    assert (current.number, current.steps) == (1, [step])
    assert str(check_configuration(exported("playbook"))) == "nothing to change"


def test_a_change_is_a_new_version_and_a_stale_one_is_refused(admin: Client) -> None:
    add(admin)
    url = f"{PLAYBOOKS}staff/"
    opened = edit.opened_of(edit.forms_of("playbook")["staff"])
    said = typed(admin, url, opened=opened, name_en="More staff")
    assert send(admin, url, said) == 302
    current = Playbook.objects.get(key="staff").current
    assert current is not None
    assert (current.number, current.name["en"]) == (2, "More staff")
    assert send(admin, url, {**said, "name_en": "Mine"}) == 409


def test_a_key_in_use_is_refused_at_its_field(admin: Client) -> None:
    add(admin)
    url = f"{PLAYBOOKS}new/"
    with clock.set_to(NOW):
        page = admin.post(url, typed(admin, url, key="staff", name_en="Other"))
    assert page.status_code == 422
    assert "There is one of that key already" in page.content.decode()


def test_a_playbook_a_rule_names_stays(admin: Client) -> None:
    rule = make_rule("waits")
    rule.name = {"en": "Waits too long"}
    rule.save()
    assert rule.current is not None
    rule.current.playbook = add(admin)
    rule.current.save()
    with clock.set_to(NOW):
        page = admin.post(f"{PLAYBOOKS}staff/turn/", {"do": "retire"}, follow=True)
    assert "It is needed by: rule Waits too long" in page.content.decode()
    assert "with alerts of" in seen(admin, PLAYBOOKS)


def test_a_playbook_goes_and_comes_back(admin: Client) -> None:
    add(admin)
    assert send(admin, f"{PLAYBOOKS}staff/turn/", {"do": "retire"}) == 302
    assert Playbook.objects.get(key="staff").retired_at == NOW
    assert send(admin, f"{PLAYBOOKS}staff/turn/", {"do": "back"}) == 302
    assert Playbook.objects.get(key="staff").retired_at is None


def test_playbooks_are_written_by_admins(airline: Airline, admin: Client) -> None:
    add(admin)
    for url in (PLAYBOOKS, f"{PLAYBOOKS}new/", f"{PLAYBOOKS}staff/"):
        seen(reading_as(airline.lin), url, status=403)
    assert send(reading_as(airline.lin), f"{PLAYBOOKS}staff/turn/", {"do": "retire"}) == 403


def test_the_list_costs_as_much_with_many(admin: Client) -> None:
    costs_the_same(admin, PLAYBOOKS, lambda: add(admin, f"book-{Playbook.objects.count()}"))
