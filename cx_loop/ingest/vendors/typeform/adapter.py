"""Typeform: JSON with the answers and the form's definition, joined by the field's id."""

from collections.abc import Iterator
from typing import Any

from cx_loop.ingest.vendors.adapter import Adapter, Object, Options
from cx_loop.logic.answers.response import Field, NoAnswer, Response, Value, by_key
from cx_loop.logic.hook_signatures import Scheme

EVENTS = ("form_response", "form_response_partial")


def responses(event: Object, options: Options) -> Iterator[Response]:
    if event.get("event_type") not in EVENTS:
        raise NoAnswer("event_unknown")
    said = event["form_response"]
    yield Response(
        id=said["token"],
        fields=by_key(_fields(said)),
        occurred_at=said.get("submitted_at") or said.get("landed_at"),
        revision=said.get("submitted_at") or said.get("landed_at"),
        survey=said["form_id"],
        finished=event["event_type"] == EVENTS[0],
    )


def _fields(said: Object) -> Iterator[Field]:
    asked = {each["id"]: each for each in said.get("definition", {}).get("fields", ())}
    for answer in said.get("answers") or ():
        field = asked.get(answer["field"]["id"], answer["field"])
        kind = field.get("type", "")
        yield Field(answer["field"]["id"], _value(answer), field.get("title", ""), kind)
    for name, value in (said.get("hidden") or {}).items():
        yield Field(f"hidden.{name}", value, name, "hidden")
    for each in said.get("variables") or ():
        yield Field(f"variable.{each['key']}", each.get(each["type"]), each["key"], "variable")


def _value(answer: dict[str, Any]) -> Value:
    given = answer.get(answer["type"])
    if isinstance(given, dict):  # a choice, or several
        labels = given.get("labels")
        return list(labels) if labels is not None else given.get("label") or given.get("other")
    return given


ADAPTER = Adapter(
    key="typeform",
    name="Typeform",
    of_object=responses,
    scheme=Scheme("hmac", header="Typeform-Signature", encoding="base64", prefix="sha256="),
)
