"""The words comments are read by: the shipped list and the organisation's own over it."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from cx_loop.logic.voice.words import Lexicon, Word, parse_lexicon
from cx_loop.models import VoiceWord

_SHIPPED = Path(__file__).parents[1] / "logic" / "voice" / "lexicon.yaml"


@lru_cache(maxsize=1)
def shipped_words() -> Mapping[str, Any]:
    """The shipped list as it stands in its file."""
    raw: Mapping[str, Any] = YAML(typ="safe").load(_SHIPPED)
    return raw


def own_words() -> list[Word]:
    rows = VoiceWord.objects.order_by("text").values_list("text", "meaning", "category")
    return [Word(*row) for row in rows]


def current_lexicon() -> Lexicon:
    """Made once for each state of the own words: compiling the pattern takes a moment."""
    return _made(tuple(own_words()))


@lru_cache(maxsize=2)
def _made(own: tuple[Word, ...]) -> Lexicon:
    return parse_lexicon(shipped_words(), own)
