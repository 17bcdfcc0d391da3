"""One response as every adapter gives it, whatever its tool sends."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Scalar: TypeAlias = str | float | int | bool | None
Value: TypeAlias = Scalar | list[str]

LONGEST_VALUE = 10_000  # characters kept of one answer; a comment may be as long
MOST_FIELDS = 500  # of one response


@dataclass(frozen=True, slots=True)
class Field:
    """One answer: `key` is the tool's own stable name of the question, `title` what people read,
    `kind` what the tool says it is (nps, rating, text, email …), "" where it says nothing."""

    key: str
    value: Value
    title: str = ""
    kind: str = ""

    @property
    def is_empty(self) -> bool:
        return self.value is None or self.value == "" or self.value == []

    @property
    def text(self) -> str:
        """The answer as one line of text; several choices are joined."""
        if isinstance(self.value, list):
            return "; ".join(self.value)
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        if isinstance(self.value, float) and self.value.is_integer():
            return str(int(self.value))
        return "" if self.value is None else str(self.value)


@dataclass(frozen=True, slots=True)
class Response:
    """What one person answered in one survey.

    `occurred_at` and `revision` stand as the tool writes them ("" where it does not): moments are
    read with the zone of the source. Of two deliveries of a response the higher revision counts.
    `fetch`: an envelope alone, the answers must be asked for. `finished` False: so far.
    """

    id: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    occurred_at: Scalar = ""
    revision: Scalar = ""
    survey: str = ""
    finished: bool = True
    deleted: bool = False
    fetch: bool = False


class NoAnswer(Exception):
    """A delivery that is well formed and holds no answer: a test call, an event about others."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Misshapen(Exception):
    """A delivery that its tool does not send like this: a code, and where it was noticed."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(code)
        self.code, self.where = code, where


def by_key(fields: Iterable[Field]) -> dict[str, Field]:
    """Fields by their keys, shortened to what is kept; of two with a key the last."""
    kept: dict[str, Field] = {}
    for each in fields:
        if len(kept) >= MOST_FIELDS:
            break
        kept[each.key] = _shortened(each)
    return kept


def _shortened(one: Field) -> Field:
    if isinstance(one.value, str) and len(one.value) > LONGEST_VALUE:
        return Field(one.key, one.value[:LONGEST_VALUE], one.title, one.kind)
    return one
