"""Every kind of bad input has its stable code; its neighbours are stored."""

import json
from typing import Any

import pytest

from cx_loop.ingest.accept import accept_body, accept_items
from cx_loop.ingest.items import UnreadableBody, items_of
from cx_loop.models import Metric, Observation, Source, Touchpoint
from tests.cx_loop.ingest.conftest import NOW, accept, said

pytestmark = pytest.mark.usefixtures("airline")

HALF_PAIR = "\ud800"

REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    ({"occurred_at": None}, "missing_field", "occurred_at"),
    ({"touchpoint": None}, "missing_field", "touchpoint"),
    ({"touchpoint": ""}, "missing_field", "touchpoint"),
    ({"metric": None}, "missing_field", "metric"),
    ({"value": None}, "missing_field", "value"),
    ({"metric": None, "value": None}, "missing_field", "metric"),
    ({"colour": "red"}, "field_unknown", "colour"),
    ({HALF_PAIR: "red"}, "field_unknown", "?"),
    ({"touchpoint": "bording"}, "touchpoint_unknown", "touchpoint"),
    ({"touchpoint": "board\0ing"}, "touchpoint_unknown", "touchpoint"),
    ({"touchpoint": 5}, "not_text", "touchpoint"),
    ({"touchpoint": None, "stage": "arrival"}, "stage_unknown", "stage"),
    ({"touchpoint": None, "journey": "train"}, "journey_unknown", "journey"),
    ({"stage": "departure"}, "subject_ambiguous", "stage"),
    ({"metric": "csta"}, "metric_unknown", "metric"),
    ({"segment": "silver"}, "segment_unknown", "segment"),
    ({"value": "4"}, "value_not_a_number", "value"),
    ({"value": True}, "value_not_a_number", "value"),
    ({"value": [4]}, "value_not_a_number", "value"),
    ({"value": float("nan")}, "value_not_finite", "value"),
    ({"value": float("inf")}, "value_not_finite", "value"),
    ({"value": 6}, "value_out_of_scale", "value"),
    ({"value": 10**400}, "value_out_of_scale", "value"),
    ({"value": 4.5}, "value_not_on_step", "value"),
    ({"metric": "felt", "value": 0.25}, "value_not_on_step", "value"),
    ({"metric": "wait", "value": -1}, "value_negative", "value"),
    ({"metric": "wait", "value": 1e300}, "value_out_of_scale", "value"),
    ({"metric": "cancelled", "value": 1}, "exposure_required", "exposure"),
    ({"metric": "cancelled", "value": 1, "exposure": 0}, "exposure_invalid", "exposure"),
    ({"metric": "cancelled", "value": 1, "exposure": "9"}, "exposure_invalid", "exposure"),
    ({"metric": "cancelled", "value": 1, "exposure": 10**400}, "exposure_invalid", "exposure"),
    ({"metric": "cancelled", "value": 1, "exposure": 1e-320}, "exposure_invalid", "exposure"),
    ({"exposure": 9}, "exposure_invalid", "exposure"),
    ({"occurred_at": "yesterday"}, "time_invalid", "occurred_at"),
    ({"occurred_at": 1773136800}, "time_invalid", "occurred_at"),
    ({"occurred_at": "2026-03-10T10:00:00"}, "time_without_offset", "occurred_at"),
    ({"occurred_at": "2026-03-10"}, "time_without_offset", "occurred_at"),
    ({"occurred_at": "2026-03-10T12:05:01Z"}, "time_in_future", "occurred_at"),
    ({"occurred_at": "9999-12-31T23:59:59-12:00"}, "time_in_future", "occurred_at"),
    ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "time_too_old", "occurred_at"),
    ({"external_id": "x" * 201}, "external_id_too_long", "external_id"),
    ({"external_id": "a\0b"}, "text_has_nul", "external_id"),
    ({"comment": "a\0b"}, "text_has_nul", "comment"),
    ({"comment": HALF_PAIR}, "text_not_unicode", "comment"),
    ({"channel": HALF_PAIR}, "text_not_unicode", "channel"),
    ({"comment": "x" * 10_001}, "text_too_long", "comment"),
    ({"location": "x" * 81}, "text_too_long", "location"),
    ({"revision": 1.5}, "revision_invalid", "revision"),
    ({"revision": float("nan")}, "revision_invalid", "revision"),
    ({"revision": 10**400}, "revision_invalid", "revision"),
    ({"revision": 2**63}, "revision_invalid", "revision"),
]

# JSON has no NaN and no infinity
IN_JSON = [row for row in REFUSALS if not {"nan", "inf"} & set(map(str, row[0].values()))]


@pytest.mark.parametrize(("wrong", "code", "field"), REFUSALS, ids=lambda given: repr(given)[:40])
def test_a_bad_item_is_refused_by_code_and_field_and_its_neighbours_stored(
    source: Source, wrong: dict[str, Any], code: str, field: str
) -> None:
    result = accept(source, said(), said(**{"external_id": "bad"} | wrong), said())
    assert (result.accepted, result.rejected) == (2, 1)
    refusal = result.results[0]
    assert (refusal.index, refusal.code, refusal.field) == (1, code, field)
    assert refusal.message.endswith(".")
    assert Observation.objects.count() == 2


