"""The themes of a touchpoint in words, each with its weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cx_loop.ui.sparks import Spark, spark
from cx_loop.ui.voice import say_mention


class Theme(Protocol):
    """What `reads.voice` counts."""

    @property
    def kind(self) -> str: ...

    @property
    def category(self) -> str: ...

    @property
    def weeks(self) -> tuple[float | None, ...]: ...


@dataclass(frozen=True, slots=True)
class ThemeRow:
    theme: Theme
    said: str
    spark: Spark | None


def theme_rows(themes: Sequence[Theme]) -> list[ThemeRow]:
    return [
        ThemeRow(each, say_mention(each.kind, each.category), spark(each.weeks, bounds=(0, 100)))
        for each in themes
    ]
