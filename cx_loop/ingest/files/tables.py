"""Files with answers as lines of cells, and on their way through the adapter of a tool."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cx_loop.ingest.files.workbook import rows_of_workbook
from cx_loop.ingest.vendors.reading import separator_of, text_of
from cx_loop.logic.answers.response import Misshapen

CSV, XLSX = "csv", "xlsx"
LONGEST_TEXT = 120 * 1024 * 1024  # characters of a table after it was unpacked
MOST_LINES = 1_048_576  # as many as a sheet has
HEAD = 24  # lines shown on the page of the mapping: three headers, and some answers


@dataclass(frozen=True, slots=True)
class Line:
    """`number` as a spreadsheet or an editor counts it, from 1."""

    number: int
    cells: list[str]


def table_text(content: bytes, kind: str) -> str:
    """A file as the text of a CSV. Raises Misshapen: body_empty, body_not_utf8, and what
    `rows_of_workbook` raises."""
    if kind == CSV:
        text = text_of(content).replace("\0", "")
    else:
        text = _written(rows_of_workbook(io.BytesIO(content)))
    if not text.strip():
        raise Misshapen("body_empty")
    return text


def lines_of(text: str, kind: str) -> Iterator[Line]:
    """The lines that are not empty. Raises Misshapen: table_unreadable, too_many_lines."""
    separator = "," if kind == XLSX else separator_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for count, cells in enumerate(reader, start=1):
            if count > MOST_LINES:
                raise Misshapen("too_many_lines", f"{MOST_LINES:,}")
            if any(cells):
                # a row of a sheet is a row, however many lines its cells have
                yield Line(count if kind == XLSX else reader.line_num, cells)
    except csv.Error as error:
        raise Misshapen("table_unreadable", f"line {reader.line_num}: {error}"[:200]) from None


def head_of(text: str, kind: str) -> str:
    """The first lines again, as CSV."""
    found = io.StringIO()
    writer = csv.writer(found)
    for place, line in enumerate(lines_of(text, kind)):
        if place >= HEAD:
            break
        writer.writerow(line.cells)
    return found.getvalue()


@dataclass(slots=True)
class Table:
    """The lines of a file for an adapter. `at` is the line it was given last; lines that have more
    or fewer cells than the first are kept back in `odd`, otherwise answers would stand under wrong
    questions."""

    lines: Iterable[Line]
    at: Line = field(default_factory=lambda: Line(0, []))
    odd: list[Line] = field(default_factory=list)

    def __iter__(self) -> Iterator[list[str]]:
        width = 0
        for line in self.lines:
            width = width or len(line.cells)
            if len(line.cells) != width:
                self.odd.append(line)
                continue
            self.at = line
            yield line.cells


def _written(rows: Iterator[list[str]]) -> str:
    """Rows of a sheet as CSV, all as wide as the first that says something: a sheet leaves out the
    empty cells at the end of a row."""
    found = io.StringIO()
    writer = csv.writer(found, lineterminator="\n")
    width = 0
    for row in rows:
        width = width or len(row)
        writer.writerow([cell.replace("\0", "") for cell in row] + [""] * (width - len(row)))
        if found.tell() > LONGEST_TEXT:
            raise Misshapen("workbook_too_large")
    return found.getvalue()
