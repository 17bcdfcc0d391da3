from datetime import UTC, datetime

from cx_loop.logic.icalendar import Event, calendar_of, escaped, folded

NOW = datetime(2025, 11, 21, 8, 0, tzinfo=UTC)


def test_an_entry_ends_at_the_due_moment() -> None:
    due = datetime(2025, 11, 21, 10, 0, tzinfo=UTC)
    lines = calendar_of("Due", [Event("task-7-1@x", due, "a", "https://x/", 3, "b")], NOW)
    assert "DTSTART:20251121T094500Z\r\nDTEND:20251121T100000Z\r\n" in lines
    assert lines.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n")


def test_text_cannot_end_its_line_or_value() -> None:
    assert escaped("a,b;c\\d\ne\r\x07f") == "a\\,b\\;c\\\\d\\nef"


def test_a_long_line_is_folded_between_characters() -> None:
    parts = folded("SUMMARY:" + "登机等待过长" * 20).split("\r\n ")
    assert len(parts) > 1
    assert all(len(part.encode()) <= 74 for part in parts[1:])
    assert len(parts[0].encode()) <= 75
    assert "".join(parts) == "SUMMARY:" + "登机等待过长" * 20


def test_a_line_of_75_octets_is_left_whole() -> None:
    assert folded("x" * 75) == "x" * 75
    assert folded("x" * 76) == f"{'x' * 75}\r\n x"
