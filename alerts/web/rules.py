"""The rules: all of them in a list, and one with its sentence, its versions and its groups."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from alerts import reads
from alerts.actions.editing import may_change, may_write_rules
from alerts.models import Rule, RuleVersion
from alerts.notices import say_evaluation, say_state
from alerts.web.quality import PERIODS, figures_of, say_change_proposed, say_reason
from alerts.web.sentences import Names, say_changes, say_whole_rule
from alerts.web.words import GroupRow, alert_rows, group_rows
from cx_loop import clock
from cx_loop.models import User, in_language

__all__ = ["rule", "rule_list"]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A row of the list: the rule, its sentence, and how it stands."""

    row: reads.RuleRow
    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group with its firing level, its state and the newest reason in words."""

    row: GroupRow
    level: int | None
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    version: RuleVersion
    changes: list[tuple[str, str, str]]


@login_required
@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    retired = request.GET.get("state") == "retired"
    found = reads.rule_list(request.user, retired=retired, after=_key(request, "after"))
    current = [row.rule.current for row in found.rows if row.rule.current is not None]
    names = reads.names_of_watched(request.user, current)
    page = {
        "now": clock.now(),
        "lines": [
            RuleLine(row, name_of(row.rule), _sentence(row.rule, names)) for row in found.rows
        ],
        "next": found.next,
        "retired": retired,
        "here": "retired" if retired else "in_force",
        "may_write": may_write_rules(request.user),
    }
    return render(request, "alerts/rules.html", page)


@login_required
@require_safe
def rule(request: HttpRequest, key: str) -> HttpResponse:
    assert isinstance(request.user, User)
    found = get_object_or_404(reads.rules_seen(request.user), key=key)
    now, versions = clock.now(), reads.versions_of(found)
    names = reads.names_of_watched(request.user, versions)
    after = request.GET.get("after", "")
    groups, more = reads.watched_groups(
        request.user, found, after=int(after) if after.isdecimal() and len(after) < 18 else 0
    )
    page = {
        "now": now,
        "rule": found,
        "may_change": may_change(request.user, found),
        "turned": reads.last_turn(found),
        "name": name_of(found),
        "sentence": _sentence(found, names),
        "versions": _version_lines(versions, names),
        "groups": group_lines(groups),
        "more": str(more or ""),
        **_quality(request, found),
        "alerts": alert_rows(reads.open_alerts_of(request.user, found), request.user, now),
    }
    return render(request, "alerts/rule.html", page)


def _quality(request: HttpRequest, found: Rule) -> dict[str, object]:
    """How well it warned over 30, 90 or 365 days."""
    assert isinstance(request.user, User)
    asked, now = request.GET.get("days", ""), clock.now()
    days = int(asked) if asked in {str(each) for each in PERIODS} else 90
    since = now - timedelta(days=days)
    reviewed = reads.review_of_one(request.user, found, since=since, now=now)
    proposal = reviewed.proposal
    return {
        "figures": figures_of(reviewed.quality),
        "proposal": proposal,
        "change": say_change_proposed(proposal) if proposal else "",
        "reason": say_reason(proposal) if proposal else "",
        "periods": PERIODS,
        "days": days,
    }


def name_of(rule: Rule) -> str:
    return in_language(rule.name) or rule.key


def group_lines(groups: list[reads.WatchedGroup]) -> list[GroupLine]:
    rows = group_rows([each.group for each in groups])
    return [
        GroupLine(
            row=row,
            level=each.state.level if each.state else None,
            state=say_state(each.state.state, muted=each.state.muted) if each.state else "",
            why=say_evaluation(each.last) if each.last else "",
        )
        for row, each in zip(rows, groups, strict=True)
    ]


def _version_lines(versions: list[RuleVersion], names: Names) -> list[VersionLine]:
    older: list[RuleVersion | None] = [*versions[1:], None]
    return [
        VersionLine(version, say_changes(version, before, names))
        for version, before in zip(versions, older, strict=True)
    ]


def _sentence(found: Rule, names: Names) -> str:
    return say_whole_rule(found.current, names) if found.current else ""


def _key(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "")[:80]
