"""Sheets of Excel as rows of texts: what people see in them, and what is no sheet."""

import io
import zipfile
from datetime import date, datetime, time
from typing import Any

import pytest
from xlsxwriter import Workbook

from cx_loop.ingest.files.tables import Line, Table, lines_of, table_text
from cx_loop.ingest.files.workbook import rows_of_workbook
from cx_loop.logic.answers.response import Misshapen

DAY, MOMENT, HOUR = date(2026, 3, 10), datetime(2026, 3, 10, 10, 30, 5), time(9, 15)  # noqa: DTZ001  a cell


def workbook(rows: list[list[Any]], **options: Any) -> bytes:
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True, **options}) as book:
        sheet = book.add_worksheet()
        formats = {
            date: book.add_format({"num_format": "yyyy/m/d"}),
            datetime: book.add_format({"num_format": 'd"日" hh:mm:ss'}),
            time: book.add_format({"num_format": 20}),
        }
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                if type(cell) in formats:
                    sheet.write_datetime(line, column, cell, formats[type(cell)])
                elif isinstance(cell, str):
                    sheet.write_string(line, column, cell)
                elif cell is not None:
                    sheet.write(line, column, cell)
    return file.getvalue()


def rows_of(content: bytes) -> list[list[str]]:
    return list(rows_of_workbook(io.BytesIO(content)))


@pytest.mark.parametrize("constant_memory", [False, True])
@pytest.mark.parametrize("date_1904", [False, True])
def test_cells_are_read_as_people_see_them(constant_memory, date_1904):
    rows = [["when", "分数", "why"], [DAY, 3, "很慢 <b>&"], [MOMENT, 4.5, True], [HOUR, -2, None]]
    said = workbook(rows, constant_memory=constant_memory, date_1904=date_1904)
    assert rows_of(said) == [
        ["when", "分数", "why"],
        ["2026-03-10", "3", "很慢 <b>&"],
        ["2026-03-10T10:30:05", "4.5", "true"],
        ["09:15:00", "-2"],
    ]


def test_rows_left_empty_keep_their_number():
    said = workbook([["a"], [], [None], ["b"]])
    assert rows_of(said) == [["a"], [], [], ["b"]]
    lines = list(lines_of(table_text(said, "xlsx"), "xlsx"))
    assert [line.number for line in lines] == [1, 4]


def test_cells_left_empty_at_the_end_of_a_row_are_there():
    text = table_text(workbook([["a", "b", "c"], [1], [1, None, "x\ny"]]), "xlsx")
    assert [line.cells for line in lines_of(text, "xlsx")][1:] == [["1", "", ""], ["1", "", "x\ny"]]


def altered(part: str, content: str) -> bytes:
    """A workbook with one part of it replaced."""
    with zipfile.ZipFile(io.BytesIO(workbook([["a", "b"]]))) as book:
        kept = {name: book.read(name) for name in book.namelist()}
    kept[part] = content.encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as book:
        for name, said in kept.items():
            book.writestr(name, said)
    return file.getvalue()


def sheet(cells: str) -> bytes:
    head = '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    whole = f'{head}<x:sheetData><x:row r="1">{cells}</x:row></x:sheetData></x:worksheet>'
    return altered("xl/worksheets/sheet1.xml", whole)


def test_what_other_programs_write_is_read_too():
    inline = (
        '<x:c r="A1" t="inlineStr"><x:is><x:t>登机</x:t><x:rPh sb="0" eb="1"><x:t>x</x:t>'
        "</x:rPh></x:is></x:c>"
    )
    formula = (
        '<x:c r="C1" t="str"><x:f>A1</x:f><x:v>made</x:v></x:c><x:c t="e"><x:v>#N/A</x:v></x:c>'
    )
    assert rows_of(sheet(inline + formula)) == [["登机", "", "made", "#N/A"]]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "workbook_unreadable"),
        (b"PK\x03\x04 nonsense", "workbook_unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook_protected"),
        (altered("xl/worksheets/sheet1.xml", BOMB), "workbook_unreadable"),
        (altered("xl/worksheets/sheet1.xml", "<worksheet>"), "workbook_unreadable"),
        (altered("xl/workbook.xml", "<workbook/>"), "workbook_unreadable"),
        (sheet('<x:c r="A1" t="s"><x:v>7000</x:v></x:c>'), "workbook_unreadable"),
        (sheet('<x:c r="ZZZ1"><x:v>7</x:v></x:c>'), "workbook_too_large"),
    ],
    ids=range(8),  # a file knows when it was made, and so would its name here
)
def test_what_is_no_workbook_is_told(content, code):
    with pytest.raises(Misshapen) as told:
        rows_of(content)
    assert told.value.code == code


def test_a_line_of_another_length_is_kept_back():
    table = Table(iter([Line(1, ["a", "b"]), Line(2, ["1"]), Line(4, ["1", "2"])]))
    assert list(table) == [["a", "b"], ["1", "2"]]
    assert (table.at.number, [line.number for line in table.odd]) == (4, [2])
