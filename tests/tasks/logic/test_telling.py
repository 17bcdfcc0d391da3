"""What customers may be told of a fix, and what must not be said in public."""

import pytest

from tasks.logic.telling import (
    faults_of_sentence,
    faults_of_template,
    fill,
    language_of,
    quotes,
    unproven_numbers,
)

LANGUAGES = ("en", "zh-hans")
SUBJECT = {"en": "You told us", "zh-hans": "您的反馈"}


def codes(text: dict[str, str], subject: dict[str, str] = SUBJECT) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in faults_of_template(subject, text, LANGUAGES)]


def test_each_language_needs_words_with_the_link_to_hear_no_more():
    assert codes({"en": "Done. {stop}", "zh-hans": "好了。{stop}"}) == []
    assert codes({"en": "Done.", "zh-hans": ""}) == [
        ("text-en", "stop_missing"),
        ("text-zh-hans", "required"),
    ]


def test_a_misspelt_placeholder_is_refused_not_sent():
    text = {"en": "{tuchpoint} {stop}", "zh-hans": "{stop}"}
    assert codes(text) == [("text-en", "placeholder_unknown")]
    assert ("subject-en", "stop_in_subject") in codes(text, {**SUBJECT, "en": "{stop}"})


def test_placeholders_are_filled_once():
    values = {"touchpoint": "{organization}", "organization": "Demo Air"}
    assert fill("{touchpoint} {stop}", values) == "{organization} {stop}"


@pytest.mark.parametrize(
    ("comment", "language"),
    [("等了四十分钟", "zh-hans"), ("Gate 等了 too long", "en"), ("", "en"), ("!!", "en")],
)
def test_a_customer_is_written_to_in_their_language(comment, language):
    assert language_of(comment, "en") == language


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Waits fell from 42 to 24.3 minutes.", []),
        ("Waits fell by 18 minutes.", []),
        ("Waits fell by half, 50 %.", ["50"]),
        ("等候缩短到２０分钟", ["２０"]),
        ("A second gate opens.", []),
    ],
)
def test_only_proven_numbers_stand_in_public(text, wrong):
    assert unproven_numbers(text, (41.8, 24.31, -17.5)) == wrong


def test_what_a_customer_wrote_is_not_repeated():
    assert quotes("您说：等了四十分钟没人解释", "太差了，等了四十分钟没人解释！")
    assert quotes("You said nobody at the gate told us why", "Nobody at the gate told us. Bad")
    assert not quotes("登机等候太久", "登机，太久")
    said = faults_of_sentence("said-en", "Write to wei@example.com", (), ())
    assert [each.code for each in said] == ["personal_data"]
