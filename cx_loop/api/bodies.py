"""Reading a request body that may be large, compressed, or hostile."""

import io
import sys
import zlib
from collections.abc import Iterator
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request

from cx_loop.api.problems import Problem

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LARGEST = 5 * 1024 * 1024  # bytes, after decompression
NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl")
ENCODINGS = "gzip, zstd, identity"
_CHUNK = 256 * 1024
# 8 MiB, what HTTP allows (RFC 9659); otherwise a body of a few bytes could ask for 128 MiB
_WINDOW = {int(zstd.DecompressionParameter.window_log_max): 23}
_MOST_DRAINED = 64 * 1024 * 1024


class SmallJson(JSONParser):
    """The body of a call. A hundred thousand brackets are a wrong body, not a fault of ours."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("JSON parse error - nested too deeply") from None


class PlainJson(BaseParser):
    """Names a media type; the view reads the body itself, as bytes."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        raise NotImplementedError("read the body with bodies.read")


class JsonLines(PlainJson):
    media_type = NDJSON[0]


def is_lines(request: Request) -> bool:
    """Whether the body says it is newline-delimited JSON. Raises Problem 415 for other types."""
    media_type = (request.content_type or "").partition(";")[0].strip().lower()
    if media_type in NDJSON:
        return True
    if media_type != "application/json":
        detail = f"Send Content-Type: application/json or {NDJSON[0]}."
        raise Problem(415, "unsupported_media_type", detail)
    return False


def read(request: Request) -> bytes:
    """The body, decompressed. Raises Problem: 413 body_too_large, 415 encoding_unsupported, 400
    body_not_gzip or body_not_zstd."""
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip", "zstd"):
        detail = "Send the body plain or with Content-Encoding: gzip or zstd."
        # names what is taken, so that a sender can choose by itself (RFC 9110, 12.5.3)
        headers = {"Accept-Encoding": ENCODINGS}
        raise Problem(415, "encoding_unsupported", detail, headers)
    body = _taken(request)
    if encoding.endswith("gzip"):
        return _joined(_gunzipped(body), "gzip")
    return _joined(_unzstd(body), "zstd") if encoding == "zstd" else body


def hold(request: Request, largest: int = LARGEST) -> bytes:
    """The body as it came, which can be read once more afterwards. Raises Problem 413."""
    plain, body = request._request, _taken(request, largest)
    plain._body = body
    plain._stream = io.BytesIO(body)
    plain.META["wsgi.input"] = io.BytesIO(body)
    return body


def _taken(request: Request, largest: int = LARGEST) -> bytes:
    """All of the body as it came."""
    declared = request.META.get("CONTENT_LENGTH") or ""
    stream = _stream(request, declared)
    body: bytes = stream.read(largest + 1)
    if len(body) > largest:
        del body
        _drain(stream)
        raise _too_large(largest)
    if declared.isdecimal() and len(body) < int(declared):
        # otherwise the lines that came before the connection broke would be all there were
        detail = "The body is shorter than its Content-Length; nothing was stored."
        raise Problem(400, "body_incomplete", detail)
    return body


def _stream(request: Request, declared: str) -> Any:
    """Django reads nothing of a body without a length; the server has put chunks together."""
    chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    if not chunked or declared:
        return request._request
    if request.META.get("wsgi.input_terminated"):
        return request.META["wsgi.input"]
    raise Problem(411, "length_required", "Send the body with a Content-Length.")


def _drain(stream: Any) -> None:
    """Read on for a while: a sender cut off would see a broken connection instead of the 413."""
    for _ in range(_MOST_DRAINED // _CHUNK):
        if not stream.read(_CHUNK):
            return


def _joined(parts: Iterator[bytes], encoding: str) -> bytes:
    """At most LARGEST and a part are held at once: a bomb is found before it has gone off."""
    kept: list[bytes] = []
    size = 0
    try:
        for part in parts:
            size += len(part)
            if size > LARGEST:
                raise _too_large()
            kept.append(part)
    except (zlib.error, zstd.ZstdError, EOFError):
        detail = f"The body is not complete {encoding}; nothing was stored."
        raise Problem(400, f"body_not_{encoding}", detail) from None
    return b"".join(kept)


def _gunzipped(body: bytes) -> Iterator[bytes]:
    unzip = zlib.decompressobj(wbits=31)
    while not unzip.eof:
        part = unzip.decompress(body, _CHUNK)
        body = unzip.unconsumed_tail
        if not part and not body:
            break
        yield part
    if not unzip.eof or unzip.unused_data:
        raise EOFError


def _unzstd(body: bytes) -> Iterator[bytes]:
    """One frame; thousands of empty ones would be copied thousands of times."""
    unpack = zstd.ZstdDecompressor(options=_WINDOW)
    yield unpack.decompress(body, _CHUNK)
    while not (unpack.eof or unpack.needs_input):
        yield unpack.decompress(b"", _CHUNK)
    if not unpack.eof or unpack.unused_data:
        raise EOFError


def _too_large(largest: int = LARGEST) -> Problem:
    detail = f"The body has more than {largest} bytes (after decompression); send less at once."
    return Problem(413, "body_too_large", detail)
