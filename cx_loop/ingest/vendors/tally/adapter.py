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
        fields=by_key(field for each in said["fields"] for field in _fields(each)),
        occurred_at=said["createdAt"],
        revision=event["createdAt"],
        survey=said["formId"],
    )


def _fields(each: dict[str, Any]) -> Iterator[Field]:
    """One; of a matrix, whose value is the columns chosen by row, one a row."""
    value, columns = each.get("value"), _texts(each.get("columns"))
    if not isinstance(value, dict):
        yield _field(each)
        return
    rows = _texts(each.get("rows"))
    for row, chosen in value.items():
        many = chosen if isinstance(chosen, list) else [chosen]
        words = [columns.get(str(one), str(one)) for one in many]
        title = " · ".join(filter(None, (each.get("label"), rows.get(row))))
        yield Field(f"{each['key']}.{row}", words[0] if len(words) == 1 else words, title)


def _texts(options: Any) -> dict[str, str]:
    """What stands at each choice, by its id."""
    return {one["id"]: one.get("text") or one.get("name") or "" for one in options or ()}


def _field(each: dict[str, Any]) -> Field:
    value, texts = each.get("value"), _texts(each.get("options"))
    if isinstance(value, list):
        chosen = [texts.get(str(one), str(one)) for one in value if not isinstance(one, dict)]
        value = chosen[0] if len(chosen) == 1 else chosen
    elif value in texts:
        value = texts[value]
    return Field(each["key"], value, each.get("label") or "", each.get("type", "").lower())


ADAPTER = Adapter(
    key="tally",
    name="Tally",
    of_object=responses,
    scheme=Scheme("hmac", header="Tally-Signature", encoding="base64"),
)
