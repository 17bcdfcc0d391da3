"""What customers may be told of a fix: placeholders, languages, and what must not be said."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from cx_loop.logic.voice.redact import redact

GOOD = ("effective", "partially_effective")  # verdicts after which customers are told
REMIND_AFTER = timedelta(days=2)  # of such a verdict, when nobody has told the customers yet
STOP = "stop"  # the link with which a customer ends messages
PLACEHOLDERS = ("touchpoint", "journey", "organization", "mended", STOP)
LONGEST_SUBJECT, LONGEST_TEXT, LONGEST_SENTENCE = 150, 4_000, 300  # characters
CLAUSE = 8  # Chinese characters, or WORDS words, of a customer's that must not be repeated
WORDS = 5

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_CLAUSES = re.compile(r"[。！？；，、.!?;,\n]+")
_CHINESE = re.compile(r"[一-鿿]")
_BLANKS = re.compile(r"\s+")

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a text: its field, a code, and what the code is about."""

    field: str
    code: str
    about: str = ""


def faults_of_template(subject: Texts, text: Texts, languages: Sequence[str]) -> list[Fault]:
    """Why the words of a template cannot be used; field is "subject-en" and the like."""
    found: list[Fault] = []
    for language in languages:
        head, body = subject.get(language, ""), text.get(language, "")
        found += _faults(f"subject-{language}", head, LONGEST_SUBJECT)
        found += _faults(f"text-{language}", body, LONGEST_TEXT)
        if f"{{{STOP}}}" in head:
            found.append(Fault(f"subject-{language}", "stop_in_subject"))
        if body.strip() and f"{{{STOP}}}" not in body:
            found.append(Fault(f"text-{language}", "stop_missing"))
    return found


def _faults(field: str, text: str, longest: int) -> Iterator[Fault]:
    if not text.strip():
        yield Fault(field, "required")
    if len(text) > longest:
        yield Fault(field, "too_long", str(longest))
    for name in _PLACEHOLDER.findall(text):
        if name not in PLACEHOLDERS:
            yield Fault(field, "placeholder_unknown", name)


def needs_sentence(text: Texts) -> bool:
    """Whether a template says what was mended, so needs the sentence a lead released."""
    return any("{mended}" in each for each in text.values())


def fill(text: str, values: Mapping[str, str]) -> str:
    """The placeholders that are known by now, filled in; the others stay."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def language_of(comment: str, otherwise: str) -> str:
    """In which language a customer is written to: the one they wrote in."""
    letters = [each for each in comment if each.isalpha()]
    if not letters:
        return otherwise
    chinese = len(_CHINESE.findall(comment))
    return "zh-hans" if chinese * 4 >= len(letters) else "en"


def faults_of_sentence(
    field: str, text: str, proven: Iterable[float], comments: Iterable[str]
) -> Iterator[Fault]:
    """Why a sentence cannot be public: `proven` are the numbers an effective verdict rests on,
    `comments` the words of the customers behind the task."""
    yield from (each for each in _faults(field, text, LONGEST_SENTENCE))
    if redact(text) != text:
        yield Fault(field, "personal_data")
    if unproven := unproven_numbers(text, proven):
        yield Fault(field, "number_not_proven", ", ".join(unproven))
    if any(quotes(text, each) for each in comments):
        yield Fault(field, "customers_words")


def unproven_numbers(text: str, proven: Iterable[float]) -> list[str]:
    """The numbers of a text that are none of the proven ones, rounded as they are written."""
    known = list(proven)
    return [said for said in _NUMBER.findall(text) if not _is_one_of(said, known)]


def quotes(text: str, comment: str) -> bool:
    """Whether a text repeats a whole clause of a comment, of eight characters of Chinese or five
    words at least."""
    here = _plain(text)
    return any(_is_long(clause) and _plain(clause) in here for clause in _CLAUSES.split(comment))


def _is_one_of(said: str, proven: Sequence[float]) -> bool:
    number = said.replace(",", ".")
    decimals = len(number.partition(".")[2])
    return any(round(abs(each), decimals) == float(number) for each in proven)


def _is_long(clause: str) -> bool:
    return len(_CHINESE.findall(clause)) >= CLAUSE or len(clause.split()) >= WORDS


def _plain(text: str) -> str:
    return _BLANKS.sub("", text).casefold()
