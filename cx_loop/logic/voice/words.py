"""The lexicon: what each word means, and one pattern that finds them all.

A shipped list in YAML, and what the organisation adds to it or takes out of it. The pattern is a
trie, so that its cost does not grow with the number of words.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

CATEGORIES = (
    "efficiency",
    "quality",
    "emotion",
    "personalisation",
    "technology",
    "communication",
)
PAIN, WISH, DELIGHT = "pain", "wish", "delight"
KINDS = (PAIN, WISH, DELIGHT)
# what a metric may count of comments: the share with a kind, or with a kind of one category
SHARES = (*KINDS, *(f"{kind}_{category}" for kind in KINDS for category in CATEGORIES))
# what a word may mean; `wish` makes one of its clause, `topic` says what is spoken of
MEANINGS = (PAIN, DELIGHT, "topic", WISH, "neutral", "negation", "lack", "contrast")
_PLAIN = ("negation", "lack", "contrast", WISH, "neutral")
LONGEST = 40  # characters of a word
BREAKS = "。！？；，…!?;,.\n"
# how far a negation reaches, in characters: 不 stands before its word, `not` a word or two before
_NEAR, _FAR = 3, 14
_ASCII = "abcdefghijklmnopqrstuvwxyz0123456789"
_HAN = "\u4e00-\u9fff"


class Meaning(NamedTuple):
    """kind: one of MEANINGS, or `break`; sign: 1 delight, -1 pain, 0 neither; reach: characters a
    negation looks ahead; lacks: a topic that follows is missing."""

    kind: str
    sign: int = 0
    category: str = ""
    reach: int = 0
    lacks: bool = False


class LexiconError(ValueError):
    """A word that cannot be used, in a sentence."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the organisation's own; meaning '' takes a shipped word out."""

    text: str
    meaning: str
    category: str = ""


class Lexicon:
    """Words by what they mean, lower case. `version` names the shipped list and the own words."""

    def __init__(self, words: Mapping[str, Meaning], version: str) -> None:
        self.words, self.version = dict(words), version
        self._stems = {word[:-1] for word in self.words if word.endswith("*")}

    @cached_property
    def ascii_pattern(self) -> re.Pattern[str]:
        """For texts without a Chinese character: most words need not be looked for."""
        return _pattern(word for word in self.words if word.isascii())

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return _pattern(self.words)

    @cached_property
    def meanings(self) -> dict[str, Meaning]:
        """By what the pattern finds: a word, a break, or a word that begins like one."""
        return _Found(self.words, self._stems)


class _Found(dict[str, Meaning]):
    def __init__(self, words: Mapping[str, Meaning], stems: Iterable[str]) -> None:
        super().__init__(words)
        self._stems = frozenset(stems)
        self.update(dict.fromkeys((*BREAKS, " "), Meaning("break")))

    def __missing__(self, found: str) -> Meaning:
        for end in range(len(found), 0, -1):
            if found[:end] in self._stems:
                meaning = self[found] = self[f"{found[:end]}*"]
                return meaning
        return Meaning("neutral")


def parse_lexicon(raw: Mapping[str, Any], own: Iterable[Word] = ()) -> Lexicon:
    """The shipped list (as read from YAML) with the organisation's own words over it.

    Raises LexiconError where a word means two things, or nothing that is known.
    """
    words: dict[str, Meaning] = {}
    for language in ("zh", "en"):
        for text, meaning in _listed(raw.get(language) or {}, language):
            known = words.setdefault(text, meaning)
            if known != meaning and not _both_negate(known, meaning):
                raise LexiconError(f"{text} means both {known} and {meaning}.")
            if known.kind == "negation" or meaning.kind == "negation":
                lacks = known.lacks or meaning.lacks
                words[text] = Meaning("negation", reach=_reach(text), lacks=lacks)
    version = f"{raw.get('version', 0)}"
    count = 0
    for word in own:
        count += 1
        words.pop(word.text, None)
        if word.meaning:
            words[word.text] = meaning_of(word)
    return Lexicon(words, f"{version}+{count}" if count else version)


