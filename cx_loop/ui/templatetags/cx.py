"""Template words of every page; registered as builtins, so no page loads them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from cx_loop.models import Feedback
from cx_loop.models import in_language as name_in_language
from cx_loop.ui import dimensions, holidays, icons, voice, words

register = template.Library()


@register.filter
def in_language(names: Any) -> str:
    """The name of a configured thing, or of its JSON, in the reader's language."""
    if isinstance(names, dict):
        return name_in_language(names)
    return str(names) if names else ""


@register.filter
def holiday(names: str | Mapping[str, str]) -> str:
    return holidays.say_holiday(names)


@register.filter
def value_name(key: str, dimension: str) -> str:
    """Of a segment, a channel or a location, as people call it."""
    return dimensions.value_names().of(dimension, key)


@register.filter
def words_of(feedback: Feedback) -> str:
    """A comment as people read it: without personal data."""
    return voice.words_of(feedback)


@register.filter
def duration(length: timedelta) -> str:
    return words.say_duration(length)


@register.filter
def day(value: date) -> str:
    return words.say_day(value)


@register.filter
def number(value: float | None) -> str:
    return words.say_number(value)


@register.simple_tag
def colon() -> str:
    """Between a label and what it is of: a Chinese one takes no space."""
    return pgettext("between a label and its value", ": ")


@register.filter
def unit(name: str) -> str:
    return words.say_unit(name)


@register.simple_tag
def icon(name: str) -> SafeString:
    return icons.icon(name)


@register.simple_tag(takes_context=True)
def moment(context: Context, at: datetime) -> str:
    """When something is, in the reader's zone; the page hands down its `now`."""
    own = getattr(context.get("user"), "timezone", "")
    zone = ZoneInfo(own) if own else context["organization"].zone
    return words.say_moment(at, zone, context["now"])


@register.simple_tag(takes_context=True)
def deadline(context: Context, due: datetime) -> str:
    return words.say_deadline(due, context["now"])


@register.simple_tag(takes_context=True)
def ago(context: Context, at: datetime) -> str:
    return words.say_ago(at, context["now"])


@register.simple_tag
def severity(level: int) -> SafeString:
    return icons.severity_mark(int(level))


@register.inclusion_tag("cx_loop/parts/chart.html")
def chart(drawn: Any) -> dict[str, Any]:
    return {"chart": drawn}


@register.inclusion_tag("cx_loop/parts/curve.html")
def curve(drawn: Any) -> dict[str, Any]:
    return {"curve": drawn}


@register.inclusion_tag("cx_loop/parts/matrix.html")
def matrix(drawn: Any) -> dict[str, Any]:
    return {"matrix": drawn}


@register.inclusion_tag("cx_loop/parts/before_after.html")
def before_after(drawn: Any) -> dict[str, Any]:
    return {"pair": drawn}


@register.inclusion_tag("cx_loop/parts/heat_cells.html")
def heat(cells: Any) -> dict[str, Any]:
    """Cells of a table's row."""
    return {"cells": cells}


@register.inclusion_tag("cx_loop/parts/spark.html")
def spark(drawn: Any, said: str) -> dict[str, Any]:
    return {"spark": drawn, "said": said}


@register.inclusion_tag("cx_loop/parts/field.html")
def field(bound: Any) -> dict[str, Any]:
    """A form field with its label, help and errors beside it."""
    return {"field": bound}
