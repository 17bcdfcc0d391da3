"""How do you know? The method behind one verdict, from what was stored when it was given."""

from collections.abc import Iterator
from datetime import timedelta
from math import isclose, sqrt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from cx_loop import clock
from cx_loop.models import User
from cx_loop.ui.words import say_day, say_number, say_value
from tasks import reads
from tasks.logic.estimates import arm_of
from tasks.logic.evidence import Controls, gather
from tasks.logic.plan import Period, Plan, after_days, baseline_days
from tasks.models import Look, Task, Verification
from tasks.notices import say_relapse, say_verification, title_of
from tasks.web.judged import Stored, stored_of, verdict_chart
from tasks.web.verification import say_guard, shown, unit_of_verdict


@login_required
@require_safe
def proof(request: HttpRequest, number: int) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    task = reads.visible_task(user, number) if number < 2**63 else None
    if task is None:
        raise Http404
    found = _asked(task, request.GET.get("episode", ""))
    looks = list(found.looks.order_by("seq")) if found else []
    stored = stored_of(looks[-1], found) if found and looks else None
    unit = unit_of_verdict(found, task) if found else ""
    page = {
        "now": clock.now(),
        "task": task,
        "title": title_of(task),
        "found": found,
        "shown": shown(found, task) if found else None,
        "sentence": say_verification(found) if found else "",
        "chart": verdict_chart(stored, found, unit) if stored and found else None,
        "steps": list(_steps(stored, found, unit)) if stored and found else [],
        "looks": [_row(each, unit) for each in looks],
        "again": _again(stored) if stored else "",
    }
    return render(request, "tasks/proof.html", page)


def _asked(task: Task, raw: str) -> Verification | None:
    rows = reads.verifications_of(task)
    asked = [each for each in rows if raw.isdecimal() and each.episode == int(raw[:9])]
    return next(iter(asked or rows), None)


def _steps(stored: Stored, found: Verification, unit: str) -> Iterator[tuple[str, str]]:
    """What was done, in order: a heading and what it means for this very verdict."""
    plan, result = stored.plan, stored.result
    before, after = baseline_days(plan), after_days(plan, stored.look.seq)
    yield (
        _("The plan came first"),
        _("What is measured, against what and when was written down with the fix of %(day)s.")
        % {"day": say_day(plan.fix_day)},
    )
    yield _("Before"), _before(before)
    yield _("After"), _after(after, plan)
    yield _("The others"), _others(stored, found, unit)
    if result.get("dispersion"):
        words = {
            "d": say_number(result["dispersion"]),
            "by": say_number(sqrt(result["dispersion"])),
        }
        said = _(
            "Days differ by more than chance: D = %(d)s, so intervals are %(by)s times as wide."
        )
        young = "short_history" in result.get("flags", ())
        yield _("The noise"), " ".join([said % words, _young()] if young else [said % words])
    yield _("Several looks"), _bound(result, len(plan.all_looks))
    if plan.reference is not None:
        source = {
            "goal": _("the goal of the touchpoint"),
            "history": _("what was normal in the eight weeks before"),
            "rule": _("the recovery line of the rule"),
        }.get(plan.reference_source, "")
        words = {"line": say_value(plan.reference, unit), "source": source}
        yield _("Back again?"), _("The target is %(line)s: %(source)s.") % words
    if guards := result.get("guards"):
        yield _("What must not get worse"), _guarded(guards)
    if found.verdict == "relapsed" and found.watch:
        yield _("It came back"), say_relapse(found.watch, unit)
    yield (
        _("What nobody can know"),
        _("It improved after the fix; a local problem that passes by itself looks the same.")
        if found.verdict in ("effective", "partially_effective", "relapsed")
        else _("Not to show an improvement is not to show that there is none."),
    )


def _guarded(guards: list[dict[str, Any]]) -> str:
    said = ngettext(
        "%(n)s metric was judged in the same way, with an error of 5 %% of its own: %(said)s.",
        "%(n)s metrics were judged in the same way, and share one error of 5 %%: %(said)s.",
        len(guards),
    )
    return said % {"n": len(guards), "said": _("; ").join(say_guard(each) for each in guards)}


def _young() -> str:
    return _(
        "Fewer than 28 days of history have answers: D is read from day to day up to the fix, and"
        " is at least 1.5."
    )


def _before(period: Period) -> str:
    if period.days <= 0:
        return _("Between alert and fix lies no full day, so nothing could be proven.")
    words = {"from": say_day(period.start), "to": say_day(period.end - timedelta(days=1))}
    return (
        _(
            "The days between alert and fix, %(from)s to %(to)s. The days that raised the alert are"
            " left out: they were picked because they were extreme, so what follows looks better."
        )
        % words
    )


def _after(period: Period, plan: Plan) -> str:
    words = {
        "from": say_day(period.start),
        "to": say_day(period.end - timedelta(days=1)),
        "settle": plan.settle,
    }
    said = _("Whole weeks from %(from)s to %(to)s; the first %(settle)s days after the fix settle.")
    return said % words


def _others(stored: Stored, found: Verification, unit: str) -> str:
    if "no_control" in stored.result.get("flags", ()):
        return _("No other touchpoint could be compared: what moved everywhere is not taken out.")
    periods = baseline_days(stored.plan), after_days(stored.plan, stored.look.seq)
    before, after = (arm_of(each.of(stored.controls), stored.measure).value for each in periods)
    words = {
        "n": len(found.controls),
        "before": say_value(before, unit),
        "after": say_value(after, unit),
    }
    return (
        _(
            "%(n)s other touchpoints without an alert went from %(before)s to %(after)s: that is"
            " taken out."
        )
        % words
    )


def _bound(result: dict[str, Any], planned: int) -> str:
    if result.get("bound") is None:
        return _("Nothing was tested: one of the two sides has too few answers or days.")
    words = {"planned": planned, "bound": say_number(result["bound"])}
    return (
        _(
            "%(planned)s looks were planned, and all of them share one error of 5 %%: at this look"
            " the difference must be beyond %(bound)s standard errors."
        )
        % words
    )


def _row(look: Look, unit: str) -> dict[str, Any]:
    result, between = look.result, ""
    if result.get("interval"):
        low, high = result["interval"]
        ends = {"low": say_number(low), "high": say_number(high)}
        between = _("%(low)s to %(high)s") % ends
    return {
        "at": look.due_at,
        "n": say_number((result.get("after") or {}).get("n")),
        "effect": say_value(result.get("effect"), _("points") if unit == "%" else unit),
        "between": between,
    }


def _again(stored: Stored) -> str:
    """The figures worked out anew from the stored days, by the same code."""
    controls = Controls(stored.controls) if stored.controls else None
    again = gather(
        stored.plan,
        look=stored.look.seq,
        baseline=stored.days,
        after=stored.days,
        history=stored.days,
        controls=controls,
        breaching=None,
    )
    then = stored.result.get("effect")
    if again.effect is None and then is None:
        return _("Worked out again just now from what was stored: the same, nothing to compare.")
    same = again.effect is not None and then is not None and isclose(again.effect, then)
    if same:
        return _("Worked out again just now from what was stored: the same difference.")
    return _("Worked out again just now, the method of today gives another difference.")
