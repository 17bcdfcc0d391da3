import pytest

from cx_loop.logic.voice.lexicon import Analysis, LexiconAnalyser
from cx_loop.logic.voice.words import LexiconError, Word, parse_lexicon
from cx_loop.reads.lexicon import shipped_words

analyser = LexiconAnalyser(parse_lexicon(shipped_words()))


def heard(text: str) -> Analysis:
    return analyser.analyse([text])[0]


def told(text: str) -> list[tuple[str, str, str]]:
    return [(each.kind, each.category, each.words) for each in heard(text).mentions]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("太慢了", [("pain", "efficiency", "太慢")]),
        ("不好吃", [("pain", "quality", "不好吃")]),
        ("空姐很热情", [("delight", "emotion", "很热情")]),
        ("态度太差", [("pain", "emotion", "太差")]),
        ("The app crashed", [("pain", "technology", "crashed")]),
        ("Delayed again, no explanation", [("pain", "efficiency", "Delayed")]),
        ("wifi 很慢 房间不干净", [("pain", "efficiency", "很慢"), ("pain", "quality", "不干净")]),
        ("check-in 很快，but the seat was broken", [("delight", "efficiency", "很快")]),
    ],
)
def test_a_clause_is_named_with_the_words_that_made_it(
    text: str, found: list[tuple[str, str, str]]
) -> None:
    assert told(text)[: len(found)] == found


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("not rude", "delight", "not rude"),
        ("一点都不吵", "delight", "不吵"),
        ("并不方便", "pain", "并不方便"),
        ("I don't really like it", "pain", "don't really like"),
        ("不知道为什么这么慢", "pain", "慢"),
        ("特别喜欢", "delight", "特别喜欢"),
        ("别的都快", "delight", "快"),
    ],
)
def test_a_negation_turns_only_what_follows_closely(text: str, kind: str, words: str) -> None:
    assert [(each.kind, each.words) for each in heard(text).mentions] == [(kind, words)]


def test_what_follows_a_contrast_counts_more() -> None:
    assert heard("味道不错，但是太慢").polarity < 0 < heard("太慢，但是味道不错").polarity
    assert heard("slow, but friendly").polarity > 0 > heard("friendly, but slow").polarity


def test_a_wish_is_neither_pain_nor_delight() -> None:
    assert told("希望早餐种类多一点") == [("wish", "quality", "希望")]
    assert told("It would be nice if the app was faster") == [
        ("wish", "technology", "would be nice")
    ]


def test_what_is_missing_is_a_pain_without_a_word_of_feeling() -> None:
    assert told("没有餐具") == [("pain", "quality", "没有餐具")]
    assert told("no towels in the room")[0][:2] == ("pain", "quality")


def test_nothing_said_is_unsure() -> None:
    assert heard("昨天坐了三号线").confidence == heard("").confidence == 0


def test_evidence_is_cut_out_of_the_text_itself() -> None:
    text = "İstanbul desk: VERY Slow\u2019, honestly"
    (mention,) = [each for each in heard(text).mentions if each.kind == "pain"]
    assert text[mention.start : mention.end] == mention.words == "Slow"


def test_own_words_are_added_changed_and_taken_out() -> None:
    own = [
        Word("爆单", "pain", "efficiency"),
        Word("slow", ""),
        Word("zonk*", "pain", "technology"),
    ]
    lexicon = parse_lexicon(shipped_words(), own)
    found = LexiconAnalyser(lexicon).analyse(["又爆单了", "so slow", "It zonked out"])
    assert [each.mentions[0].category for each in found if each.mentions] == [
        "efficiency",
        "technology",
    ]
    assert lexicon.version != parse_lexicon(shipped_words()).version


@pytest.mark.parametrize(
    "word",
    [
        Word("", "pain"),
        Word("Upper", "pain"),
        Word("慢。", "pain"),
        Word("x", "sadness"),
        Word("x", "pain", "colour"),
        Word("x", "topic"),
    ],
)
def test_a_word_that_says_nothing_is_refused(word: Word) -> None:
    with pytest.raises(LexiconError):
        parse_lexicon({}, [word])
