"""Words of what customers say: kinds, categories, and who read it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cx_loop.logic.voice.lexicon import UNSURE
from cx_loop.logic.voice.redact import redact
from cx_loop.models import Feedback, Source

PAIN_CATEGORIES = {
    "efficiency": gettext_lazy("Efficiency"),
    "quality": gettext_lazy("Quality"),
    "emotion": gettext_lazy("Emotion"),
    "personalisation": gettext_lazy("Personalisation"),
    "technology": gettext_lazy("Technology"),
    "communication": gettext_lazy("Communication"),
}
KINDS = {
    "pain": gettext_lazy("pain"),
    "wish": gettext_lazy("unmet wish"),
    "delight": gettext_lazy("delight"),
}
ORIGINS = {
    "call": gettext_lazy("Call"),
    "chat": gettext_lazy("Chat"),
    "community": gettext_lazy("Community post"),
    "review": gettext_lazy("Review elsewhere"),
    "mystery_visit": gettext_lazy("Mystery visit"),
    "interview": gettext_lazy("Interview"),
    "staff": gettext_lazy("Seen by an employee"),
}
MEANINGS = {
    **KINDS,
    "topic": gettext_lazy("topic: says what is spoken of"),
    "neutral": gettext_lazy("nothing"),
    "negation": gettext_lazy("turns what follows round"),
    "lack": gettext_lazy("makes a pain of a topic that follows"),
    "contrast": gettext_lazy("what follows counts more"),
    "": gettext_lazy("taken out of the list"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing a comment says: `kind` for its look, `said` in words, `words` that made it."""

    kind: str
    said: str
    words: str


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as people read it."""

    feedback: Feedback
    text: str
    segment: str
    chips: list[Chip]
    reader: str
    unsure: bool
    origin: str = ""  # what kind of source, where it is no survey
    says: frozenset[str] = frozenset()  # "pain-efficiency", as the boxes of a correction name it


def say_mention(kind: str, category: str) -> str:
    """pain: efficiency."""
    known = str(KINDS.get(kind, kind))
    if not category:
        return known
    words = {"kind": known, "category": PAIN_CATEGORIES.get(category, category)}
    return _("%(kind)s: %(category)s") % words


def say_origin(source: Source) -> str:
    return str(ORIGINS.get(source.options.get("kind") or "", ""))


def said_of(feedback: Feedback, segments: Mapping[str, str] | None = None) -> Said:
    """Without personal data; `segments`: names by key. The source of the comment is read."""
    chips: dict[tuple[str, str], list[str]] = {}
    for kind, category, _start, _end, words in feedback.mentions:
        chips.setdefault((kind, category), []).append(words)
    by_person = feedback.corrected_by_id is not None
    return Said(
        feedback=feedback,
        text=words_of(feedback),
        segment=(segments or {}).get(feedback.segment, feedback.segment),
        chips=[
            Chip(kind, say_mention(kind, category), ", ".join(dict.fromkeys(filter(None, words))))
            for (kind, category), words in chips.items()
        ],
        reader=_("corrected by a person") if by_person else feedback.analyser,
        origin=say_origin(feedback.source),
        says=frozenset(f"{kind}-{category}" for kind, category in chips),
        unsure=feedback.heard and not by_person and (feedback.confidence or 0) < UNSURE,
    )


def words_of(feedback: Feedback) -> str:
    """What people read of a comment: without personal data, also before it was listened to."""
    return feedback.redacted or redact(feedback.comment)
