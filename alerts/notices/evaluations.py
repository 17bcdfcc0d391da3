"""Rules and what came of them in words: why one did or did not fire, and where a group stands."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from alerts.models import Evaluation
from alerts.notices.values import say_aggregate_name
from cx_loop.models import Metric, in_language
from cx_loop.ui.words import say_number


def say_rule(spec: Mapping[str, Any], metric: Metric) -> str:
    """The rule in one sentence, such as: 90th percentile of Wait over 1d."""
    return _("%(aggregate)s of %(metric)s over %(window)s") % {
        "aggregate": say_aggregate_name(spec.get("aggregate")),
        "metric": in_language(metric.name) or metric.key,
        "window": say_window(str(spec.get("window", ""))),
    }


def say_window(window: str) -> str:
    """5m, 1h, 1d, 7d, this month in words."""
    periods = {
        "this day": _("the day so far"),
        "this week": _("the week so far"),
        "this month": _("the month so far"),
    }
    if window in periods:
        return periods[window]
    count, unit = window[:-1], window[-1:]
    if not count.isdigit():
        return window
    n = int(count)
    words = {"count": n}
    if unit == "m":
        return ngettext("%(count)s minute", "%(count)s minutes", n) % words
    if unit == "h":
        return ngettext("%(count)s hour", "%(count)s hours", n) % words
    if unit == "w":
        return ngettext("%(count)s week", "%(count)s weeks", n) % words
    return ngettext("%(count)s day", "%(count)s days", n) % words


def say_evaluation(evaluation: Evaluation) -> str:
    """Why the rule did or did not fire at one edge."""
    params = evaluation.params
    reasons = {
        "breached": _("Beyond the limit: it fires."),
        "between": _("Back within the limit, but not yet past the recovery line: it goes on."),
        "waiting_for_windows": _("Beyond the limit; %(k)s of %(for)s windows in a row so far."),
        "not_breached": _("Within the limit."),
        "recovered": _("Past the recovery line: it clears."),
        "insufficient_samples": _("Too few: %(n)s, the rule wants %(min_samples)s."),
        "no_value": _("There is no value to judge."),
        "insufficient_base": _("What it is compared with has too few."),
        "too_few_parts": _("Fewer than two parts have enough to compare."),
        "not_certain": _("Beyond the limit, but too few to be certain of it."),
        "kept_firing": _("Past the recovery line, not yet for long enough: it goes on."),
        "praised": _("Good news: better than the level for praise."),
        "base_zero": _("What it is compared with was 0: a change cannot be said."),
        "no_data": _("No observations have arrived."),
        "not_provisional": _("The window is not over yet: judged at its end."),
        "held_by_provisional": _("The window is not over yet: it can only get worse for now."),
        "learning": _("Still learning what is normal: that takes eight weeks of answers."),
        "silent": _("A day without answers changes nothing."),
        "error": _("The evaluation itself failed and will be made again."),
    }
    words = {name: params.get(name, "–") for name in ("k", "for", "min_samples")}
    return reasons.get(evaluation.reason, evaluation.reason) % {
        **words,
        "n": say_number(evaluation.n),
    }


def say_verdict(verdict: str) -> str:
    words = {
        "ok": _("OK"),
        "pending": pgettext("evaluation", "Waiting"),
        "firing": _("Firing"),
        "recovering": _("Recovering"),
        "insufficient": _("Too few"),
        "no_data": _("No data"),
        "error": _("Error"),
    }
    return words.get(verdict, verdict)


def say_state(state: str, *, muted: bool = False) -> str:
    """Where a group stands: OK, firing, ... ; muted until it has cleared once."""
    said = say_verdict(state)
    return _("%(state)s, muted until it clears") % {"state": said} if muted else said
