"""Who is named in a comment."""

import pytest

from tasks.logic.mentions import is_naming, mentioned

PEOPLE = {
    1: ("Ana", "ana@example.com"),
    2: ("Ana Lin", "lin@example.com"),
    3: ("林", "l@example.com"),
    4: ("Kim", "kim.a@example.com"),
    5: ("Kim", "kim.b@example.com"),
    6: ("", "nameless@example.com"),
}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Ana look", [1]),
        ("@ana, look", [1]),
        ("look, @Ana.", [1]),
        ("@Ana Lin knows", [2]),
        ("@Ana Linda knows", [1]),
        ("@lin and @ana and @ana again", [2, 1]),
        ("@ana@example.com", [1]),
        ("请@林看一下", [3]),
        ("@林看一下", [3]),
        ("@Kim", []),
        ("@kim.b@example.com", [5]),
        ("@kim.b", [5]),
        ("@nameless", [6]),
        ("write to ana@example.com", []),
        ("@anabel", []),
        ("@ana@elsewhere.org", []),
        ("@ana_b", []),
        ("@", []),
        ("@@ana", [1]),
    ],
)
def test_a_comment_names_people(text: str, named: list[int]) -> None:
    assert mentioned(text, PEOPLE) == named


def test_most_comments_name_nobody_and_ask_nothing() -> None:
    assert not is_naming("done; see ana@example.com")
    assert is_naming("done (@ana)")
