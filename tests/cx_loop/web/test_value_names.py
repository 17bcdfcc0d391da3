"""Channels and locations are words that observations write; people read the names given them."""

import pytest
from django.test import Client

from cx_loop.models import Channel, Location
from cx_loop.ui.dimensions import key_of, keys_of
from tests.factories import (
    make_admin,
    make_organization,
    make_series,
    make_touchpoint,
)
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db
PAGE = "/settings/values/"
NAMES = {"en": "Airport", "zh-hans": "机场"}


@pytest.fixture
def admin() -> Client:
    make_organization()
    make_series(make_touchpoint("boarding", channels=["airport"]), location="EWR T2")
    return reading_as(make_admin())


def named(client: Client, kind: str, key: str, names: dict[str, str]) -> int:
    fields = {f"name_{code}": name for code, name in names.items()}
    return client.post(f"{PAGE}{kind}/new/", {"key": key, **fields}).status_code


def test_what_is_written_somewhere_waits_for_a_name(admin: Client) -> None:
    page = seen(admin, PAGE)
    assert "?key=airport" in page
    assert "?key=EWR%20T2" in page
    assert named(admin, "location", "EWR T2", {"en": "Newark, terminal 2"}) == 302
    assert "?key=EWR" not in seen(admin, PAGE)
    assert str(Location.objects.get()) == "Newark, terminal 2"


def test_a_map_says_the_name_in_the_readers_language(admin: Client) -> None:
    assert "airport" in seen(admin, "/journeys/flight/")
    named(admin, "channel", "airport", NAMES)
    assert "Airport" in seen(admin, "/journeys/flight/")
    chinese = reading_as(make_admin("lin@example.com", language="zh-hans"))
    page = seen(chinese, "/journeys/flight/?at=boarding")
    assert "机场" in page
    assert "airport" not in page


def test_a_name_that_is_typed_is_kept_as_observations_write_it(admin: Client) -> None:
    named(admin, "channel", "airport", NAMES)
    assert keys_of("channel", "机场、AIRPORT，app") == ["airport", "airport", "app"]
    assert key_of("location", " gate 7 ") == "gate 7"


def test_a_file_a_page_and_the_api_say_the_same(admin: Client) -> None:
    named(admin, "channel", "airport", NAMES)
    assert "- key: airport\n" in seen(admin, "/settings/yaml/?kind=channel&file=1")
    (row,) = admin.get("/api/v1/channels/").json()["results"]
    assert (row["key"], row["names"]) == ("airport", NAMES)
    assert admin.get("/api/v1/locations/EWR%20T2/").status_code == 404


def test_a_retired_name_is_offered_no_more_and_still_shown(admin: Client) -> None:
    named(admin, "channel", "airport", NAMES)
    row = Channel.objects.get()
    admin.post(f"{PAGE}channel/{row.pk}/turn/", {"do": "retire"})
    assert "<option>Airport</option>" not in seen(admin, "/enter/")
    assert "Airport" in seen(admin, "/journeys/flight/")
