"""Files of answers: tried without a trace, counted a piece at a time, gone on with after a kill."""

from typing import Any

import pytest

from cx_loop import clock
from cx_loop.actions.files import count_file, hand_in, stop_file, try_file
from cx_loop.ingest.files import work
from cx_loop.ingest.files.work import work_on_files
from cx_loop.models import SYSTEM, Feedback, HandedFile
from tests.cx_loop.hooks import payloads
from tests.cx_loop.hooks.conftest import NOW, counted, entries
from tests.cx_loop.ingest.test_workbook import workbook

pytestmark = pytest.mark.django_db
SCORES = entries("Score")


def handed(tool: Any, content: bytes, kind: str = "csv", mapping: Any = SCORES) -> HandedFile:
    made = tool("google-forms", mapping, options={"timezone": "UTC"})
    file = hand_in(source=made.source, name=f"answers.{kind}", content=content, by=SYSTEM, now=NOW)
    go_on()
    file.refresh_from_db()
    return file


def go_on() -> None:
    with clock.set_to(NOW):
        while work_on_files(now=NOW):
            pass


def done(file: HandedFile, what: Any) -> tuple[Any, ...]:
    """(state, landed, refused, rest) when the job is through."""
    what(file=file, by=SYSTEM, now=NOW)
    go_on()
    file.refresh_from_db()
    return file.state, file.landed, file.refused, file.rest


def lines(*scores: Any) -> bytes:
    rows = [f"2026-03-10 09:{place % 60:02}:00,{score}" for place, score in enumerate(scores)]
    return "\n".join(["Timestamp,Score", *rows]).encode()


def test_a_file_is_tried_without_a_trace_and_then_counted(tool):
    file = handed(tool, lines(3, 10, "no idea", 77, 9))
    assert (file.state, file.lines, file.content) == ("read", 6, None)
    assert done(file, try_file) == ("tried", 3, 2, 0)
    assert counted() == []
    why = [(each.line, each.cells[1], each.code) for each in file.refusals.all()]
    assert why == [(4, "no idea", "answer_not_a_number"), (5, "77", "answer_off_scale")]
    assert done(file, count_file) == ("counted", 3, 2, 0)
    assert sorted(row[3] for row in counted()) == [3, 9, 10]
    assert done(file, count_file) == ("counted", 0, 2, 3)
    assert len(counted()) == 3


def test_a_sheet_of_excel_is_counted_like_the_same_csv(tool):
    rows = [["Timestamp", "Score"], ["2026-03-10 09:00:00", 3], ["2026-03-10 09:01:00", 10]]
    file = handed(tool, workbook(rows), "xlsx")
    assert done(file, count_file) == ("counted", 2, 0, 0)
    assert [(row[3], row[4].minute) for row in counted()] == [(3, 0), (10, 1)]


def test_what_intake_would_refuse_is_told_by_a_trial(tool):
    mapping = [*entries("Score"), {"field": "Card", "to": "segment"}]
    said = b"Timestamp,Score,Card\n2026-03-10 09:00:00,3,gold\n2026-03-10 09:00:00,3,bronze\n"
    file = handed(tool, said, mapping=mapping)
    assert done(file, try_file) == ("tried", 1, 1, 0)
    assert file.refusals.get().code == "segment_unknown"
    assert done(file, count_file) == ("counted", 1, 1, 0)


def test_a_line_with_too_few_cells_or_no_moment_is_refused_alone(tool):
    said = b"Timestamp,Score\nyesterday,3\n2026-03-10 09:00:00\n2026-03-10 09:00:00,4\n"
    file = handed(tool, said)
    assert done(file, count_file) == ("counted", 1, 2, 0)
    why = [(each.line, each.code) for each in file.refusals.all()]
    assert why == [(2, "time_invalid"), (3, "columns_mismatch")]


def test_whoever_goes_on_after_a_kill_counts_nothing_twice(tool, monkeypatch):
    monkeypatch.setattr(work, "PIECE", 2)
    monkeypatch.setattr(work, "MOST_A_CALL", 4)
    file = handed(tool, lines(1, 2, 2, "x", 3, 4, 5, 6))
    count_file(file=file, by=SYSTEM, now=NOW)
    with clock.set_to(NOW):
        assert work_on_files(now=NOW) == 4
    file.refresh_from_db()
    assert (file.state, file.done, file.landed, file.refused) == ("counting", 5, 3, 1)
    go_on()
    file.refresh_from_db()
    assert (file.state, file.landed, file.refused) == ("counted", 7, 1)
    assert sorted(row[3] for row in counted()) == [1, 2, 2, 3, 4, 5, 6]


def test_a_file_that_is_stopped_keeps_what_was_counted(tool, monkeypatch):
    monkeypatch.setattr(work, "PIECE", 2)
    monkeypatch.setattr(work, "MOST_A_CALL", 2)
    file = handed(tool, lines(1, 2, 3, 4))
    count_file(file=file, by=SYSTEM, now=NOW)
    with clock.set_to(NOW):
        work_on_files(now=NOW)
    stop_file(file=file, by=SYSTEM, now=NOW)
    go_on()
    assert (HandedFile.objects.get().state, len(counted())) == ("read", 2)


@pytest.mark.parametrize(
    ("content", "kind", "mapping", "code"),
    [
        (b"PK\x03\x04 nonsense", "xlsx", SCORES, "workbook_unreadable"),
        (b"  ", "csv", SCORES, "body_empty"),
        (lines(3), "csv", [], "mapping_missing"),
        (b'Timestamp,Score\n"open,3', "csv", SCORES, ""),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tool, content, kind, mapping, code):
    file = handed(tool, content, kind, mapping)
    if file.state == "read":
        done(file, try_file)
    assert (file.state == "failed", file.reason) == (bool(code), code)


def test_calls_are_counted_as_words_alone(tool):
    made = tool("generic", entries("", "said")[1:], options={"kind": "call"})
    rows = b"said,id\nNobody picked up the phone.,1\n,2\n"
    file = hand_in(source=made.source, name="calls", content=rows, by=SYSTEM, now=NOW)
    go_on()
    assert done(file, count_file) == ("counted", 1, 0, 1)
    assert Feedback.objects.get().source.options["kind"] == "call"
    assert counted() == []


def test_three_header_rows_are_no_answers(tool):
    made = tool("qualtrics", entries("QID1", "QID2_TEXT"), options={"timezone": "UTC"})
    said = payloads.QUALTRICS_FILE.encode()
    file = hand_in(source=made.source, name="q", content=said, by=SYSTEM, now=NOW)
    go_on()
    assert done(file, count_file)[:3] == ("counted", 1, 0)
