"""Answers that say yes or no: whether a response is finished, whether somebody may be contacted."""

from typing import Any

from cx_loop.logic.answers.numbers import said

_YES = frozenset({"1", "true", "yes", "y", "complete", "completed", "finished", "是"})
_AGREED = frozenset({"1", "true", "yes", "y", "是", "是的", "同意", "愿意", "可以"})
_DECLINED = frozenset({"0", "false", "no", "n", "否", "不是", "不同意", "不愿意", "不可以"})


def said_yes(value: Any) -> bool:
    """Whether an answer says that a response is finished."""
    return said(value) in _YES


def agreed(value: Any) -> bool | None:
    """Whether an answer agrees; None where it is neither yes nor no, as consent is not guessed."""
    word = said(value)
    return True if word in _AGREED else False if word in _DECLINED else None
