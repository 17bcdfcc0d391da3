import pytest

from cx_loop.logic.cells import harmless


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+86 21 5555",
        "-2 degrees",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        "＋1",
        "－1",
        "＠a",
        "  =cmd|' /C calc'!A0",
    ],
)
def test_what_a_spreadsheet_would_run_stands_behind_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Boarding", "登机", "a=b", "2 + 2", "'quoted"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
