"""The standards: what is promised where, how far it is kept, and which fix made it so."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts.web.standards import StandardLine, line_of
from cx_loop import clock
from cx_loop.models import Activity, Touchpoint, User, in_language
from cx_loop.ui.words import say_number
from tasks.models import Permanence
from tasks.reads.standards import Promised, Version, left_by_fixes, no_longer_promised, promised_to


@dataclass(frozen=True, slots=True)
class VersionLine:
    """`said`: what changed; `task`: the number of the task whose fix made it so, or None."""

    number: int
    said: str
    change: Activity
    task: int | None


@dataclass(frozen=True, slots=True)
class StandardRow:
    line: StandardLine
    touchpoint: Touchpoint
    place: str
    owner: str
    versions: list[VersionLine]


@login_required
@require_safe
def standards(request: HttpRequest) -> HttpResponse:
    """Of the touchpoints the reader sees; ?after=KEY goes on with the next."""
    user = request.user
    assert isinstance(user, User)
    now = clock.now()
    after = request.GET.get("after", "").replace("\x00", "")[:160]
    found, more = promised_to(user, now=now, after=after)
    page = {
        "now": now,
        "rows": [_row(each, may_make_rules=user.is_superuser) for each in found],
        "after": after,
        "more": more,
        "gone": no_longer_promised() if user.is_superuser and not after else [],
        "left": [(each, _left(each)) for each in left_by_fixes(user)] if not after else [],
    }
    return render(request, "tasks/standards.html", page)


def _row(promised: Promised, *, may_make_rules: bool) -> StandardRow:
    touchpoint = promised.kept.standard.touchpoint
    places = (touchpoint.stage.journey, touchpoint.stage, touchpoint)
    return StandardRow(
        line=line_of(promised.kept, may=may_make_rules),
        touchpoint=touchpoint,
        place=" · ".join(in_language(each.name) or each.key for each in places),
        owner=in_language(touchpoint.owner.name) or touchpoint.owner.key,
        versions=[_version(each) for each in promised.versions],
    )


def _version(version: Version) -> VersionLine:
    return VersionLine(version.number, _said(version), version.change, version.task)


def _said(version: Version) -> str:
    """Target 30 → 25; else that it was added, retired or brought back, or its words changed."""
    if version.target and version.change.params.get("change") != "created":
        was, now = (say_number(each) if each is not None else "–" for each in version.target)
        return _("target %(was)s → %(now)s") % {"was": was, "now": now}
    if "retired" in version.change.params.get("fields", {}):
        return _("Brought back")
    words = {"created": _("Added"), "retired": _("Retired")}
    return words.get(version.change.params.get("change", ""), _("Changed"))


def _left(answer: Permanence) -> list[tuple[str, str]]:
    places = {"standard": _("Standard"), "playbook": _("Playbook"), "blueprint": _("Blueprint")}
    return [(label, text) for name, label in places.items() if (text := getattr(answer, name))]
