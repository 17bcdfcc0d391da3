"""XLSX as rows of texts, read once from top to bottom.

Only the first sheet that is shown is read. Formulas give the value they had when the file was
saved; a document that declares entities is refused (`defusedxml`, which openpyxl uses where it is
installed).
"""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import IO, Any

from openpyxl import load_workbook

from cx_loop.logic.answers.response import Misshapen

MOST_UNPACKED = 400 * 1024 * 1024  # bytes of one part
MOST_COLUMNS = 1_000
_ENCRYPTED = b"\xd0\xcf\x11\xe0"  # a workbook behind a password, and the format before 2007


def rows_of_workbook(file: IO[bytes]) -> Iterator[list[str]]:
    """Every row of the first sheet, empty ones too, so that the n-th is row n of the sheet.

    Raises Misshapen: workbook_unreadable, workbook_protected, workbook_too_large.
    """
    if file.read(4) == _ENCRYPTED:
        raise Misshapen("workbook_protected")
    file.seek(0)
    try:
        yield from _rows(file)
    except Misshapen:
        raise
    except Exception as error:
        # whatever the reader stumbles over is the file's, and of many kinds
        raise Misshapen("workbook_unreadable", f"{type(error).__name__}"[:80]) from None


def _rows(file: IO[bytes]) -> Iterator[list[str]]:
    with zipfile.ZipFile(file) as parts:
        # no part unpacks to more than it says of itself: the zip reader stops there
        if any(part.file_size > MOST_UNPACKED for part in parts.infolist()):
            raise Misshapen("workbook_too_large")
    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    sheet = next(each for each in book.worksheets if each.sheet_state == "visible")
    sheet.reset_dimensions()  # what a file says of its size may be anything
    for row in sheet.iter_rows(values_only=True):
        if len(row) > MOST_COLUMNS:
            raise Misshapen("workbook_too_large")
        yield _without_end([_said(cell) for cell in row])


def _without_end(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row


def _said(cell: Any) -> str:
    """As people see it: days and moments in ISO 8601 without an offset, a length in days."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return repr(cell / timedelta(days=1))
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case float():
            return repr(cell)
    return str(cell)
