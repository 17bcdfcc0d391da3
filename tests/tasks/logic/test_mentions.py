"""Who is named in a comment."""

import pytest

from tasks.logic.mentions import is_naming, mentioned, offered

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


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("an", ["Ana", "Ana Lin"]),
        ("LIN", ["Ana Lin"]),
        ("na li", ["Ana Lin"]),
        ("林", ["林"]),
        ("kim", ["kim.a", "kim.b"]),
        ("namel", ["nameless"]),
        ("zoe", []),
    ],
)
def test_names_are_offered_that_tell_exactly_one_person(typed: str, said: list[str]) -> None:
    found = offered(typed, PEOPLE)
    assert [word for _key, word in found] == said
    assert [mentioned(f"@{word} ", PEOPLE) for _key, word in found] == [[key] for key, _ in found]


def test_before_a_letter_is_typed_the_first_of_all_are_offered() -> None:
    assert len(offered("", PEOPLE, most=4)) == 4
