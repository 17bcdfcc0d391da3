"""Special days as lines of text, in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from cx_loop.logic.special_days import MADE_UP_WORD, OFF, lines_of

HELP = gettext_lazy(
    "One line each: 2026-10-01..2026-10-07 off National Day; 2026-10-10 made-up; "
    "2026-12-24 09:00-12:00. A made-up day is worked like a Monday. A name in two languages: "
    "National Day / 国庆节."
)
LONGEST = 40_000  # characters


def days_field(label: Any, *, rows: int) -> forms.CharField:
    attrs = {"rows": rows, "spellcheck": "false", "autocomplete": "off"}
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs=attrs),
        help_text=HELP,
    )


def say_lines(entries: Iterable[Mapping[str, Any]]) -> str:
    """To be typed over: the words are those that can be read back."""
    return lines_of(
        entries,
        {OFF: pgettext("special day", "off"), MADE_UP_WORD: pgettext("special day", "made-up")},
    )


def say_worked(hours: str) -> str:
    return {OFF: _("off"), MADE_UP_WORD: _("worked like a Monday")}.get(hours, hours)
