"""What was changed on a journey map, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from cx_loop.logic.blueprint import MapChange
from cx_loop.models import in_language
from cx_loop.ui.dimensions import value_names

MOST = 60  # characters of a value


def say_change(change: MapChange, names: Mapping[str, str]) -> str:
    """`names`: of stages, touchpoints and departments by their key, as far as they are known."""
    words = {"part": _parts()[change.part], "name": in_language(dict(change.name)) or change.key}
    if change.what == "added":
        return _("%(part)s %(name)s was added") % words
    if change.what == "removed":
        return _("%(part)s %(name)s was taken off the map") % words
    field = _fields().get(change.field, change.field)
    if change.field == "order":
        return _("%(part)s %(name)s: another order") % words
    words |= {
        "field": field,
        "before": _say(change.field, change.before, names),
        "after": _say(change.field, change.after, names),
    }
    if change.field in {"blueprint", "stops"}:
        return _("%(part)s %(name)s: %(field)s changed") % words
    return _("%(part)s %(name)s: %(field)s was %(before)s, now %(after)s") % words


def _parts() -> dict[str, str]:
    return {
        "journey": _("Journey"),
        "stage": _("Stage"),
        "touchpoint": _("Touchpoint"),
        "viewpoint": _("Viewpoint"),
    }


def _fields() -> dict[str, str]:
    return {
        "name": _("name"),
        "stage": _("stage"),
        "owner": _("owner"),
        "support": _("support"),
        "channels": _("channels"),
        "front_stage": _("front stage"),
        "moment_of_truth": _("moment of truth"),
        "moment_type": _("type of moment"),
        "blueprint": _("blueprint"),
        "stops": _("what it says of touchpoints"),
        "reviewer": _("reviewer"),
        "public_page": _("public page"),
        "who": _("persona"),
        "to_be": _("to be"),
        "segment": _("segment"),
    }


def _say(field: str, value: Any, names: Mapping[str, str]) -> str:
    if field == "channels":
        said = value_names().all_of("channel", value or ())
    elif field == "segment":
        said = value_names().of("segment", value or "")
    elif isinstance(value, dict):
        said = in_language(value)
    elif isinstance(value, list):
        said = ", ".join(names.get(each, str(each)) for each in value)
    elif isinstance(value, bool):
        said = _("yes") if value else _("no")
    else:
        said = names.get(value, str(value or ""))
    if not said:
        return "–"
    return said if len(said) <= MOST else f"{said[: MOST - 1]}…"
