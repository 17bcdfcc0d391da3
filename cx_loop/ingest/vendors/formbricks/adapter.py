"""Formbricks: answers by question id, without their texts; one response comes two to four times."""

from collections.abc import Iterator
from typing import Any

from cx_loop.ingest.vendors.adapter import Adapter, Object, Options
from cx_loop.logic.answers.response import Field, NoAnswer, Response, by_key
from cx_loop.logic.hook_signatures import Scheme

EVENTS = ("responseCreated", "responseUpdated", "responseFinished")


def responses(event: Object, options: Options) -> Iterator[Response]:
    if event.get("event") not in EVENTS:
        raise NoAnswer("test_event" if event.get("event") == "testEndpoint" else "event_unknown")
    said = event["data"]
    yield Response(
        id=said["id"],
        fields=by_key(_fields(said)),
        occurred_at=said["createdAt"],
        revision=said["updatedAt"],
        survey=said["surveyId"],
        finished=bool(said["finished"]),
    )


def _fields(said: Object) -> Iterator[Field]:
    for key, value in said["data"].items():
        if isinstance(value, dict):  # a matrix: one question a row
            for row, chosen in value.items():
                yield Field(f"{key}.{row}", chosen, row)
        else:
            yield Field(key, _plain(value))
    for name, value in (said.get("contactAttributes") or {}).items():
        yield Field(f"contact.{name}", _plain(value), name, "hidden")
    for name, value in (said.get("variables") or {}).items():
        yield Field(f"variable.{name}", _plain(value), name, "variable")
    meta = said.get("meta") or {}
    for name in ("url", "source", "country"):
        if meta.get(name):
            yield Field(f"meta.{name}", meta[name], name, "hidden")


def _plain(value: Any) -> Any:
    return [str(each) for each in value] if isinstance(value, list) else value


ADAPTER = Adapter(
    key="formbricks",
    name="Formbricks",
    of_object=responses,
    scheme=Scheme("standard"),
    id_header="webhook-id",
)
