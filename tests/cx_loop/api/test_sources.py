"""Sources and deliveries over the API: how each does, and mapping again."""

import pytest

from cx_loop.models import Delivery
from tests.api_stories import get, post, with_key
from tests.factories import make_admin, make_organization, make_source, make_user

pytestmark = pytest.mark.django_db


def held(key: str = "shop") -> Delivery:
    source = make_source(key, tool="tally")
    return Delivery.objects.create(
        source=source, body=b"{}", state="quarantined", reason="mapping_missing"
    )


def test_sources_tell_how_they_do_and_nothing_secret() -> None:
    held()
    found = get(with_key("read"), "sources/")["results"][0]
    assert (found["key"], found["tool"], found["mapped"]) == ("shop", "tally", False)
    assert (found["in_quarantine"], found["rejected_share"], found["silent"]) == (1, 1.0, False)
    assert not {"secret", "token", "hook_token", "options"} & set(found)
    assert get(with_key("read"), "sources/shop/")["key"] == "shop"


def test_a_key_of_one_source_sees_that_one() -> None:
    mine = held().source
    held("other")
    key = with_key("read", source=mine)
    assert [row["key"] for row in get(key, "sources/")["results"]] == ["shop"]
    assert [row["source"] for row in get(key, "deliveries/")["results"]] == ["shop"]
    get(key, "sources/other/", 404)


def test_deliveries_are_narrowed_by_state_reason_and_time() -> None:
    held()
    key = with_key("read")
    for asked, count in (
        ({"state": "quarantined"}, 1),
        ({"state": "mapped"}, 0),
        ({"reason": "mapping_missing"}, 1),
        ({"received_after": "2999-01-01T00:00:00Z"}, 0),
    ):
        assert len(get(key, "deliveries/", **asked)["results"]) == count, asked


def test_an_admin_maps_again_what_waits() -> None:
    make_organization()
    made = held()
    admin = make_admin()
    assert post(admin, "sources/shop/map_again/") == {"deliveries": 1}
    made.refresh_from_db()
    assert made.state == "received"
    assert post(with_key("admin"), "sources/shop/map_again/", **{"as": admin.email}) == {
        "deliveries": 0
    }
    post(make_user("ana@example.com"), "sources/shop/map_again/", 403)
    post(admin, "sources/none/map_again/", 404)
