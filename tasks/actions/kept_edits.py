"""Making a fix permanent changes what it names, with the rights of the person who says so."""

from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _

from alerts.actions.playbooks import save_playbook
from alerts.actions.standards import may_make_rules
from alerts.models import Playbook
from cx_loop.actions.standards import set_target
from cx_loop.models import Actor, ServiceStandard, in_language
from cx_loop.ui.words import say_number
from tasks.actions.errors import Invalid
from tasks.models import Task

MOST_STEPS = 20
LONGEST_STEP = 500


def standards_to_change(task: Task, by: Actor) -> list[ServiceStandard]:
    """The measured promises of the touchpoint, for whoever leads its owner, and admins."""
    if task.touchpoint_id is None:
        return []
    related = ServiceStandard.objects.in_force().select_related("metric", "touchpoint")
    found = related.filter(
        touchpoint=task.touchpoint_id, metric__isnull=False, target__isnull=False
    )
    rows = list(found.order_by("position", "key"))
    return rows if rows and may_make_rules(by, rows[0]) else []


def playbooks_to_change(by: Actor) -> list[Playbook]:
    """Playbooks are everybody's, so admins write them, here as elsewhere."""
    if by.user is None or not (by.user.is_superuser and by.user.is_active):
        return []
    related = Playbook.objects.filter(retired_at=None, current__isnull=False)
    return list(related.select_related("current").order_by("key"))


def make_edits(
    *, task: Task, fields: Mapping[str, Any], by: Actor, now: datetime
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Do what the answer asks: what was done in words, by place, and as it is kept.

    `fields`: standard_key and target; playbook_key and steps (one text each). Raises Invalid.
    """
    said: dict[str, str] = {}
    kept: list[dict[str, Any]] = []
    if fields.get("standard_key") or fields.get("target") is not None:
        said["standard"], edit = _change_target(task, fields, by, now)
        kept.append(edit)
    steps = [text for each in fields.get("steps") or () if (text := str(each).strip())]
    if steps or fields.get("playbook_key"):
        said["playbook"], edit = _add_steps(str(fields.get("playbook_key") or ""), steps, by, now)
        kept.append(edit)
    return said, kept


def _change_target(
    task: Task, fields: Mapping[str, Any], by: Actor, now: datetime
) -> tuple[str, dict[str, Any]]:
    key, target = fields.get("standard_key"), fields.get("target")
    standard = next((each for each in standards_to_change(task, by) if each.key == key), None)
    if standard is None:
        problem = "A measured standard of the touchpoint, by who leads its owner."
        raise Invalid([("standard_key", "standard_unknown", problem)])
    if target is None or not isfinite(target):
        raise Invalid([("target", "required", "Say the new target.")])
    was = standard.target
    assert was is not None
    assert by.user is not None
    laxer = target > was if standard.at_most else target < was
    if laxer and not by.user.is_superuser:
        # otherwise a department could make its own promise easier to keep
        raise Invalid([("target", "laxer", "Only an admin makes a promise laxer.")])
    set_target(standard=standard, target=target, by=by, now=now, task=task.number)
    words = {
        "standard": in_language(standard.text) or standard.key,
        "was": say_number(was),
        "now": say_number(target),
    }
    edit = {"kind": "standard", "key": standard.key, "from": was, "to": target}
    return _("%(standard)s: target %(was)s → %(now)s") % words, edit


def _add_steps(key: str, steps: list[str], by: Actor, now: datetime) -> tuple[str, dict[str, Any]]:
    playbook = next((each for each in playbooks_to_change(by) if each.key == key), None)
    if playbook is None or playbook.current is None or by.user is None:
        raise Invalid([("playbook_key", "playbook_unknown", "A playbook in force, by an admin.")])
    if not steps:
        raise Invalid([("steps", "required", "Say which steps it gains.")])
    if len(steps) > MOST_STEPS:
        raise Invalid([("steps", "too_many", f"At most {MOST_STEPS} steps at once.")])
    if any(len(text) > LONGEST_STEP or "\x00" in text for text in steps):
        raise Invalid([("steps", "too_long", f"A step has at most {LONGEST_STEP} characters.")])
    current = playbook.current
    added = [{"text": {by.user.language: text}, "type": "correct"} for text in steps]
    saved = save_playbook(
        key=key,
        name=current.name,
        kind=current.kind,
        when=current.when,
        steps=[*current.steps, *added],
        by=by,
        now=now,
    )
    version = saved.current.number if saved.current else 0
    words = {"playbook": in_language(current.name) or key, "steps": "; ".join(steps)}
    edit = {"kind": "playbook", "key": key, "version": version, "steps": len(steps)}
    return _("%(playbook)s has gained: %(steps)s") % words, edit
