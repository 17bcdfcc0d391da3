"""Bytes of a delivery, as tools and spreadsheets write them."""

import pytest

from cx_loop.ingest.vendors.reading import read

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "kind", "found"),
    [
        ("why=慢".encode(), FORM, {"why": "慢"}),
        (b"why=%E6%85%A2", FORM, {"why": "慢"}),
        (b"why=%C2%FD", FORM, {"why": "慢"}),
        ("why=慢".encode("gb18030"), FORM, {"why": "慢"}),
        (b'{"a=b": [1]}', FORM, {"a=b": [1]}),
        ('{"why": "慢"}'.encode("utf-16"), "application/json", {"why": "慢"}),
        (rb'{"\ud83d": ["a\u0000\ud83d", "\ud83d\ude00"]}', "", {"\ufffd": ["a\ufffd", "😀"]}),
    ],
)
def test_texts_are_read_whatever_they_are_written_in(
    body: bytes, kind: str, found: dict[str, object]
) -> None:
    assert read(body, kind).objects == [found]


def test_unicode_text_of_a_spreadsheet_is_a_table() -> None:
    assert read("score\twhy\n4\t慢\n".encode("utf-16"), "text/csv").rows[1] == ["4", "慢"]
