"""Tally: JSON fields with key, label, type and value; choices are ids, whose texts are beside."""

from collections.abc import Iterator
from typing import Any

from cx_loop.ingest.vendors.adapter import Adapter, Object, Options
from cx_loop.logic.answers.response import Field, NoAnswer, Response, by_key
from cx_loop.logic.hook_signatures import Scheme


def responses(event: Object, options: Options) -> Iterator[Response]:
    if event.get("eventType") != "FORM_RESPONSE":
        raise NoAnswer("event_unknown")
    said = event["data"]
    yield Response(
        id=said["responseId"],
        fields=by_key(_field(each) for each in said["fields"]),
        occurred_at=said["createdAt"],
        revision=event["createdAt"],
        survey=said["formId"],
    )


def _field(each: dict[str, Any]) -> Field:
    value, texts = each.get("value"), {}
    for option in each.get("options") or ():
        texts[option["id"]] = option.get("text") or option.get("name") or ""
    if isinstance(value, list):
        chosen = [texts.get(str(one), str(one)) for one in value if not isinstance(one, dict)]
        value = chosen[0] if len(chosen) == 1 else chosen
    elif isinstance(value, dict):
        value = None
    elif value in texts:
        value = texts[value]
    return Field(each["key"], value, each.get("label") or "", each.get("type", "").lower())


ADAPTER = Adapter(
    key="tally",
    name="Tally",
    of_object=responses,
    scheme=Scheme("hmac", header="Tally-Signature", encoding="base64"),
)
