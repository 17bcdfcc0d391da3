"""Delighted: one delivery a click, a comment and an additional answer, of one response each."""

from collections.abc import Iterator
from typing import Any

from cx_loop.ingest.vendors.adapter import Adapter, Object, Options
from cx_loop.logic.answers.response import Field, NoAnswer, Response, by_key
from cx_loop.logic.hook_signatures import Scheme


def responses(event: Object, options: Options) -> Iterator[Response]:
    if not str(event.get("event_type", "")).startswith("survey_response."):
        raise NoAnswer("event_unknown")
    said = event["event_data"]
    yield Response(
        id=str(said["id"]),
        fields=by_key(_fields(said)),
        occurred_at=said["created_at"],
        revision=said["updated_at"],
    )


def _fields(said: Object) -> Iterator[Field]:
    yield Field("score", said.get("score"), "score", "score")
    yield Field("comment", said.get("comment"), "comment", "text")
    person = said.get("person") or {}
    for name in ("email", "phone_number", "id"):
        if person.get(name):
            yield Field(f"person.{name}", person[name], name, "email")
    for name, value in (said.get("person_properties") or {}).items():
        yield Field(f"property.{name}", value, name, "hidden")
    for each in said.get("additional_answers") or ():
        question = each["question"]
        yield Field(f"answer.{question['id']}", _value(each["value"]), question.get("text", ""))
    if said.get("tags"):
        yield Field("tags", [str(each) for each in said["tags"]], "tags", "hidden")


def _value(given: Any) -> Any:
    if isinstance(given, dict):
        return given.get("text") or given.get("free_response") or given.get("id")
    return [str(each) for each in given] if isinstance(given, list) else given


ADAPTER = Adapter(
    key="delighted",
    name="Delighted",
    of_object=responses,
    scheme=Scheme("hmac", header="X-Delighted-Webhook-Signature", prefix="sha256="),
)
