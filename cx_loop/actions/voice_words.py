"""Teaching: a person corrects what a comment was taken for, and the words it was taken by."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cx_loop.actions.voice import listen_anew
from cx_loop.logic.voice.analysers import PERSON
from cx_loop.logic.voice.shares import Mentioned
from cx_loop.logic.voice.words import CATEGORIES, KINDS, Word, meaning_of
from cx_loop.models import Actor, Feedback, VoiceWord, record

MOST_MENTIONS = 20


class CorrectionError(ValueError):
    """What cannot be said of a comment: a stable code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def correct(
    *, feedback: Feedback, mentions: Sequence[Mentioned], by: Actor, now: datetime
) -> Feedback:
    """What the comment really says: (kind, category) each, category '' where none fits.

    It stays as the person said until the comment itself changes, is counted anew, and is learnt
    from in the night. Raises CorrectionError.
    """
    if by.user is None:
        raise CorrectionError("not_a_person")
    wanted = list(dict.fromkeys(mentions))
    if len(wanted) > MOST_MENTIONS:
        raise CorrectionError("too_many")
    if any(kind not in KINDS or category not in ("", *CATEGORIES) for kind, category in wanted):
        raise CorrectionError("unknown_mention")
    pain = sum(kind == "pain" for kind, _ in wanted)
    delight = sum(kind == "delight" for kind, _ in wanted)
    with transaction.atomic():
        kept = Feedback.objects.select_for_update().get(pk=feedback.pk)
        before = [[each[0], each[1]] for each in kept.mentions]
        kept.mentions = [[kind, category, 0, 0, ""] for kind, category in wanted]
        kept.polarity = (delight - pain) / (delight + pain) if pain or delight else 0.0
        kept.confidence, kept.analyser, kept.corrected_by = 1.0, PERSON, by.user
        kept.heard = False  # what is counted of it follows
        kept.save(
            update_fields=[
                "mentions",
                "polarity",
                "confidence",
                "analyser",
                "corrected_by",
                "heard",
            ]
        )
        record(
            verb="corrected",
            subject="comment",
            subject_id=0,
            by=by,
            now=now,
            params={
                "comment": str(kept.pk),
                "was": before,
                "is": [list(each) for each in wanted],
            },
        )
    return kept


def save_word(*, word: Word, by: Actor, now: datetime) -> VoiceWord:
    """Add a word, change what it means, or (meaning '') take a shipped one out; comments with it
    are heard again. Raises LexiconError."""
    if word.meaning:
        meaning_of(word)
    with transaction.atomic():
        saved, made = VoiceWord.objects.update_or_create(
            text=word.text,
            defaults={
                "meaning": word.meaning,
                "category": word.category,
                "added_at": now,
                "added_by": by.user,
            },
        )
        _told("added" if made else "changed", word, by, now)
        listen_anew(containing=word.text, now=now)
    return saved


def drop_word(*, text: str, by: Actor, now: datetime) -> bool:
    """The organisation's own meaning of a word goes, the shipped one holds again."""
    with transaction.atomic():
        row = VoiceWord.objects.filter(text=text).select_for_update().first()
        if row is None:
            return False
        word = Word(row.text, row.meaning, row.category)
        row.delete()
        _told("dropped", word, by, now)
        listen_anew(containing=text, now=now)
    return True


def _told(verb: str, word: Word, by: Actor, now: datetime) -> None:
    record(
        verb=verb,
        subject="voice_word",
        subject_id=0,
        by=by,
        now=now,
        params={"text": word.text, "meaning": word.meaning, "category": word.category},
    )
