import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from cx_loop.ui.sheets import CSV, XLSX, Cell, Sheet, as_file

pytestmark = pytest.mark.django_db  # a response that is closed looks after the connection

AT = datetime(2025, 11, 21, 8, 0, tzinfo=UTC)
ROW: list[Cell] = [7, 2.5, "=1+1", AT, True, None]


def sheet(rows: Iterator[list[list[Cell]]]) -> Sheet:
    titles = ["Number", "Value", "Title", "Opened", "Late", "Closed"]
    return Sheet("tasks", titles, rows, ZoneInfo("Asia/Shanghai"))


def body(response: Any) -> bytes:
    with closing(response):
        return b"".join(response.streaming_content)


def test_a_csv_keeps_numbers_says_offsets_and_runs_nothing() -> None:
    lines = body(as_file(sheet(iter([[ROW]])), CSV, bom=False)).decode().splitlines()
    assert lines[0] == "Number,Value,Title,Opened,Late,Closed"
    assert lines[1] == "7,2.5,'=1+1,2025-11-21 16:00:00+08:00,yes,"


def test_a_csv_says_that_it_is_utf_8_where_excel_must_know() -> None:
    assert body(as_file(sheet(iter([])), CSV)).startswith(b"\xef\xbb\xbf")
    assert not body(as_file(sheet(iter([])), CSV, bom=False)).startswith(b"\xef\xbb\xbf")


def test_a_csv_is_in_the_readers_language_though_it_is_read_after_the_request() -> None:
    with translation.override("zh-hans"):
        response = as_file(sheet(iter([[ROW]])), CSV)
    assert "是" in body(response).decode()


def test_in_a_workbook_numbers_are_numbers_dates_are_dates_and_text_is_text() -> None:
    book = ZipFile(BytesIO(body(as_file(sheet(iter([[ROW]])), XLSX))))
    page = book.read("xl/worksheets/sheet1.xml").decode()
    assert '<c r="A2"><v>7</v></c><c r="B2"><v>2.5</v></c>' in page
    assert "<is><t>'=1+1</t></is>" in page
    assert "<f>" not in page
    assert '<c r="D2" s="2"><v>45982.66666666666' in page  # 16:00 on 21 November, days since 1900


@pytest.mark.parametrize("kind", [CSV, XLSX])
def test_a_long_list_takes_no_more_memory_than_a_short_one(kind: str) -> None:
    rows = ([ROW] * 500 for _ in range(100))
    tracemalloc.start()
    with closing(as_file(sheet(rows), kind)) as response:
        for _ in response:  # type: ignore[attr-defined]
            pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000  # bytes; all rows at once are ten times as much
