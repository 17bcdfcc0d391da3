"""The icons, drawn on a 16 by 16 grid: one path each, coloured by the text around them."""

from functools import cache, lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

PATHS = {
    "critical": "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm-.9 3h1.8v5H7.1V4Zm0 6.2h1.8V12H7.1v-1.8Z",
    "warning": "M8 1.2 15.4 14.4H.6L8 1.2Zm-.8 4.6v4h1.6v-4H7.2Zm0 5.2v1.6h1.6V11H7.2Z",
    "board": "M1.5 2h3.8v12H1.5V2Zm4.7 0H10v8H6.2V2Zm4.7 0h3.6v10h-3.6V2Z",
    "queue": "M2 2.5h12v3H2v-3Zm0 5h12v2H2v-2Zm0 4h12v2H2v-2Z",
    "alert": "M8 1a4.5 4.5 0 0 1 4.5 4.5V9l1.5 2.5H2L3.5 9V5.5A4.5 4.5 0 0 1 8 1Zm-1.8 11.5h3.6a1.8"
    " 1.8 0 0 1-3.6 0Z",
    "clock": "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm0 1.6a5.4 5.4 0 1 1 0 10.8A5.4 5.4 0 0 1 8 2.6Z"
    "m-.8 1.9v4l3.1 1.9.8-1.3-2.3-1.4V4.5H7.2Z",
    "late": "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm-.8 3.5h1.6v3.2l2.3 1.4-.8 1.3-3.1-1.9v-4Z",
    "done": "M6.4 12.6 1.8 8l1.4-1.4 3.2 3.2 6.4-6.4L14.2 4.8l-7.8 7.8Z",
    "person": "M8 1.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6ZM2.5 14c.3-3.4 2.6-5 5.5-5s5.2 1.6 5.5 5h-11Z",
    "place": "M8 1a5 5 0 0 1 5 5c0 3.4-5 9-5 9S3 9.4 3 6a5 5 0 0 1 5-5Zm0 3a2 2 0 1 0 0 4 2 2 0 0 0"
    " 0-4Z",
    "search": "M6.8 1.6a5.2 5.2 0 1 0 3.1 9.4l3.2 3.2 1.1-1.1-3.2-3.2a5.2 5.2 0 0 0-4.2-8.3Zm0"
    " 1.6a3.6 3.6 0 1 1 0 7.2 3.6 3.6 0 0 1 0-7.2Z",
    "up": "M8 2 14 8l-1.3 1.3L9 5.6V14H7V5.6L3.3 9.3 2 8l6-6Z",
    "back": "M7 2.6 8.3 4 5.2 7H14v2H5.2l3.1 3L7 13.4 1.6 8 7 2.6Z",
    "down": "M7 1.5h2v6.2l2.6-2.6L13 6.5l-5 5-5-5 1.4-1.4L7 7.7V1.5ZM2 13h12v2H2v-2Z",
    "info": "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm-.9 3h1.8v1.8H7.1V4Zm0 3.2h1.8V12H7.1V7.2Z",
    "inbox": "M2.5 2h11L15 9v5H1V9l1.5-7Zm1.3 1.6L2.7 8.6h3l.8 1.6h3l.8-1.6h3l-1.1-5H3.8Z",
    "pause": "M3.5 2.5h3.2v11H3.5v-11Zm5.8 0h3.2v11H9.3v-11Z",
    "left": "M7 2 8.4 3.4 4.8 7H14v2H4.8l3.6 3.6L7 14 1 8l6-6Z",
    "right": "M9 2 7.6 3.4 11.2 7H2v2h9.2l-3.6 3.6L9 14l6-6-6-6Z",
    "lower": "M8 14 2 8l1.3-1.3L7 10.4V2h2v8.4l3.7-3.7L14 8l-6 6Z",
    "star": "M8 1l2.1 4.6 5 .6-3.7 3.4 1 5L8 12.1l-4.4 2.5 1-5L.9 6.2l5-.6L8 1Z",
    "map": "M1 4l4.5-2 5 2L15 2v10l-4.5 2-5-2L1 14V4Zm5 .2v6.3l4 1.6V5.8L6 4.2Z",
    "settings": "M2 3.2h5.1a2 2 0 0 1 3.8 0H14v1.6h-3.1a2 2 0 0 1-3.8 0H2V3.2Zm0 4h1.1a2 2 0 0 1"
    " 3.8 0H14v1.6H6.9a2 2 0 0 1-3.8 0H2V7.2Zm0 4h6.1a2 2 0 0 1 3.8 0H14v1.6h-2.1a2 2 0 0 1-3.8"
    " 0H2v-1.6Z",
    "note": "M3 1.5h7L13.5 5v9.5H3v-13Zm1.6 1.6v9.8h7.3V5.8H9.2V3.1H4.6Z"
    "m1.4 4.5h4.5v1.5H6V7.6Zm0 2.7h4.5v1.5H6v-1.5Z",
    "watch": "M1 12.5 5 7l3 3 6-7 1.2 1-7.1 8.5-3-3-2.8 4L1 12.5Z",
}


@cache
def icon(name: str) -> SafeString:
    """The icon as markup; decoration only, the word beside it says the same."""
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">'
        '<path d="{}"/></svg>',
        PATHS[name],
    )


SEVERITIES = {1: "critical", 2: "warning"}


def severity_mark(level: int) -> SafeString:
    """A shape, a word and a colour: never the colour alone."""
    return _severity_mark(level, get_language())


@lru_cache(maxsize=32)
def _severity_mark(level: int, language: str | None) -> SafeString:
    """A list has one in each row, so it is put together once a language."""
    name = SEVERITIES[level]
    label = {"critical": _("Critical"), "warning": _("Warning")}[name]
    return format_html('<span class="severity {}">{}{}</span>', name, icon(name), label)
