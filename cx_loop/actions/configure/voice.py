"""The organisation's own words: what comments are read by, over the shipped list."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cx_loop.actions.configure.kinds import Draft, Kind, Wanted
from cx_loop.actions.voice_words import drop_word, save_word
from cx_loop.logic.configuration.differences import Form
from cx_loop.logic.configuration.tree import Node
from cx_loop.logic.voice.words import LexiconError, Word, fold, meaning_of
from cx_loop.models import Actor, VoiceWord

OUT = "out"  # as a file says that a shipped word means nothing here


def _read(draft: Draft, file: Node) -> Iterator[Wanted]:
    for node in file.at("words").items:
        written = draft.claim("word", node, key="text")
        if written is None:
            continue
        if written != fold(written):
            draft.report.refuse(
                node, "Words are found whatever their case. Write it in lower case."
            )
            continue
        meaning = node.value("meaning", "")
        form = {
            "meaning": "" if meaning == OUT else meaning,
            "category": node.value("category", ""),
            "retired": False,
        }
        word = Word(written, form["meaning"], form["category"])
        if why := _why_not(word):
            draft.report.refuse(node, why)
        else:
            yield Wanted(word.text, form, node)


def _why_not(word: Word) -> str:
    """As the page refuses it, in a sentence."""
    try:
        if word.meaning:
            meaning_of(word)
    except LexiconError as refusal:
        return str(refusal)
    return "" if word.meaning or not word.category else "A word taken out has no category."


def _current() -> dict[str, Form]:
    return {
        row.text: {"meaning": row.meaning, "category": row.category, "retired": False}
        for row in VoiceWord.objects.order_by("text")
    }


def _save(*, wanted: Wanted, by: Actor, now: datetime) -> VoiceWord:
    word = Word(wanted.key, wanted.form["meaning"], wanted.form["category"])
    return save_word(word=word, by=by, now=now)


def _retire(*, key: str, by: Actor, now: datetime) -> VoiceWord:
    """The shipped list holds again; its row is gone, so the trail is that of the page."""
    row = VoiceWord.objects.get(text=key)
    drop_word(text=key, by=by, now=now)
    return row


def _entry(key: str, form: Form) -> dict[str, Any]:
    said = {"text": key, "meaning": form["meaning"] or OUT}
    return {**said, "category": form["category"]} if form["category"] else said


WORD = Kind("word", "words", _read, _current, _save, _retire, keeps_trail=True, entry=_entry)
