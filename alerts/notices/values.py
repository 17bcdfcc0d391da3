"""A value in words: what was measured, the line it was held against, how much it rests on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cx_loop.models import Metric, in_language
from cx_loop.ui.words import say_number, say_value, unit_of

SURVEYED = frozenset({"csat", "nps", "ces", "score"})


def say_breach(
    metric: Metric,
    *,
    aggregate: Any,
    operator: str,
    line: Any,
    value: float | None,
    n: float | None,
) -> str:
    """The value in words, its limit, and how many observations it rests on."""
    if value is None:
        return _("No observations have arrived.")
    said = say_aggregate(metric, aggregate, value)
    return _("%(value)s (%(limit)s), %(n)s.") % {
        "value": said,
        "limit": say_limit(operator, line, unit_said(metric, aggregate)),
        "n": say_n(n or 0, metric.kind),
    }


def say_drift(metric: Metric, aggregate: Any, drift: Mapping[str, Any], n: float | None) -> str:
    """Has drifted down from about 82 % to 77 % since 3 November 2026; as of a day's answers."""
    name, line = split_aggregate(aggregate)
    if drift.get("line") is not None:  # a percentile is followed as the share beyond its value
        name, line = "share_above", drift["line"]
        aggregate = {name: line}
    unit = unit_said(metric, aggregate)
    words = {
        "aggregate": say_aggregate_name(aggregate),
        "metric": in_language(metric.name) or metric.key,
        "from": say_value(drift["from"], unit),
        "to": say_value(drift["to"], unit),
        "since": date_format(date.fromisoformat(drift["since"])),
        "n": say_n(n or 0, metric.kind),
    }
    if drift["way"] == "down":
        said = _(
            "%(metric)s (%(aggregate)s) has drifted down from about %(from)s to %(to)s "
            "since %(since)s; %(n)s on the last day."
        )
    else:
        said = _(
            "%(metric)s (%(aggregate)s) has drifted up from about %(from)s to %(to)s "
            "since %(since)s; %(n)s on the last day."
        )
    return said % words


def say_aggregate(metric: Metric, aggregate: Any, value: float) -> str:
    """The value of an aggregate as people would put it."""
    name, line = split_aggregate(aggregate)
    words = {
        "metric": in_language(metric.name) or metric.key,
        "value": say_value(value, unit_said(metric, aggregate)),
        "line": say_value(line, metric.unit) if line is not None else "",
    }
    if metric.kind == "duration":
        said = _duration_sentence(name)
        if said:
            return said % words
    return _general_sentence(name) % words


def say_limit(operator: str, line: Any, unit: str = "") -> str:
    """limit 30, normal 2 to 4, limit +20 %: what the value was held against."""
    if isinstance(line, list | tuple) and len(line) == 2:
        ends = {"low": say_number(line[0]), "high": say_number(line[1])}
        return _("normal %(low)s to %(high)s") % ends
    if operator in {"change_above", "change_below"}:
        sign = "+" if operator == "change_above" else "−"
        plain = str(line).strip().rstrip("%").strip().lstrip("+-−")
        percent = " %" if str(line).strip().endswith("%") else ""
        return _("limit %(line)s against the window before") % {"line": f"{sign}{plain}{percent}"}
    if isinstance(line, int | float):
        bare = say_value(line, "%") if unit == "%" else say_number(line)
        return _("limit %(line)s") % {"line": bare}
    return _("no limit")


def say_n(n: float, kind: str) -> str:
    """186 answers of a survey, 186 observations of anything else; a rate counts its exposure."""
    count = round(n)
    words = {"count": f"{count:,}"}
    if kind in SURVEYED:
        return ngettext("%(count)s answer", "%(count)s answers", count) % words
    if kind == "rate":
        return _("out of %(count)s") % words
    return ngettext("%(count)s observation", "%(count)s observations", count) % words


def say_n_at_least(n: float, kind: str) -> str:
    """At least 30 answers: what a window needs before it is judged."""
    if kind == "rate":
        return _("at least %(count)s in all") % {"count": f"{round(n):,}"}
    return _("at least %(n)s") % {"n": say_n(n, kind)}


def say_problem(kind: str, operator: str, metric: str) -> str:
    """The short form of a title: Wait too long, CSAT too low."""
    words = {"metric": metric}
    if operator == "below":
        return _("%(metric)s too low") % words
    if operator == "outside":
        return _("%(metric)s out of range") % words
    if operator == "change_above":
        return _("%(metric)s has jumped") % words
    if operator == "change_below":
        return _("%(metric)s has dropped") % words
    if operator == "drift_down":
        return _("%(metric)s is drifting down") % words
    if operator == "drift_up":
        return _("%(metric)s is drifting up") % words
    if operator != "above":
        return _("%(metric)s: no data") % words
    if kind == "duration":
        return _("%(metric)s too long") % words
    if kind == "count":
        return _("%(metric)s: too many") % words
    return _("%(metric)s too high") % words


def say_aggregate_name(aggregate: Any) -> str:
    """What is computed, for a chart's title and the rule: mean, 90th percentile, share above 30."""
    name, line = split_aggregate(aggregate)
    known = {
        "mean": _("mean"),
        "median": _("median"),
        "p90": _("90th percentile"),
        "p95": _("95th percentile"),
        "sd": _("standard deviation"),
        "min": _("minimum"),
        "max": _("maximum"),
        "sum": _("sum"),
        "count": _("number"),
        "rate": _("rate"),
        "nps": _("NPS"),
        "top_box": _("share of the two highest scores"),
        "share_above": _("share above %(line)s"),
        "share_below": _("share below %(line)s"),
    }
    return known.get(name, name) % {"line": say_number(line)}


def split_aggregate(aggregate: Any) -> tuple[str, float | None]:
    """("p90", None), or ("share_above", 30.0) of {share_above: 30}."""
    if isinstance(aggregate, Mapping) and aggregate:
        name, line = next(iter(aggregate.items()))
        return str(name), float(line)
    return str(aggregate or ""), None


def unit_said(metric: Metric, aggregate: Any) -> str:
    return unit_of(metric.kind, metric.unit, split_aggregate(aggregate)[0])


def _duration_sentence(name: str) -> str:
    return {
        "p90": _("9 of 10 waited up to %(value)s"),
        "p95": _("19 of 20 waited up to %(value)s"),
        "median": _("half waited up to %(value)s"),
        "mean": _("they waited %(value)s on average"),
        "max": _("somebody waited %(value)s"),
        "share_above": _("%(value)s waited more than %(line)s"),
        "share_below": _("%(value)s waited less than %(line)s"),
    }.get(name, "")


def _general_sentence(name: str) -> str:
    return {
        "p90": _("%(metric)s: 9 of 10 up to %(value)s"),
        "p95": _("%(metric)s: 19 of 20 up to %(value)s"),
        "median": _("%(metric)s: half up to %(value)s"),
        "mean": _("%(metric)s: %(value)s on average"),
        "share_above": _("%(metric)s: %(value)s above %(line)s"),
        "share_below": _("%(metric)s: %(value)s below %(line)s"),
        "top_box": _("%(metric)s: %(value)s gave one of the two highest scores"),
        "sd": _("%(metric)s: values spread by %(value)s"),
        "max": _("%(metric)s: at most %(value)s"),
        "min": _("%(metric)s: at least %(value)s"),
    }.get(name, _("%(metric)s: %(value)s"))
