"""What a touchpoint promises: in words, how far it is kept, and one click to a rule of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alerts.actions.errors import Forbidden, Invalid, NotFound, Taken
from alerts.actions.standards import make_rule_of_standard, may_make_rules
from alerts.logic.quality import Share
from alerts.notices import say_aggregate_name, say_n, say_window
from alerts.reads.standards import Kept, kept_standards
from cx_loop import clock
from cx_loop.models import Actor, ServiceStandard, User, in_language
from cx_loop.ui.sparks import Spark, spark
from cx_loop.ui.words import say_number, say_value, unit_of


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """`kept`: kept, broken, or '' where the interval leaves it open."""

    days: int
    value: str
    rest: str
    kept: str


@dataclass(frozen=True, slots=True)
class StandardLine:
    pk: int
    text: str
    figure: str
    periods: list[PeriodLine]
    spark: Spark | None
    spark_said: str
    rules: list[tuple[str, str]]
    may_make_rule: bool


def standard_lines(
    standards: Sequence[ServiceStandard], by: Actor, *, now: datetime
) -> list[StandardLine]:
    """Standards of one touchpoint."""
    may = bool(standards) and may_make_rules(by, standards[0])
    return [line_of(kept, may=may) for kept in kept_standards(standards, now=now)]


@login_required
@require_POST
def make_rule(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, User)
    seen = ServiceStandard.objects.in_force().visible_to(request.user)
    standard = seen.select_related("touchpoint").filter(pk=pk).first()
    if standard is None:
        raise Http404
    back = redirect("alerts:touchpoint", standard.touchpoint.key)
    try:
        rule = make_rule_of_standard(pk=pk, by=Actor(user=request.user), now=clock.now())
    except NotFound:
        raise Http404 from None
    except Forbidden:
        messages.error(request, _("A rule is made by the lead of the owning department."))
        return back
    except Taken:
        messages.error(request, _("There is a rule of that key already."))
        return back
    except Invalid as refusal:
        messages.error(request, " ".join(message for _field, _code, message in refusal.problems))
        return back
    messages.success(request, _("The rule watches from now on. Whoever leads can change it."))
    return redirect("alerts:rule", rule.key)


def line_of(kept: Kept, *, may: bool) -> StandardLine:
    standard = kept.standard
    return StandardLine(
        pk=standard.pk,
        text=in_language(standard.text),
        figure=say_standard(kept),
        periods=[
            period
            for days, share in kept.shares.items()
            if (period := _period(kept, days, share)) is not None
        ],
        spark=spark(
            [value for _day, value in kept.by_day],
            wanted=_line_of_spark(kept),
            bounds=(0.0, 100.0) if kept.by_answers else None,
        ),
        spark_said=_say_spark(kept),
        rules=[(key, in_language(name) or key) for key, name in kept.rules.items()],
        may_make_rule=may and kept.promise is not None,
    )


def say_standard(kept: Kept) -> str:
    """90th percentile of Wait, at most 20 min over 7 days; '' for words only."""
    metric, promise = kept.standard.metric, kept.promise
    if metric is None or promise is None:
        return ""
    asks = promise.aggregate
    words = {
        "aggregate": say_aggregate_name(asks.name if asks.line is None else {asks.name: asks.line}),
        "metric": in_language(metric.name) or metric.key,
        "target": say_value(promise.target, unit_of(metric.kind, metric.unit, asks.name)),
        "window": say_window(kept.standard.window or "7d"),
    }
    if promise.at_most:
        return _("%(metric)s, %(aggregate)s: at most %(target)s over %(window)s") % words
    return _("%(metric)s, %(aggregate)s: at least %(target)s over %(window)s") % words


def _period(kept: Kept, days: int, share: Share) -> PeriodLine | None:
    metric, promise = kept.standard.metric, kept.promise
    if metric is None or promise is None:
        return None
    if share.percent is None or share.interval is None:
        return PeriodLine(days, "–", _("nothing has arrived"), "")
    unit = unit_of(metric.kind, metric.unit, promise.aggregate.name)
    words = {
        "n": say_n(share.n, metric.kind) if kept.by_answers else share.n,
        "low": round(share.interval[0]),
        "high": round(share.interval[1]),
        "wanted": say_number(kept.wanted),
        "figure": say_value(kept.values[days], unit),
    }
    if not kept.by_answers:
        rest = _(
            "of %(n)s windows kept it, 95 %% interval %(low)s to %(high)s; %(figure)s together"
        )
    elif kept.wanted is None:
        rest = _("of %(n)s kept it, 95 %% interval %(low)s to %(high)s; %(figure)s together")
    else:
        rest = _("of %(n)s kept it, 95 %% interval %(low)s to %(high)s; promised %(wanted)s %%")
    return PeriodLine(days, f"{round(share.percent)} %", rest % words, _verdict(kept, share))


def _verdict(kept: Kept, share: Share) -> str:
    if kept.wanted is None or share.percent is None:
        return ""
    return "kept" if share.percent >= kept.wanted else "broken"


def _line_of_spark(kept: Kept) -> float | None:
    if kept.by_answers:
        return kept.wanted
    return kept.promise.target if kept.promise else None


def _say_spark(kept: Kept) -> str:
    known: list[tuple[date, float]] = [(day, at) for day, at in kept.by_day if at is not None]
    if not known:
        return _("No data yet.")
    values = [at for _day, at in known]
    words = {
        "days": len(known),
        "low": say_number(min(values)),
        "high": say_number(max(values)),
        "last": say_number(values[-1]),
    }
    if kept.by_answers:
        return _("Kept by day, %(days)s days: %(low)s to %(high)s %%, last %(last)s %%") % words
    return _("By day, %(days)s days: %(low)s to %(high)s, last %(last)s") % words