@pytest.mark.parametrize(("wrong", "code", "field"), IN_JSON, ids=lambda given: repr(given)[:40])
def test_the_same_as_json_is_refused_alike(
    source: Source, wrong: dict[str, Any], code: str, field: str
) -> None:
    body = json.dumps([said(), said(**{"external_id": "bad"} | wrong)]).encode()
    result = accept_body(body, source=source, now=NOW)
    assert (result.accepted, result.results[0].code) == (1, code)


@pytest.mark.parametrize("item", [None, 5, "text", [said()]])
def test_what_is_no_object_is_refused(source: Source, item: object) -> None:
    assert accept(source, item, said()).results[0].code == "item_not_object"


def test_a_number_too_large_for_json_tools_harms_its_item_only(source: Source) -> None:
    body = json.dumps([said(), said(value=7.5)]).replace("7.5", "1e999").encode()
    result = accept_body(body, source=source, now=NOW)
    assert (result.accepted, result.results[0].code) == (1, "value_not_finite")


def test_five_minutes_ahead_are_taken(source: Source) -> None:
    assert accept(source, said(occurred_at="2026-03-10T12:05:00Z")).accepted == 1


@pytest.mark.parametrize(
    "moment", ["2026-03-10T18:00:00+08:00", "2026-03-10 18:00+0800", "20260310T100000Z"]
)
def test_iso_8601_is_read_in_its_forms(source: Source, moment: str) -> None:
    body = json.dumps(said(occurred_at=moment)).encode()
    assert accept_body(body, source=source, now=NOW).accepted == 1
    assert Observation.objects.get().occurred_at.hour == 10


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "body_empty"),
        (b" \n", "body_empty"),
        (b'{"value": NaN}', "body_not_json"),
        (b'[{"value": Infinity}]', "body_not_json"),
        (b'[{"value": 4}', "body_not_json"),
        (b'{"value": 4}\n{"value":', "body_not_json"),
        (b"value=4", "body_not_json"),
        (b"5", "body_not_json"),
        (b'{"comment": "\xff"}', "body_not_json"),
        (b"[" * 100_000, "body_not_json"),
        (b"[" + b"{}," * 5000 + b"{}]", "too_many_items"),
        (b"[" + b"5," * 5000 + b"5]", "too_many_items"),
    ],
)
def test_an_unreadable_body_is_refused_whole(body: bytes, code: str) -> None:
    with pytest.raises(UnreadableBody) as refusal:
        items_of(body)
    assert refusal.value.code == code


def test_lines_are_an_array_without_brackets(source: Source) -> None:
    body = b"\n".join(json.dumps(said(value)).encode() for value in (1, 2, 9)) + b"\n"
    for declared in (True, False):
        result = accept_body(body, source=source, now=NOW, lines=declared)
        assert (result.accepted, result.results[0].index) == (2, 2)


def test_of_a_repeated_member_the_last_wins(source: Source) -> None:
    body = json.dumps(said()).replace("{", '{"value": 9, ').encode()
    assert accept_body(body, source=source, now=NOW).accepted == 1


def test_one_location_too_many_is_refused(source: Source, settings: Any) -> None:
    settings.MAX_LOCATIONS = 2
    result = accept(source, *[said(location=gate) for gate in ("A1", "A2", "A3", "A1")])
    assert (result.accepted, result.results[0].code) == (3, "too_many_series")
    assert accept(source, said(location="A4"), said(location="A2")).accepted == 1


def test_a_metric_is_usable_when_configured_and_refused_when_retired(source: Source) -> None:
    assert accept(source, said(metric="smile")).results[0].code == "metric_unknown"
    metric = Metric.objects.create(key="smile", kind="csat", low=1, high=5)
    assert accept(source, said(metric="smile")).accepted == 1
    metric.retired_at = NOW
    metric.save()
    assert accept(source, said(metric="smile")).results[0].code == "metric_unknown"


def test_a_department_writes_to_its_own_touchpoints_only(
    source: Source, airline: Touchpoint
) -> None:
    items = [said(), said(touchpoint="meal"), said(touchpoint=None, stage="departure")]
    result = accept_items(items, source=source, now=NOW, owners=frozenset([airline.owner_id]))
    assert result.accepted == 1
    assert [refusal.code for refusal in result.results] == ["touchpoint_unknown", "stage_unknown"]


@pytest.mark.parametrize("metric", ["wait", "felt"])
def test_a_value_too_small_to_square_is_nought(source: Source, metric: str) -> None:
    """The database refuses such a square, and with it every item of the batch."""
    assert accept(source, said(1e-320, metric=metric), said(4)).accepted == 2
    assert sorted(Observation.objects.values_list("value", flat=True)) == [0, 4]
