"""Lists as files for a spreadsheet: CSV and XLSX, written while they are read.

Memory stays flat at any length: rows come from a server-side cursor in chunks, CSV leaves as it is
made, and XLSX grows in a temporary file.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Model, QuerySet
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from cx_loop.logic.cells import harmless

Cell: TypeAlias = str | int | float | bool | datetime | None
Row = TypeVar("Row", bound=Model)

CSV, XLSX = "csv", "xlsx"
FORMATS = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_IN_XLSX = 1_048_575  # rows of a sheet, less its head
CHUNK = 500
_PART = 65_536  # bytes of a workbook sent at once
_BOM = "\ufeff"  # without it Excel reads Chinese in UTF-8 as something else
_MOMENT = "yyyy-mm-dd hh:mm:ss"


class TooLong(Exception):
    """More rows than one sheet of a workbook can have."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list on its way out. `chunks` is read once, in the reader's language."""

    name: str  # of the file, without its ending
    titles: Sequence[str]
    chunks: Iterator[list[list[Cell]]]
    zone: ZoneInfo


def chunks_of(
    found: QuerySet[Row], cells: Callable[[list[Row]], Iterable[list[Cell]]]
) -> Iterator[list[list[Cell]]]:
    """The rows of a query as cells, some hundreds at a time."""
    rows = found.iterator(chunk_size=CHUNK)
    while part := list(islice(rows, CHUNK)):
        yield list(cells(part))


def check_length(found: QuerySet[Any], kind: str) -> None:
    """Raises TooLong for what does not go into a workbook; a CSV is as long as need be."""
    if kind == XLSX and found.order_by()[: MOST_IN_XLSX + 1].count() > MOST_IN_XLSX:
        raise TooLong


def say_too_long() -> str:
    return _("A workbook cannot have so many rows. Narrow the list, or take it as CSV.")


def in_zone(title: str, zone: ZoneInfo) -> str:
    """The title of a column of moments: a date in a workbook cannot say its own offset."""
    return _("%(title)s (%(zone)s)") % {"title": title, "zone": zone.key}


def as_file(sheet: Sheet, kind: str, *, bom: bool = True) -> HttpResponseBase:
    """The sheet as a download. `bom`: whether a CSV says that it is in UTF-8."""
    language = translation.get_language() or "en"
    parts = _xlsx(sheet, language) if kind == XLSX else _csv(sheet, bom, language)
    head = {"Content-Disposition": f'attachment; filename="{sheet.name}.{kind}"'}
    return StreamingHttpResponse(parts, content_type=FORMATS[kind], headers=head)


def _csv(sheet: Sheet, bom: bool, language: str) -> Iterator[str]:
    yield (_BOM if bom else "") + _lines([list(sheet.titles)], sheet.zone)
    while True:
        # the request is over when this is read, and with it the reader's language
        with translation.override(language):
            rows = next(sheet.chunks, None)
            lines = _lines(rows or [], sheet.zone)
        if rows is None:
            return
        yield lines


def _lines(rows: Iterable[list[Cell]], zone: ZoneInfo) -> str:
    written = StringIO()
    csv.writer(written).writerows([_told(cell, zone) for cell in row] for row in rows)
    return written.getvalue()


def _told(cell: Cell, zone: ZoneInfo) -> str | int | float:
    if isinstance(cell, bool):
        return _yes_or_no(cell)
    if isinstance(cell, datetime):
        return cell.astimezone(zone).isoformat(" ", "seconds")
    if isinstance(cell, int | float):
        return cell
    return harmless(cell or "")


def _xlsx(sheet: Sheet, language: str) -> Iterator[bytes]:
    with TemporaryFile() as file:
        with translation.override(language):
            _write_workbook(sheet, file)
        file.seek(0)
        while part := file.read(_PART):
            yield part


def _write_workbook(sheet: Sheet, file: IO[bytes]) -> None:
    # constant_memory: a row is on disk before the next one is written
    book = Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet()
    bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": _MOMENT})
    page.freeze_panes(1, 0)
    for column, title in enumerate(sheet.titles):
        page.write_string(0, column, title, bold)
    rows = (row for chunk in sheet.chunks for row in chunk)
    for line, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime):
                local = cell.astimezone(sheet.zone).replace(tzinfo=None)
                page.write_datetime(line, column, local, moment)
            elif isinstance(cell, bool):
                page.write_string(line, column, _yes_or_no(cell))
            elif isinstance(cell, int | float):
                page.write_number(line, column, cell)
            elif cell:
                page.write_string(line, column, harmless(cell))
    book.close()


def _yes_or_no(said: bool) -> str:
    return _("yes") if said else _("no")
