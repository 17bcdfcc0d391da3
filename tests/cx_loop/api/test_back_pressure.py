"""How senders are slowed: told what is left, refused beyond it, never for want of a cache."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from cx_loop import clock
from cx_loop.actions.exclusive import living_the_past
from cx_loop.api import throttles
from cx_loop.api.throttles import PARTS, SHARE_EVERY, Bucket, Lag, Tallies
from cx_loop.models import DirtyMark
from tests.cx_loop.ingest.conftest import make_airline, said

pytestmark = [pytest.mark.urls("tests.urls_api"), pytest.mark.django_db]
URL = "/api/v1/observations/"


@pytest.fixture
def sender(client_with: Any, monkeypatch: pytest.MonkeyPatch) -> APIClient:
    cache.clear()
    make_airline()
    monkeypatch.setattr(throttles, "lag", Lag())
    monkeypatch.setattr(throttles, "everybody", Bucket())
    monkeypatch.setattr(throttles, "tallies", Tallies())
    client: APIClient = client_with("ingest")
    return client


def post(client: APIClient) -> Any:
    return client.post(URL, said(), format="json")


def mark(age: timedelta) -> None:
    at = clock.now() - age
    DirtyMark.objects.create(series_id=1, since=at, until=at, marked_at=at)


def test_every_answer_says_what_is_left(sender: APIClient, settings: Any) -> None:
    settings.RATES = settings.RATES | {"ingest": 2}
    said_left = [post(sender).headers["RateLimit"] for _ in range(3)]
    assert said_left == [f'"ingest";r={left};t=10' for left in (1, 0, 0)]
    refused = post(sender)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
    assert refused.headers["RateLimit-Policy"] == '"ingest";q=2;w=10'


def test_everybody_together_is_slowed_too(sender: APIClient, settings: Any) -> None:
    settings.RATES = settings.RATES | {"all": 1}
    answers = [post(sender) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].headers["Retry-After"] == "1"


def test_a_bucket_fills_as_time_passes() -> None:
    at = [0.0]
    bucket = Bucket(lambda: at[0])
    assert [bucket.take(2, 3) for _ in range(4)] == [True, True, True, False]
    at[0] = 0.5
    assert [bucket.take(2, 3) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(("age", "most", "status"), [(5, 600, 200), (601, 600, 503), (99, 0, 200)])
def test_intake_waits_while_evaluation_is_far_behind(
    sender: APIClient, settings: Any, age: int, most: int, status: int
) -> None:
    settings.MAX_LAG = most
    mark(timedelta(seconds=age))
    answer = post(sender)
    assert answer.status_code == status
    if status == 503:
        assert answer.json()["code"] == "evaluation_behind"
        assert int(answer.headers["Retry-After"]) > 0


def test_intake_goes_on_while_the_past_is_lived(sender: APIClient) -> None:
    mark(timedelta(hours=1))
    with living_the_past():
        assert post(sender).status_code == 200
    assert post(sender).status_code == 503


def test_how_far_behind_is_looked_at_once_a_second() -> None:
    at = [0.0]
    lag = Lag(lambda: at[0])
    assert lag.seconds() == 0
    mark(timedelta(minutes=5))
    at[0] = 0.9
    assert lag.seconds() == 0
    at[0] = 1.0
    assert 300 <= lag.seconds() < 360


def test_without_a_cache_nobody_is_refused(sender: APIClient, settings: Any) -> None:
    settings.RATES = settings.RATES | {"ingest": 0}
    backend = "config.cache.Cache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1"}}
    answer = post(sender)
    assert answer.status_code == 200
    assert "RateLimit" not in answer.headers


def test_an_unknown_encoding_is_refused_and_what_is_taken_is_named(sender: APIClient) -> None:
    answer = sender.post(URL, said(), format="json", HTTP_CONTENT_ENCODING="br")
    taken = "gzip, zstd, identity"
    assert (answer.status_code, answer.headers["Accept-Encoding"]) == (415, taken)


def test_two_processes_admit_little_more_than_the_limit() -> None:
    cache.clear()
    most, seconds = 200, 0.0
    processes = [Tallies(lambda: seconds), Tallies(lambda: seconds)]
    dice = random.Random(5)
    left = [dice.choice(processes).left("rate:two", most) for _ in range(3 * most)]
    admitted = sum(each is not None and each >= 0 for each in left)
    assert most <= admitted <= most + (len(processes) - 1) * (most // PARTS - 1)


def test_a_process_learns_within_a_second_what_another_admitted() -> None:
    cache.clear()
    at = [0.0]
    here, there = Tallies(lambda: at[0]), Tallies(lambda: at[0])
    assert here.left("rate:seen", 1000) == 999
    assert [there.left("rate:seen", 1000) for _ in range(3)] == [998, 997, 996]
    at[0] = SHARE_EVERY
    there.left("rate:seen", 1000)
    assert here.left("rate:seen", 1000) == 994


def test_a_caller_is_let_in_again_when_the_window_has_passed() -> None:
    cache.clear()
    tallies = Tallies(lambda: 0.0)
    assert [tallies.left("rate:again", 1) for _ in range(2)] == [0, -1]
    cache.delete("rate:again")  # as it expires
    assert tallies.left("rate:again", 1) == 0
