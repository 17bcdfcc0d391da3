"""Why a task came to its department, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from cx_loop.models import (
    Channel,
    Department,
    Location,
    Metric,
    Segment,
    Stage,
    Touchpoint,
    in_language,
)
from cx_loop.models.journey import Journey
from tasks.models import Task
from tasks.notices import PAIN_CATEGORIES

NAMED = {
    "metric": Metric,
    "touchpoint": Touchpoint,
    "stage": Stage,
    "journey": Journey,
    "segment": Segment,
    "channel": Channel,
    "location": Location,
}


def say_route(task: Task) -> tuple[str, list[str]]:
    """One sentence, and below it what held or, for the owner, what did not; empty for a task
    older than the record."""
    return say_why(task.routed)


def say_why(why: Mapping[str, Any]) -> tuple[str, list[str]]:
    """As `say_route`, of what routing noted: also of a task that is only thought of."""
    if not why:
        return "", []
    lines = [_say_held(each) for each in why.get("because", [])]
    lines += [_say_missed(each) for each in why.get("passed", [])]
    if "instead" in why:
        named = in_language(
            Department.objects.filter(key=why["to"]).values_list("name", flat=True).first() or {}
        )
        lines.append(
            _("%(department)s is retired: the one above it has its work.")
            % {"department": named or why["to"]}
        )
    return _head(why), lines


def _head(why: Mapping[str, Any]) -> str:
    words = {"position": why.get("position", ""), "role": say_role(str(why.get("role", "")))}
    if why["by"] == "hand":
        return _("Sent here by hand.")
    if why["by"] == "owner":
        return (
            _("No route fitted: the touchpoint's owner has it.")
            if why.get("passed")
            else _("It belongs to the touchpoint's owner.")
        )
    if words["role"]:
        return _("By route %(position)s, to the %(role)s.") % words
    return _("By route %(position)s.") % words


def say_role(role: str) -> str:
    known = {"lead": _("lead"), "director": _("director"), "members": "", "": ""}
    return known.get(role, role)


def _say_held(compared: Mapping[str, Any]) -> str:
    fits = [each for each in compared["given"] if each in compared["wanted"]]
    condition = str(compared["condition"])
    return _("%(condition)s is %(value)s") % {
        "condition": conditions().get(condition, condition),
        "value": _values(condition, fits),
    }


def _say_missed(compared: Mapping[str, Any]) -> str:
    condition = str(compared["condition"])
    words = {
        "position": compared["position"],
        "condition": conditions().get(condition, condition),
        "wanted": _values(condition, compared["wanted"]),
        "given": _values(condition, compared["given"]) or _("nothing"),
    }
    return _("Route %(position)s wants %(condition)s %(wanted)s; here it is %(given)s.") % words


def conditions() -> dict[str, str]:
    return {
        "severity": _("Severity"),
        "metric": _("Metric"),
        "touchpoint": _("Touchpoint"),
        "stage": _("Stage"),
        "journey": _("Journey"),
        "segment": _("Segment"),
        "channel": _("Channel"),
        "location": _("Location"),
        "pain_category": _("Pain category"),
    }


def _values(condition: str, keys: list[str]) -> str:
    """Names in the reader's language where there are any, else the keys."""
    said = {"critical": _("Critical"), "warning": _("Warning")} if condition == "severity" else {}
    if condition == "pain_category":
        said = {key: str(label) for key, label in PAIN_CATEGORIES.items()}
    if table := NAMED.get(condition):
        rows = table.objects.filter(key__in=keys).values_list("key", "name")  # type: ignore[attr-defined]
        said = {key: in_language(name) for key, name in rows}
    return _(" or ").join(said.get(key) or key for key in keys if key)
