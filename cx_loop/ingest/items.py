"""From bytes to items: what one observation may look like, whoever sends it.

A whole batch is decoded at once; only when that fails is it taken apart, to say which item is
wrong and why. Both ways accept the same items.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec

MOST_ITEMS = 5000


class Refused(Exception):
    """One item cannot be taken: a stable code, the field, and a sentence for its sender."""

    def __init__(self, code: str, field: str, message: str) -> None:
        super().__init__(code)
        self.code, self.field, self.message = code, field, message


class UnreadableBody(Exception):
    """The body as a whole cannot be taken, nothing of it was stored.

    Codes: body_empty, body_not_json, too_many_items.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message


class Item(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One observation as sent: the right members of the right types, nothing looked up yet."""

    occurred_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    touchpoint: str | None = None
    stage: str | None = None
    journey: str | None = None
    metric: str | None = None
    value: float | None = None
    exposure: float | None = None
    segment: str | None = None
    channel: str | None = None
    location: str | None = None
    external_id: str | None = None
    revision: int | None = None
    customer: str | None = None
    comment: str | None = None
    contact: bool | None = None


FIELDS = Item.__struct_fields__
_TEXTS = frozenset(FIELDS) - {"occurred_at", "value", "exposure", "revision", "contact"}

_one = msgspec.json.Decoder(Item)
_many = msgspec.json.Decoder(list[Item])


def items_of(body: bytes, lines: bool = False) -> Sequence[object]:
    """The items of a body: `Item` where already checked, else whatever was sent in its place.

    One JSON object, an array of objects, or (`lines`, or several objects on lines of their own)
    newline-delimited JSON. Raises UnreadableBody.
    """
    start = body.lstrip()[:1]
    if not start:
        raise UnreadableBody("body_empty", "The body is empty; send one object or an array.")
    if lines:
        return _at_most(_lines(body))
    try:
        return _at_most(_many.decode(body)) if start == b"[" else [_one.decode(body)]
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _at_most(_taken_apart(body))


def item_of(raw: object) -> Item:
    """One decoded item, as from a file or a survey tool, with its types checked.

    Raises Refused: item_not_object, field_unknown, not_text, time_invalid,
    time_without_offset, value_not_a_number, exposure_invalid, revision_invalid.
    """
    if isinstance(raw, Item):
        return raw
    if not isinstance(raw, Mapping):
        raise Refused("item_not_object", "", "An item must be a JSON object.")
    members: dict[str, Any] = {}
    for name, sent in raw.items():
        if name not in FIELDS:
            known = ", ".join(FIELDS)
            raise Refused("field_unknown", shown(str(name)), f"Unknown member; known: {known}.")
        if sent is not None:
            members[name] = _typed(name, sent)
    return Item(**members)


def shown(text: str) -> str:
    """A sender's text as it may be sent back: short, and always encodable."""
    return text[:200].encode("utf-8", "replace").decode()


def _typed(name: str, sent: object) -> object:
    if name == "occurred_at":
        return _moment(sent)
    if name == "contact":
        return _yes_or_no(sent)
    if name in _TEXTS:
        if not isinstance(sent, str):
            raise Refused("not_text", name, f"{name} must be a text.")
        return sent
    number = isinstance(sent, int | float) and not isinstance(sent, bool)
    if name == "revision":
        whole = isinstance(sent, float) and sent.is_integer()
        if not number or not (isinstance(sent, int) or whole):
            raise Refused("revision_invalid", name, "revision must be a whole number.")
        return int(sent)  # type: ignore[call-overload]
    if not number:
        code = "value_not_a_number" if name == "value" else "exposure_invalid"
        raise Refused(code, name, f"{name} must be a number, not a text or true/false.")
    return sent


def _yes_or_no(sent: object) -> bool:
    """A file says it in words."""
    said = sent.strip().lower() if isinstance(sent, str) else sent
    if said is True or said in ("true", "yes"):
        return True
    if said is False or said in ("false", "no"):
        return False
    raise Refused("contact_invalid", "contact", "contact must be true or false.")


def _moment(sent: object) -> datetime:
    if isinstance(sent, datetime):
        moment = sent
    else:
        if not isinstance(sent, str):
            raise Refused("time_invalid", "occurred_at", "occurred_at must be an ISO 8601 text.")
        try:
            moment = datetime.fromisoformat(sent.strip())
        except ValueError:
            example = "2026-03-01T14:30:00+08:00"
            message = f"occurred_at is not an ISO 8601 time such as {example}."
            raise Refused("time_invalid", "occurred_at", message) from None
    if moment.tzinfo is None:
        message = "occurred_at needs an offset, such as +08:00 or Z."
        raise Refused("time_without_offset", "occurred_at", message)
    return moment


def _lines(body: bytes) -> Sequence[object]:
    try:
        return _one.decode_lines(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        pass
    text = _text(body)
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            found.append(_parsed(line, f"line {number}"))
    return found


def _taken_apart(body: bytes) -> Sequence[object]:
    text = _text(body)
    try:
        parsed = _parsed(text, "the body")
    except UnreadableBody:
        if text.lstrip().startswith("{") and "\n" in text.strip():
            return _lines(body)
        raise
    if isinstance(parsed, list):
        return parsed
    if isinstance(parsed, dict):
        return [parsed]
    raise UnreadableBody("body_not_json", "The body must be a JSON object or an array of them.")


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"The body is not UTF-8 text (byte {error.start})."
        raise UnreadableBody("body_not_json", message) from None


def _parsed(text: str, place: str) -> object:
    try:
        return json.loads(text, parse_constant=_no_constant, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        where = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        message = f"This is not JSON: {place} cannot be read{where}; nothing was stored."
        raise UnreadableBody("body_not_json", message) from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _integer(digits: str) -> float:
    """Python refuses to read an integer of over 4,300 digits; that is no fault of the body."""
    return int(digits) if len(digits) < 4000 else float(digits)


def _at_most(items: Sequence[object]) -> Sequence[object]:
    if len(items) > MOST_ITEMS:
        message = f"{len(items)} items; a request takes at most {MOST_ITEMS}. Nothing was stored."
        raise UnreadableBody("too_many_items", message)
    return items
