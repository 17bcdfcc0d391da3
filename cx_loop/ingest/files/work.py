"""Files that were handed in: read into a table, tried, or counted, a piece at a time.

A piece and how far it goes are committed together, so whoever is killed in between is followed by
somebody who goes on there. One process works on a source at once, as with its deliveries.
"""

import logging
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F

from cx_loop.ingest.counting import Said, check, counted, said_of
from cx_loop.ingest.files.tables import Line, Table, head_of, lines_of, table_text
from cx_loop.ingest.responses import alone_with, known
from cx_loop.ingest.vendors.adapter import responses_of_rows
from cx_loop.ingest.versions import Reader, Reading, reader_of, storable, take
from cx_loop.logic.answers import mapping
from cx_loop.logic.answers.moments import moment_of
from cx_loop.logic.answers.response import Misshapen, Response
from cx_loop.models import Delivery, HandedFile, RefusedLine

PIECE = 500  # lines a transaction
MOST_A_CALL = 10_000  # otherwise a job would outlive its time limit; the next one goes on
LONGEST_CELL = 1_000  # characters kept of a refused line's cell
_State = HandedFile.State
_THEN = {"": _State.READ, "try": _State.TRYING, "count": _State.COUNTING}
_ENDS = {_State.TRYING: _State.TRIED, _State.COUNTING: _State.COUNTED}

log = logging.getLogger(__name__)


class _Stopped(Exception):
    """Somebody stopped the work, or did it: nothing of this piece is kept."""


@dataclass(slots=True)
class Piece:
    """Some lines of a file, each with what was read of it, and lines that cannot be."""

    readings: list[tuple[Line, Reading]] = field(default_factory=list)
    odd: list[Line] = field(default_factory=list)
    last: int = 0
    is_end: bool = False


def work_on_files(*, now: datetime) -> int:
    """Go on with every file somebody waits for. Returns how many lines were settled."""
    due = list(HandedFile.objects.at_work().order_by("id").values_list("pk", "source"))
    total = 0
    for pk, source in due:
        with alone_with(source) as alone:
            total += _go_on(pk, now) if alone else 0
    return total


def _go_on(pk: int, now: datetime) -> int:
    file = HandedFile.objects.at_work().select_related("source").filter(pk=pk).first()
    if file is None:
        return 0
    try:
        return _read(file) if file.state == _State.READING else _work(file, now)
    except _Stopped:
        return 1
    except Misshapen as wrong:
        _fail(file, wrong.code, wrong.where, now)
    except (OperationalError, InterfaceError):
        raise  # the storage is away: it is tried again
    except Exception:
        log.exception("file %s cannot be read", pk)
        _fail(file, "internal_error", "", now)
    return 1


def _read(file: HandedFile) -> int:
    """From bytes to a table, once; the bytes are not needed any more."""
    text = table_text(bytes(file.content or b""), file.kind)
    lines = 0
    for line in lines_of(text, file.kind):
        lines = line.number
    _note(
        file,
        state=_THEN[file.then],
        text=text,
        head=head_of(text, file.kind),
        lines=lines,
        content=None,
    )
    return max(lines, 1)


def _work(file: HandedFile, now: datetime) -> int:
    plan, _ = mapping.read(file.source.mapping, known())
    if not plan.counts:
        raise Misshapen("mapping_missing")
    reader, total = reader_of(file.source, plan), 0
    pieces = _pieces(reader, file)
    for piece in islice(pieces, MOST_A_CALL // PIECE):
        _settle(reader, file, piece, now)
        total += len(piece.readings) + len(piece.odd)
        if piece.is_end:
            break
    return max(total, 1)


def _pieces(reader: Reader, file: HandedFile) -> Iterator[Piece]:
    """What is left of a file. It is read from its beginning each time: whether two lines say the
    same is told by their order."""
    table = Table(lines_of(file.text, file.kind))
    piece, done = Piece(), file.done
    for response in _responses(reader, table):
        if table.at.number <= done:
            table.odd.clear()
            continue
        # a stand-in: a file is a delivery of many, each line is read as if it were one
        reading = Reading(Delivery(pk=0, source=file.source, received_at=file.handed_at))
        take(reader, reading, response)
        _refuse_odd_moments(reader, reading)
        piece.readings.append((table.at, reading))
        if len(piece.readings) + len(table.odd) >= PIECE:
            piece.odd, table.odd = [line for line in table.odd if line.number > done], []
            piece.last = table.at.number
            yield piece
            piece = Piece()
    piece.odd = [line for line in table.odd if line.number > done]
    piece.last, piece.is_end = max(file.lines, done), True
    yield piece


def _responses(reader: Reader, table: Table) -> Iterator[Response]:
    try:
        yield from responses_of_rows(reader.adapter, table)
    except Misshapen as wrong:
        if wrong.code != "table_empty" or not table.odd:
            raise  # else there are rows, and each is refused for what is wrong with it


def _refuse_odd_moments(reader: Reader, reading: Reading) -> None:
    """A moment nobody can read is not taken for now: the line would count in the wrong week."""
    for version in reading.versions:
        said = version.response.occurred_at
        if said not in (None, "") and moment_of(said, reader.zone) is None:
            reading.versions.clear()
            reading.hold("time_invalid", message=str(said)[:80])
            return


def _settle(reader: Reader, file: HandedFile, piece: Piece, now: datetime) -> None:
    said = list(said_of(reader, [reading for _, reading in piece.readings]))
    counts = file.state == _State.COUNTING
    if not counts:
        check(reader.source, said, now)
    with counted(reader.source, said, now) if counts else nullcontext(), transaction.atomic():
        refusals = _refusals(file, piece)
        RefusedLine.objects.bulk_create(refusals)
        _note(
            file,
            done=piece.last,
            rows=F("rows") + len(piece.readings) + len(piece.odd),
            landed=F("landed") + sum(map(_lands, said)),
            refused=F("refused") + len(refusals),
            **({"state": _ENDS[_State(file.state)], "settled_at": now} if piece.is_end else {}),
        )
    file.done = piece.last


def _lands(said: Said) -> bool:
    held = said.reading.state == Delivery.State.QUARANTINED
    return bool(said.items) and not said.is_known and not held


def _refusals(file: HandedFile, piece: Piece) -> list[RefusedLine]:
    found = [_refused(file, line, "columns_mismatch", "") for line in piece.odd]
    for line, reading in piece.readings:
        if reading.state == Delivery.State.QUARANTINED:
            said = (reading.params.get(name) for name in ("field", "message", "where", "survey"))
            about = " · ".join(str(each) for each in said if each)
            found.append(_refused(file, line, reading.reason, about))
    return sorted(found, key=lambda each: each.line)


def _refused(file: HandedFile, line: Line, code: str, about: str) -> RefusedLine:
    cells = storable([cell[:LONGEST_CELL] for cell in line.cells])
    about = str(storable(about))[:300]
    return RefusedLine(file=file, line=line.number, cells=cells, code=code[:80], about=about)


def _note(file: HandedFile, **fields: object) -> None:
    """Only of what is still as it was found: a state somebody changed meanwhile stays."""
    mine = HandedFile.objects.filter(pk=file.pk, state=file.state, done=file.done)
    if not mine.update(**fields):
        raise _Stopped


def _fail(file: HandedFile, code: str, where: str, now: datetime) -> None:
    mine = HandedFile.objects.filter(pk=file.pk, state=file.state)
    mine.update(state=_State.FAILED, reason=code, where=where[:200], settled_at=now, content=None)
