"""What `logic/` refuses is English in a terminal and the reader's language in a page."""

from django.utils import translation

from cx_loop.logic.sentences import inner, sentence
from cx_loop.logic.working_time import parse_span
from cx_loop.ui.sentences import say_sentence


def refusal() -> str:
    try:
        parse_span("soon")
    except ValueError as error:
        return str(error)
    raise AssertionError


def test_a_refusal_is_said_in_the_readers_language() -> None:
    assert refusal() == "'soon' is not a length of time such as 30m, 4h, 14d or 1w."
    with translation.override("zh-hans"):
        assert say_sentence(refusal()) == "'soon' 不是时长；请写 30m、4h、14d 或 1w 这样的值。"


def test_a_sentence_inside_another_loses_its_stop_in_both_languages() -> None:
    whole = sentence("{what} ({about}).", what=inner(refusal()), about="q1")
    assert whole == "'soon' is not a length of time such as 30m, 4h, 14d or 1w (q1)."
    with translation.override("zh-hans"):
        assert say_sentence(whole) == "'soon' 不是时长；请写 30m、4h、14d 或 1w 这样的值（q1）。"


def test_words_of_a_file_are_named_as_the_pages_do() -> None:
    unknown = sentence("There is no {kind} {key!r}. {fix}", kind="metric", key="x", fix="")
    with translation.override("zh-hans"):
        assert say_sentence(unknown).startswith("没有指标 'x'")


def test_other_text_is_left_alone() -> None:
    assert say_sentence("50 % of {this}") == "50 % of {this}"
