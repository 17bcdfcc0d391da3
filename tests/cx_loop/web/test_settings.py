"""Keys, the organisation, and all of it as a file."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from config.configuration import check_configuration
from cx_loop import clock
from cx_loop.actions.configure import edit
from cx_loop.actions.configure.export import exported
from cx_loop.actions.keys import create_key
from cx_loop.models import Activity, ApiKey, Metric, Organization, Segment
from tests.api_stories import Airline, make_airline
from tests.factories import NOW, make_metric, make_organization, make_rule
from tests.pages import costs_the_same, reading_as, retyped, seen

pytestmark = pytest.mark.django_db
KEYS = "/settings/keys/"


@pytest.fixture
def airline() -> Airline:
    make_organization()
    return make_airline()


@pytest.fixture
def admin(airline: Airline) -> Client:
    return reading_as(airline.admin)


def sent(client: Client, url: str, **said: object) -> tuple[int, str]:
    with clock.set_to(NOW):
        answer = client.post(url, said)
    return answer.status_code, answer.content.decode()


def text_in(page: str) -> str:
    found = re.search(r"cxl_[0-9a-f]{10}_[\w-]{20,}", page)
    assert found
    return found[0]


def test_a_key_is_shown_once_and_told_of(airline: Airline, admin: Client) -> None:
    status, page = sent(admin, KEYS, name="Call centre", scopes="ingest", lives="30")
    key = ApiKey.objects.get(name="Call centre")
    assert (status, key.expires_at) == (200, NOW + timedelta(days=30))
    assert text_in(page).split("_")[1] == key.prefix
    assert text_in(page) not in seen(admin, KEYS)
    told = Activity.objects.get(subject="apikey", subject_id=key.pk)
    assert (told.user, told.params["change"]) == (airline.admin, "created")


def test_a_key_without_a_scope_is_refused_at_its_field(admin: Client) -> None:
    status, page = sent(admin, KEYS, name="Call centre")
    assert (status, "Say what it may" in page) == (422, True)
    assert not ApiKey.objects.exists()


def test_both_keys_of_a_rotation_are_alive_and_a_third_is_refused(admin: Client) -> None:
    first, _ = create_key(name="Call centre", scopes=["ingest"])
    status, page = sent(admin, f"{KEYS}{first.pk}/", do="rotate")
    assert status == 200
    assert text_in(page)
    assert ApiKey.objects.live(NOW).count() == 2
    assert sent(admin, f"{KEYS}{first.pk}/", do="rotate")[0] == 302
    assert ApiKey.objects.count() == 2


def test_a_revoked_key_is_over(admin: Client) -> None:
    key, _ = create_key(name="Call centre", scopes=["ingest"])
    assert sent(admin, f"{KEYS}{key.pk}/", do="revoke")[0] == 302
    assert not ApiKey.objects.live(NOW).exists()
    assert "revoked" in seen(admin, KEYS)


def test_the_organisation_is_renamed_and_a_stale_page_refused(admin: Client) -> None:
    url = "/settings/organization/"
    opened = edit.opened_of(edit.forms_of("organization")[""])
    said = retyped(admin, url, name_en="Loop Air", opened=opened)
    assert sent(admin, url, **said)[0] == 302
    assert Organization.current().name == {"en": "Loop Air", "zh-hans": "示例航空"}
    assert sent(admin, url, **{**said, "name_en": "Mine"})[0] == 409


def test_all_of_it_is_a_file_and_one_thing_too(admin: Client) -> None:
    page = seen(admin, "/settings/yaml/?kind=department&key=it")
    assert "key: it" in page
    assert "ground-ops" not in page
    with clock.set_to(NOW):
        file = admin.get("/settings/yaml/?file=1")
    assert file["Content-Type"].startswith("application/yaml")
    seen(admin, "/settings/yaml/?kind=nothing", status=404)


def test_settings_are_for_admins(airline: Airline, admin: Client) -> None:
    key, _ = create_key(name="Call centre", scopes=["ingest"])
    for url in (KEYS, "/settings/organization/", "/settings/yaml/", "/settings/"):
        for reader in (airline.lin, airline.analyst):
            seen(reading_as(reader), url, status=403)
        seen(admin, url)
    assert sent(reading_as(airline.lin), f"{KEYS}{key.pk}/", do="revoke")[0] == 403


def test_the_list_of_keys_costs_as_much_with_many(admin: Client) -> None:
    costs_the_same(
        admin,
        KEYS,
        lambda: create_key(name=f"key {ApiKey.objects.count()}", scopes=["read"]),
    )


def test_a_metric_and_a_segment_are_what_a_file_would_have_made(admin: Client) -> None:
    url = "/settings/measures/metric/new/"
    assert sent(admin, url, key="csat", name_en="CSAT", kind="csat", low="1", high="5")[0] == 302
    for key in ("gold", "silver"):
        sent(admin, "/settings/measures/segment/new/", key=key, name_en=key, weight="2")
    assert sent(admin, "/settings/measures/segment/gold/", name_en="Gold", opened="old")[0] == 409
    assert list(Segment.objects.values_list("key", flat=True)) == ["gold", "silver"]
    assert str(check_configuration(exported("metric", "segment"))) == "nothing to change"


def test_a_scale_that_is_none_is_refused_at_its_field(admin: Client) -> None:
    url = "/settings/measures/metric/new/"
    status, page = sent(admin, url, key="felt", name_en="Felt", kind="score")
    assert (status, "A score needs a scale" in page) == (422, True)
    assert (
        sent(admin, url, key="wait", name_en="Wait", kind="duration", low="1", high="5")[0] == 422
    )


def test_a_metric_a_rule_needs_stays(admin: Client) -> None:
    make_rule("waits", metric=make_metric("wait", kind="duration"))
    assert sent(admin, "/settings/measures/metric/wait/turn/", do="retire")[0] == 302
    assert Metric.objects.get(key="wait").retired_at is None
    seen(admin, "/settings/measures/nothing/new/", status=404)


def test_a_share_of_comments_is_a_metric_that_a_page_can_make(admin: Client) -> None:
    url, said = "/settings/measures/metric/new/", {"key": "ills", "comments": "pain_quality"}
    status, page = sent(admin, url, **said, name_en="Ills", kind="csat")
    assert (status, "A share of comments is a rate." in page) == (422, True)
    named = {"name_en": "Ills", "kind": "rate", "direction": "lower_is_better"}
    assert sent(admin, url, **said, **named)[0] == 302
    assert Metric.objects.get(key="ills").comments == "pain_quality"
    page = seen(admin, "/settings/measures/metric/ills/")
    assert 'value="pain_quality" selected' in page
