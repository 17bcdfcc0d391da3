"""Configuration as code: which single answers put a customer on a list."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from cx_loop.actions.configure.kinds import Draft, Kind, Wanted, entry_of, keys_of, retired
from cx_loop.actions.configure.metrics import scale_of
from cx_loop.logic.configuration.differences import Form
from cx_loop.logic.configuration.tree import Node
from cx_loop.logic.working_time import parse_span
from cx_loop.models import Actor, Metric
from tasks.logic.recovery import WITHIN, parse_each, why_idle
from tasks.models import RecoveryRule


def _read(draft: Draft, file: Node) -> Iterator[Wanted]:
    for node in file.at("recovery").items:
        key = draft.claim("recovery", node)
        if key is None:
            continue
        each: dict[str, float] = {
            name: float(node.at("each").value(name))
            for name in ("below", "above")
            if name in node.at("each").fields
        }
        within = node.value("contact_within", WITHIN)
        metric = draft.form("metric", node.value("metric"))
        try:
            line = parse_each(each)
            parse_span(within)
        except ValueError as refusal:
            draft.report.refuse(node.at("each"), str(refusal))
            continue
        if metric and (reason := why_idle(line, scale_of(metric))):
            draft.report.refuse(node.at("each"), reason)
            continue
        yield Wanted(
            key,
            {
                "metric": node.value("metric"),
                "touchpoints": keys_of(node.value("touchpoints", [])),
                "each": each,
                "within": within,
                "retired": False,
            },
            node,
        )


def _current() -> dict[str, Form]:
    return {
        row.key: {
            "metric": row.metric.key,
            "touchpoints": row.touchpoints,
            "each": row.each,
            "within": row.within,
            "retired": row.retired_at is not None,
        }
        for row in RecoveryRule.objects.select_related("metric")
    }


def save_recovery_rule(*, wanted: Wanted, by: Actor, now: datetime) -> RecoveryRule:
    form = wanted.form
    saved, _made = RecoveryRule.objects.update_or_create(
        key=wanted.key,
        defaults={
            "metric": Metric.objects.get(key=form["metric"]),
            "touchpoints": form["touchpoints"],
            "each": form["each"],
            "within": form["within"],
            "retired_at": None,
        },
    )
    return saved


def _depends_on(form: Form) -> Iterable[tuple[str, str]]:
    yield "metric", form["metric"]
    yield from (("touchpoint", key) for key in form["touchpoints"])


def _entry(key: str, form: Form) -> Form:
    within = {"contact_within": form["within"]}
    return entry_of(key, {**{name: form[name] for name in form if name != "within"}, **within})


RECOVERY = Kind(
    "recovery",
    "recovery",
    _read,
    _current,
    save_recovery_rule,
    retired(RecoveryRule),
    depends_on=_depends_on,
    entry=_entry,
)
