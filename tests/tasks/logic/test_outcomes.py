"""What a survey tool says it did, line by line."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tasks.logic.outcomes import NoTable, Refusal, check, rows_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FINE = {"customer": "guest-1", "outcome": "sent"}


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ({"outcome": "sent"}, "customer", "missing_field"),
        ({"customer": "guest-1"}, "outcome", "missing_field"),
        ({**FINE, "outcome": "vanished"}, "outcome", "outcome_unknown"),
        ({**FINE, "customer": 7}, "customer", "not_text"),
        ({**FINE, "customer": "x" * 201}, "customer", "text_too_long"),
        ({**FINE, "customer": "a\0"}, "customer", "text_has_nul"),
        ({**FINE, "at": "yesterday"}, "at", "time_invalid"),
        ({**FINE, "at": "2026-03-01T09:30:00"}, "at", "time_without_offset"),
        ({**FINE, "at": "2026-03-02T12:05:01+00:00"}, "at", "time_in_future"),
        ({**FINE, "outcom": "sent"}, "outcom", "field_unknown"),
        ("guest-1", "", "item_not_object"),
        (None, "", "columns_mismatch"),
    ],
)
def test_a_wrong_line_names_its_member_and_leaves_its_neighbours_alone(
    row: Any, field: str, code: str
) -> None:
    said, refused = check([(2, FINE), (3, row), (4, FINE)], now=NOW)
    assert ([each.line for each in said], refused) == ([2, 4], [Refusal(3, field, code)])


def test_words_and_moments_are_read_as_tools_write_them() -> None:
    at = "2026-03-02T20:05:00+08:00"
    (said,), refused = check([(2, {"customer": " a ", "outcome": "Opted out", "at": at})], now=NOW)
    assert (said.customer, said.outcome, refused) == ("a", "opted_out", [])
    assert said.at == NOW + timedelta(minutes=5)


def test_a_file_is_read_by_its_header_and_may_be_ours_with_one_more_column() -> None:
    lines = [
        (1, ["Customer", "text", " outcome "]),
        (2, ["'=cmd|x", "You told us", "sent"]),
        (3, ["'quoted", "", ""]),
        (4, ["too", "few"]),
    ]
    assert rows_of(lines) == [
        (2, {"customer": "=cmd|x", "outcome": "sent"}),
        (3, {"customer": "'quoted"}),
        (4, None),
    ]
    with pytest.raises(NoTable, match="outcome"):
        rows_of([(1, ["customer", "state"])])
