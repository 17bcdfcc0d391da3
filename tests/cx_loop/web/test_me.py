"""People choose how they are told, on their own page."""

from datetime import time

import pytest

from tests.factories import make_user
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db
SAID = {
    "language": "zh-hans",
    "wanted": ["new", "escalated"],
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "timezone": "Asia/Shanghai",
    "digest_minutes": "30",
}


def test_the_page_shows_what_holds_now() -> None:
    page = seen(reading_as(make_user(digest_minutes=60)), "/me/")
    assert '<option value="60" selected>every hour</option>' in page
    assert page.count("checked") == 5


def test_what_is_chosen_is_kept() -> None:
    ana = make_user()
    assert reading_as(ana).post("/me/", SAID).status_code == 302
    ana.refresh_from_db()
    assert (ana.language, ana.muted_kinds) == ("zh-hans", ["asked", "progress", "praised"])
    assert (ana.quiet_from, ana.quiet_until) == (time(22), time(7))
    assert (ana.timezone, ana.digest_minutes) == ("Asia/Shanghai", 30)


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_until": ""},
        {"quiet_until": "22:00"},
        {"quiet_from": "25:00"},
        {"timezone": "Mars/Olympus"},
        {"digest_minutes": "99999"},
        {"language": "tlh"},
        {"wanted": ["everything"]},
    ],
)
def test_what_cannot_be_is_said_beside_the_field(wrong: dict[str, object]) -> None:
    ana = make_user()
    assert reading_as(ana).post("/me/", SAID | wrong).status_code == 422
    ana.refresh_from_db()
    assert ana.digest_minutes == 0
