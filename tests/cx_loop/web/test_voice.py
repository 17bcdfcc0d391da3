"""The pages of what customers say: read by everybody of the touchpoint, taught by few."""

from datetime import timedelta

import pytest

from cx_loop import clock
from cx_loop.actions.voice import listen
from cx_loop.models import Feedback, Touchpoint, VoiceWord
from tests.factories import (
    NOW,
    make_admin,
    make_comment,
    make_department,
    make_organization,
    make_touchpoint,
    make_user,
)
from tests.pages import costs_the_same, reading_as, seen

pytestmark = pytest.mark.django_db
PAGE = "/touchpoints/boarding/comments/"


@pytest.fixture
def boarding() -> Touchpoint:
    make_organization()
    return make_touchpoint("boarding", owner=make_department("ground"))


def wrote(touchpoint: Touchpoint, words: str, days: int = 1) -> Feedback:
    row = make_comment(touchpoint, words, occurred_at=NOW - timedelta(days=days))
    listen(now=NOW)
    return row


def test_comments_are_found_by_what_they_say(boarding: Touchpoint) -> None:
    wrote(boarding, "等了很久，打13812345678没人接")
    wrote(boarding, "空姐很热情")
    client = reading_as(make_user(department=boarding.owner))
    page = seen(client, PAGE + "?kind=pain")
    assert "[phone]" in page
    assert "13812345678" not in page
    assert "空姐很热情" not in page
    assert "空姐很热情" in seen(client, PAGE + "?kind=delight&category=emotion")


def test_themes_are_shares_of_four_weeks_and_of_those_before(boarding: Touchpoint) -> None:
    for days in (1, 2, 30, 31, 32, 33):
        wrote(boarding, "太慢" if days in (1, 2, 30) else "空姐很热情", days)
    page = seen(reading_as(make_user(department=boarding.owner)), "/touchpoints/boarding/")
    assert "pain: Efficiency" in page
    assert "2 of 2" in page
    assert "25 %" in page


def test_a_correction_is_made_by_whoever_sees_the_touchpoint(boarding: Touchpoint) -> None:
    row = wrote(boarding, "慢工出细活")
    client = reading_as(make_user(department=boarding.owner))
    # what it was taken for is ticked, so that whoever mends one thing loses no other
    assert 'value="pain-efficiency" checked' in seen(client, PAGE)
    with clock.set_to(NOW):
        client.post(f"/comments/{row.pk}/", {"says": ["delight-quality"]})
        listen(now=NOW)
    row.refresh_from_db()
    assert [each[:2] for each in row.mentions] == [["delight", "quality"]]
    assert "corrected by a person" not in seen(client, PAGE + "?kind=pain")
    stranger = reading_as(make_user(department=make_department("cabin")))
    with clock.set_to(NOW):
        assert stranger.post(f"/comments/{row.pk}/", {"says": []}).status_code == 404


def test_words_are_taught_by_whoever_sees_everything(boarding: Touchpoint) -> None:
    row = wrote(boarding, "又爆单了")
    seen(reading_as(make_user(department=boarding.owner)), "/words/", status=403)
    client = reading_as(make_admin())
    said = {"text": "爆单", "meaning": "pain", "category": "efficiency"}
    with clock.set_to(NOW):
        client.post("/words/", said)
        listen(now=NOW)
        assert client.post("/words/", {**said, "text": "慢。"}).status_code == 422
    row.refresh_from_db()
    assert [each[:2] for each in row.mentions] == [["pain", "efficiency"]]
    assert "爆单" in seen(client, "/words/?q=爆")
    with clock.set_to(NOW):
        client.post("/words/", {"drop": "爆单"})
    assert not VoiceWord.objects.exists()


def test_the_page_costs_the_same_whoever_wrote(boarding: Touchpoint) -> None:
    client = reading_as(make_user(department=boarding.owner))
    costs_the_same(client, PAGE, lambda: wrote(boarding, "太慢"))
