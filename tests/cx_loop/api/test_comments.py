"""Comments over the API: what they say, corrected, as themes."""

import pytest
from rest_framework.test import APIClient

from cx_loop import clock
from cx_loop.actions.voice import listen
from cx_loop.models import Feedback, Touchpoint
from tests.factories import (
    NOW,
    make_comment,
    make_department,
    make_organization,
    make_touchpoint,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def boarding() -> Touchpoint:
    make_organization()
    return make_touchpoint("boarding", owner=make_department("ground"))


@pytest.fixture
def member(boarding: Touchpoint) -> APIClient:
    client = APIClient()
    client.force_login(make_user(department=boarding.owner))
    return client


def wrote(touchpoint: Touchpoint, words: str) -> Feedback:
    row = make_comment(touchpoint, words)
    listen(now=NOW)
    return row


def test_a_comment_says_what_and_by_which_words(boarding: Touchpoint, member: APIClient) -> None:
    wrote(boarding, "太慢了，mail a@b.example")
    wrote(boarding, "空姐很热情")
    found = member.get("/api/v1/comments/?kind=pain&category=efficiency").json()["results"]
    assert [(each["text"], each["mentions"][0]["words"]) for each in found] == [
        ("太慢了，mail [e-mail]", "太慢")
    ]


def test_a_correction_over_the_api(boarding: Touchpoint, member: APIClient) -> None:
    row = wrote(boarding, "慢工出细活")
    said = {"mentions": [{"kind": "delight", "category": "quality"}]}
    address = f"/api/v1/comments/{row.pk}/correct/"
    answer = member.post(address, said, format="json").json()
    assert (answer["corrected"], answer["mentions"][0]["kind"]) == (True, "delight")
    wrong = {"mentions": [{"kind": "anger", "category": ""}]}
    assert member.post(address, wrong, format="json").status_code == 400


def test_themes_come_as_numbers(boarding: Touchpoint, member: APIClient) -> None:
    wrote(boarding, "太慢")
    with clock.set_to(NOW):
        (theme,) = member.get("/api/v1/touchpoints/boarding/themes/").json()["themes"]
    assert (theme["kind"], theme["category"], theme["count"]) == ("pain", "efficiency", 1)
    assert theme["weeks"][-1] == 100
