"""From the bytes of a delivery to what its tool wrote: objects, or the rows of a table.

JSON (any media type that says so, or says nothing), forms, multipart forms and CSV. A batch is a
JSON array: each of its members is an object of its own.
"""

import csv
import io
import json
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from cx_loop.logic.answers.response import Misshapen

MOST_OBJECTS = 5_000  # of one delivery
LARGEST = 20 * 1024 * 1024  # bytes after decompression
ENCODINGS = ("utf-8", "gb18030")  # spreadsheets and forms in China are written in the second
_HALVES = re.compile(r"\\u(?:d[89a-f]|0000)", re.IGNORECASE)
_TABLES = ("text/csv", "application/csv", "application/vnd.ms-excel")


@dataclass(frozen=True, slots=True)
class Document:
    """What was read: `objects` of JSON or a form, or `rows` of a table, header included."""

    objects: list[Mapping[str, Any]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def read(body: bytes, content_type: str, encoding: str = "") -> Document:
    """Raises Misshapen: body_empty, body_not_utf8, body_not_json, body_not_objects,
    body_not_multipart, too_many_objects, encoding_unsupported, too_large."""
    body = _plain(body, encoding.strip().lower())
    if not body.strip():
        raise Misshapen("body_empty")
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded" and not _looks_like_json(body):
        return Document([form_of(body)])
    if kind == "multipart/form-data":
        return Document([_multipart(body, content_type)])
    if kind in _TABLES:
        return Document(rows=_rows(text_of(body)))
    return Document(_objects(_json(text_of(body))))


def members_of(body: bytes, content_type: str) -> Callable[[], Mapping[str, str]]:
    """The members of a form or of one JSON object as texts, read when first asked; {} when there
    are none that can be read, so that nothing is signed."""

    def ask() -> Mapping[str, str]:
        try:
            objects = read(body, content_type).objects
        except Misshapen:
            return {}
        one = objects[0] if len(objects) == 1 else {}
        return {name: str(value) for name, value in one.items() if isinstance(value, str | int)}

    return ask


def _looks_like_json(body: bytes) -> bool:
    """What many programs send says that it is a form, because nobody said what it is. No name of a
    member of a form begins like that: a browser would write it as %7B."""
    return body.lstrip()[:1] in (b"{", b"[")


def form_of(body: bytes) -> dict[str, Any]:
    """A form: a member that stands several times is a list."""
    for encoding in ENCODINGS:
        try:
            pairs = parse_qsl(
                body.decode(encoding),
                keep_blank_values=True,
                encoding=encoding,
                errors="strict",
                max_num_fields=2_000,
            )
        except UnicodeDecodeError:
            continue
        except ValueError:
            break
        return _gathered(pairs)
    raise Misshapen("body_not_form")


def parse(text: str) -> Any:
    """JSON without NaN and infinities; of a repeated member the last wins. Texts are such as can be
    kept: a tool that cuts a comment in the middle of an emoji leaves half a pair of surrogates.
    Raises Misshapen."""
    try:
        parsed = json.loads(text, parse_constant=_no_constant)
        return _whole(parsed) if _HALVES.search(text) else parsed
    except (ValueError, RecursionError) as error:
        where = f"character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise Misshapen("body_not_json", where) from None


def _whole(parsed: Any) -> Any:
    """The same with whole characters only, and without NUL."""
    if isinstance(parsed, str):
        pairs = parsed.replace("\0", "").encode("utf-16-le", "surrogatepass")
        return pairs.decode("utf-16-le", "replace")
    if isinstance(parsed, list):
        return [_whole(each) for each in parsed]
    if isinstance(parsed, dict):
        return {_whole(name): _whole(value) for name, value in parsed.items()}
    return parsed


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _json(text: str) -> Any:
    return parse(text)


def _objects(parsed: Any) -> list[Mapping[str, Any]]:
    many = parsed if isinstance(parsed, list) else [parsed]
    if len(many) > MOST_OBJECTS:
        raise Misshapen("too_many_objects", str(len(many)))
    if not many or not all(isinstance(each, dict) for each in many):
        raise Misshapen("body_not_objects")
    return many


def separator_of(text: str) -> str:
    """What stands oftenest in the first line."""
    return max(",;\t", key=text.partition("\n")[0].count)


def _rows(text: str) -> list[list[str]]:
    """Cells of each row."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text)))
    except csv.Error as error:
        raise Misshapen("table_unreadable", str(error)) from None
    return [row for row in rows if any(row)]


def _multipart(body: bytes, content_type: str) -> dict[str, Any]:
    """The texts of a multipart form; files in it are left out."""
    if b"\r\n" not in body[:2_000]:
        body = body.replace(b"\n", b"\r\n")
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    if not message.is_multipart():
        raise Misshapen("body_not_multipart")
    pairs = []
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        if not isinstance(name, str) or part.get_filename():
            continue
        raw = part.get_payload(decode=True)
        assert isinstance(raw, bytes)
        pairs.append((name, text_of(raw).strip("\r\n")))
    return _gathered(pairs)


def _gathered(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def text_of(body: bytes) -> str:
    """Raises Misshapen: body_not_utf8."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):  # what Excel saves as Unicode text
        try:
            return body.decode("utf-16")
        except UnicodeDecodeError:
            raise Misshapen("body_not_utf8") from None
    for encoding in ("utf-8-sig", *ENCODINGS[1:]):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Misshapen("body_not_utf8")


def _plain(body: bytes, encoding: str) -> bytes:
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise Misshapen("encoding_unsupported", encoding[:40])
    unzip = zlib.decompressobj(wbits=31)
    try:
        plain = unzip.decompress(body, LARGEST)
    except zlib.error:
        raise Misshapen("body_not_gzip") from None
    if unzip.unconsumed_tail:
        raise Misshapen("too_large")
    return plain
