"""What a survey tool is to us: how it signs, and its deliveries as responses.

A tool is one folder with one `adapter.py`. Its functions are pure: they are given what was
delivered and give responses. They may lean on the shape its makers publish and be as plain as that:
whatever they stumble over (a missing member, another type) is told as `payload_unexpected`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cx_loop.ingest.vendors.reading import Document
from cx_loop.logic.answers.response import Misshapen, Response
from cx_loop.logic.hook_signatures import Scheme

Object = Mapping[str, Any]
Options = Mapping[str, Any]
Rows = Sequence[Sequence[str]]
UNSIGNED = Scheme()
COUNT, WAIT = "count", "wait"  # what becomes of an unfinished response


@dataclass(frozen=True, slots=True)
class Asking:
    """A request for the answers that an envelope speaks of."""

    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Adapter:
    """`zone` is that of moments without one ("": the organisation's). `partial` says what the tool
    means by an unfinished response. `id_header` names a delivery, whatever is in it. `ask` and
    `of_answer` are of tools that deliver envelopes; `a_day` is how often they may be asked.
    `names_responses` False: which member is the identifier is said by the mapping."""

    key: str
    name: str
    of_object: Callable[[Object, Options], Iterable[Response]]
    of_rows: Callable[[Rows], Iterable[Response]] | None = None
    scheme: Scheme = UNSIGNED
    id_header: str = ""
    zone: str = ""
    partial: str = COUNT
    ask: Callable[[Response, Options, str], Asking] | None = None
    of_answer: Callable[[Object], Response] | None = None
    a_day: int = 500
    names_responses: bool = True


def responses_of(adapter: Adapter, document: Document, options: Options) -> list[Response]:
    """All responses of a delivery. Raises Misshapen, or NoAnswer when there is none in it."""
    try:
        return list(_responses(adapter, document, options))
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        raise Misshapen("payload_unexpected", f"{type(error).__name__}: {error}"[:120]) from None


def response_of_answer(adapter: Adapter, answer: Object) -> Response:
    """The response an envelope was asked for. Raises Misshapen."""
    assert adapter.of_answer is not None
    try:
        return adapter.of_answer(answer)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        raise Misshapen("payload_unexpected", f"{type(error).__name__}: {error}"[:120]) from None


def _responses(adapter: Adapter, document: Document, options: Options) -> Iterator[Response]:
    if document.rows:
        if adapter.of_rows is None:
            raise Misshapen("table_unexpected")
        yield from adapter.of_rows(document.rows)
    for each in document.objects:
        yield from adapter.of_object(each, options)