def meaning_of(word: Word) -> Meaning:
    """Raises LexiconError, in a sentence."""
    text = word.text
    if not text.strip("* ") or len(text) > LONGEST or text != text.strip().lower():
        raise LexiconError(f"A word has 1 to {LONGEST} characters, in lower case.")
    if any(each in BREAKS for each in text if each not in ".,"):
        raise LexiconError("A word holds no mark that ends a clause.")
    if word.meaning not in MEANINGS:
        raise LexiconError(f"A word means one of: {', '.join(MEANINGS)}.")
    if word.category and word.category not in CATEGORIES:
        raise LexiconError(f"Categories: {', '.join(CATEGORIES)}.")
    if word.meaning == "topic" and not word.category:
        raise LexiconError("A topic has a category.")
    return _meaning(text, word.meaning, word.category)


def fold(text: str) -> str:
    """As words are looked for: lower case, plain apostrophes, as long as the text itself."""
    low = text.lower()
    if len(low) != len(text):  # İ becomes two characters: evidence would be cut out askew
        low = "".join(each.lower() if len(each.lower()) == 1 else each for each in text)
    return low.replace("\u2019", "'")


def _listed(part: Mapping[str, Any], language: str) -> Iterable[tuple[str, Meaning]]:
    for kind in _PLAIN:
        for text in part.get(kind) or ():
            yield str(text).lower(), _meaning(str(text), kind, "")
    for kind, by_category in (
        ("topic", part.get("topics")),
        (PAIN, part.get("pain")),
        (DELIGHT, part.get("delight")),
    ):
        for category, texts in (by_category or {}).items():
            if category != "any" and category not in CATEGORIES:
                raise LexiconError(f"{language}: no category is named {category}.")
            for text in texts:
                named = "" if category == "any" else category
                yield str(text).lower(), _meaning(str(text), kind, named)


def _meaning(text: str, kind: str, category: str) -> Meaning:
    if kind in ("negation", "lack"):
        return Meaning("negation", reach=_reach(text), lacks=kind == "lack")
    sign = {PAIN: -1, DELIGHT: 1}.get(kind, 0)
    return Meaning(kind, sign, category)


def _both_negate(one: Meaning, other: Meaning) -> bool:
    return one.kind == other.kind == "negation"


def _reach(text: str) -> int:
    return _FAR if text.isascii() else _NEAR


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """One group, so that `split` gives what lies between too."""
    trie: dict[str, Any] = {}
    for word in words:
        node = trie
        for character in word.removesuffix("*"):
            node = node.setdefault(character, {})
        node[""] = "[a-z]*" if word.endswith("*") else _end(word)
    for character in BREAKS:
        trie.setdefault(character, {})[""] = ""
    # a blank between two Chinese characters ends a clause; between other words it does not
    trie.setdefault(" ", {})[""] = f"(?<=[{_HAN}] )(?=[{_HAN}])"
    latin = {each: trie.pop(each) for each in list(trie) if each in _ASCII}
    whole = _alternatives(trie)
    if latin:
        whole = f"(?=[a-z0-9])(?<![a-z0-9])(?:{_alternatives(latin)})|{whole}"
    return re.compile(f"({whole})")


def _end(word: str) -> str:
    return "(?![a-z0-9])" if word[-1] in _ASCII else ""


def _alternatives(node: Mapping[str, Any]) -> str:
    """Longest first: what goes on is tried before what may end here. Many are halved again and
    again, otherwise each would be tried in turn."""
    branches = sorted(each for each in node if each)
    tail = [node[""]] if "" in node else []
    if len(branches) > 24:
        parts = []
        for half in (branches[: len(branches) // 2], branches[len(branches) // 2 :]):
            inner = _alternatives({each: node[each] for each in half})
            parts.append(f"(?=[{''.join(map(re.escape, half))}])(?:{inner})")
    else:
        parts = [re.escape(each) + _grouped(node[each]) for each in branches]
    return "|".join([*parts, *tail])


def _grouped(node: Mapping[str, Any]) -> str:
    inner = _alternatives(node)
    return f"(?:{inner})" if len(node) > 1 else inner
