"""What a task is called, and what has happened."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from alerts.notices import say_breach, say_drift, say_problem
from cx_loop.models import in_language
from cx_loop.models.ahead import Question
from tasks.models import Task


def title_of(task: Task, segments: Mapping[str, str] | None = None) -> str:
    """Boarding · Wait too long (Gold); or what was written by hand.

    Reads `touchpoint` and `metric` of the task. `segments` maps keys to names in the reader's
    language; without it a segment costs one query.
    """
    said = task.title
    if "text" in said:
        return str(said["text"])
    params = said.get("params", {})
    metric = in_language(task.metric.name) if task.metric else ""
    place = in_language(task.touchpoint.name) if task.touchpoint else ""
    kind = task.metric.kind if task.metric else ""
    problem = say_problem(kind, params.get("operator", ""), metric or params.get("metric", ""))
    title = f"{place or params.get('touchpoint', '')} · {problem}"
    names = segment_names() if segments is None and task.segment else segments or {}
    if not task.segment:
        return title
    return _("%(title)s (%(segment)s)") % {
        "title": title,
        "segment": names.get(task.segment, task.segment),
    }


def sentence_of_task(task: Task) -> str:
    """What happened, from the parameters of the title; empty for a task made by hand."""
    params = task.title.get("params")
    if not params or task.metric is None:
        return ""
    if params.get("drift"):
        return say_drift(task.metric, params.get("aggregate"), params["drift"], params.get("n"))
    return say_breach(
        task.metric,
        aggregate=params.get("aggregate"),
        operator=params.get("operator", ""),
        line=params.get("line"),
        value=params.get("value"),
        n=params.get("n"),
    )


_SEGMENTS = Question("SELECT key, name FROM cx_loop_segment")


def segment_names() -> dict[str, str]:
    rows = _SEGMENTS.rows()
    return {row["key"]: in_language(row["name"]) or row["key"] for row in rows}
