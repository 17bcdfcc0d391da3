"""What a survey tool is to us: how it signs, and its deliveries as responses.

A tool is one folder with one `adapter.py`. Its functions are pure: they are given what was
delivered and give responses. They may lean on the shape its makers publish and be as plain as that:
whatever they stumble over (a missing member, another type) is told as `payload_unexpected`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from cx_loop.ingest.vendors.reading import Document
from cx_loop.logic.answers.response import Misshapen, NoAnswer, Response
from cx_loop.logic.hook_signatures import Scheme

Object = Mapping[str, Any]
Options = Mapping[str, Any]
Rows = Iterable[Sequence[str]]  # read once, so that a file of any length fits into memory
UNSIGNED = Scheme()
COUNT, WAIT = "count", "wait"  # what becomes of an unfinished response
HOOK, ASKED, FILES = "hook", "asked", "files"  # how the answers of a tool come


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
    `way`: it delivers to an address, is asked for its answers, or has files only.
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
    way: str = HOOK


def responses_of(adapter: Adapter, document: Document, options: Options) -> list[Response]:
    """All responses of a delivery. Raises Misshapen, or NoAnswer when there is none in it."""
    try:
        return list(_responses(adapter, document, options))
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        raise Misshapen("payload_unexpected", f"{type(error).__name__}: {error}"[:120]) from None


def responses_of_event(adapter: Adapter, event: Object, options: Options) -> Iterator[Response]:
    """Those of one object of a batch; none of one that is no answer, the others may be."""
    with suppress(NoAnswer):
        yield from adapter.of_object(event, options)


def responses_of_rows(adapter: Adapter, rows: Rows) -> Iterator[Response]:
    """The responses of a table, as its rows are read. Raises Misshapen."""
    if adapter.of_rows is None:
        raise Misshapen("table_unexpected")
    try:
        yield from adapter.of_rows(rows)
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
        yield from responses_of_rows(adapter, document.rows)
    if len(document.objects) == 1:
        yield from adapter.of_object(document.objects[0], options)
        return
    found = [list(responses_of_event(adapter, each, options)) for each in document.objects]
    if document.objects and not any(found):
        raise NoAnswer("nothing_answered")
    for some in found:
        yield from some
