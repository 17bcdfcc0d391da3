"""One response that comes several times is one response, with its last content."""

import json
from datetime import timedelta

import pytest
from django.db import connection

from cx_loop.actions.sources import map_again, save_mapping
from cx_loop.models import SYSTEM, Delivery, SurveyResponse
from tests.cx_loop.hooks import payloads
from tests.cx_loop.hooks.conftest import NOW, OF_NPS, counted, entries, words
from tests.cx_loop.hooks.payloads import Sent

pytestmark = pytest.mark.django_db
FORMBRICKS = entries("qnps", "qwhy")


def values() -> list[float]:
    return [row[3] for row in counted()]


def test_created_updated_and_finished_are_one_response(tool):
    tool("formbricks", FORMBRICKS).deliver(
        payloads.formbricks("responseCreated", score=2, why="", minute=28),
        payloads.formbricks("responseUpdated", score=3, why="", minute=29),
        payloads.formbricks("responseFinished", score=4, minute=30),
    )
    assert (values(), words()) == ([4], [payloads.WORDS])


def test_an_older_version_that_comes_late_changes_nothing(tool):
    made = tool("formbricks", FORMBRICKS)
    made.deliver(payloads.formbricks(score=4, minute=30))
    found = made.deliver(payloads.formbricks("responseUpdated", score=2, minute=29))
    assert (found.state, values()) == ("mapped", [4])


def test_unfinished_responses_can_be_left_until_they_are(tool):
    made = tool("formbricks", FORMBRICKS, options={"partial": "wait"})
    found = made.deliver(payloads.formbricks("responseUpdated", score=3, minute=29))
    assert (found.state, found.reason, values()) == ("ignored", "unfinished", [])
    made.deliver(payloads.formbricks(score=4))
    assert values() == [4]


def test_a_score_before_its_comment_is_counted_once(tool):
    tool("delighted", entries("score", "comment")).deliver(
        payloads.delighted(comment=None, updated=1773134900),
        payloads.delighted(updated=1773135000),
        payloads.delighted(updated=1773135000),
    )
    assert (values(), words()) == ([3], [payloads.WORDS])


def test_an_answer_that_is_taken_back_is_taken_out(tool):
    made = tool("formbricks", FORMBRICKS)
    made.deliver(payloads.formbricks("responseUpdated", score=3, minute=28))
    made.deliver(payloads.formbricks(score=None, why="", minute=30))
    assert (values(), words()) == ([], [])
    made.deliver(payloads.formbricks(score=5, minute=31))
    assert values() == [5]


def test_an_update_counts_instead_and_a_deletion_takes_out(tool):
    made = tool("tencent-wj", entries("q-1-ab"))
    made.deliver(payloads.tencent(), payloads.tencent("answer.update", score="9分", at="17:32"))
    assert values() == [9]
    made.deliver(payloads.tencent("answer.delete", at="17:33"))
    assert values() == []
    made.deliver(payloads.tencent())
    assert values() == []


def test_a_deletion_before_what_it_deletes_leaves_nothing(tool):
    tool("tencent-wj", entries("q-1-ab")).deliver(
        payloads.tencent("answer.delete", at="17:33"), payloads.tencent()
    )
    assert values() == []


def test_several_questions_are_several_observations(tool):
    mapping = [
        {"field": "a", **OF_NPS},
        {"field": "b", **OF_NPS, "touchpoint": "meal"},
        {
            "field": "c",
            "metric": "csat",
            "touchpoint": "meal",
            "scale": [0, 4],
            "direction": "lower_is_better",
        },
        {"field": "id", "to": "id"},
    ]
    tool("generic", mapping).deliver(payloads.js({"id": 1, "a": 9, "b": "0", "c": 1}))
    assert sorted(row[:2] + row[3:4] for row in counted()) == [
        ("boarding", "nps", 9.0),
        ("meal", "csat", 4.0),
        ("meal", "nps", 0.0),
    ]


def test_quarantine_is_mapped_after_the_mapping_is_mended(tool):
    made = tool("typeform", [])
    found = made.deliver(payloads.typeform(), payloads.typeform(name="t-2", score=8))
    assert (found.state, found.reason, values()) == ("quarantined", "mapping_missing", [])
    save_mapping(source=made.source, entries=entries("fNPS"), by=SYSTEM, now=NOW)
    assert map_again(source=made.source, by=SYSTEM, now=NOW) == 2
    made.map()
    assert values() == [3, 8]


def test_a_mapping_can_be_changed_and_changed_back(tool):
    made = tool("typeform", entries("fNPS"))
    made.deliver(payloads.typeform())
    for place in ("meal", "boarding"):
        mapping = entries("fNPS", touchpoint=place)
        save_mapping(source=made.source, entries=mapping, by=SYSTEM, now=NOW)
        map_again(source=made.source, by=SYSTEM, now=NOW, states=("mapped", "quarantined"))
        made.map()
        assert [row[:2] for row in counted()] == [(place, "nps")]
    other = entries("fNPS", metric="felt", scale=[-5, 5])
    for mapping, metric in ((other, "felt"), (entries("fNPS"), "nps")):
        save_mapping(source=made.source, entries=mapping, by=SYSTEM, now=NOW)
        map_again(source=made.source, by=SYSTEM, now=NOW, states=("mapped",))
        made.map()
        assert [row[1] for row in counted()] == [metric]


def test_what_waits_is_not_counted_wrongly_and_the_rest_is(tool):
    mapping = [*entries("fNPS", tier="hidden.tier"), {"field": "fSeat", "to": "location"}]
    mapping[1]["values"] = {"Silver card": "silver"}
    found = tool("typeform", mapping).deliver(payloads.typeform())
    assert (found.state, found.reason) == ("quarantined", "segment_unknown")
    assert values() == []


def test_what_intake_refused_is_counted_once_it_would_be_taken(tool):
    made = tool("typeform", entries("fNPS", tier="hidden.tier"))
    made.source.mapping[1]["values"] = {}
    made.source.save()
    made.deliver(payloads.typeform())
    save_mapping(source=made.source, entries=entries("fNPS"), by=SYSTEM, now=NOW)
    map_again(source=made.source, by=SYSTEM, now=NOW)
    made.map(NOW + timedelta(minutes=1))
    assert values() == [3]


def test_a_delivery_that_makes_us_fail_does_not_stop_the_others(tool):
    made = tool("typeform", entries("fNPS"))
    made.post(payloads.typeform(name="poison"))
    made.post(payloads.typeform())
    poison = Delivery.objects.order_by("id")[:1].get()
    with connection.cursor() as cursor:
        table = "ALTER TABLE cx_loop_surveyresponse ADD CHECK"
        cursor.execute(f"{table} (delivery_id <> {poison.pk})")
    assert made.map() == 2
    poison.refresh_from_db()
    assert (poison.reason, values()) == ("internal_error", [3])


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_characters_that_cannot_be_stored_harm_nobody(tool, text):
    made = tool("typeform", entries("fNPS", survey="x"))
    raw = payloads.typeform().body.decode()
    odd = json.dumps(json.loads(raw.replace("fFlight", "#").replace("t-visit-1", "#")))
    made.deliver(Sent(odd.replace("#", json.dumps(text)[1:-1]).encode()), payloads.typeform())
    assert set(Delivery.objects.values_list("reason", flat=True)) == {"survey_not_mapped"}


def test_a_version_too_large_to_be_kept_goes_by_its_arrival(tool):
    mapping = [*entries("score"), {"field": "id", "to": "id"}, {"field": "v", "to": "revision"}]
    tool("generic", mapping).deliver(payloads.js({"id": 1, "score": 3, "v": 10**30}))
    assert values() == [3]


def test_the_same_again_costs_nothing(tool):
    made = tool("typeform", entries("fNPS"))
    made.deliver(payloads.typeform())
    made.deliver(payloads.typeform(), at=NOW + timedelta(minutes=1))
    assert (values(), SurveyResponse.objects.get().edition) == ([3], 1)
