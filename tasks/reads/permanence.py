"""Making a proven fix permanent: the question of a task, and where else its measure may work."""

from collections.abc import Iterator

from cx_loop.models import Series, Touchpoint, Viewer, in_language
from tasks.logic.permanence import Sister
from tasks.models import Offer, Permanence, Task

MOST = 20  # a form need not list a hundred places


def permanence_of(task: Task) -> Permanence | None:
    """The question of the newest proven fix of a task."""
    related = Permanence.objects.select_related("verification", "answered_by")
    return related.filter(task=task).order_by("-pk").first()


def offers_of(permanence: Permanence) -> list[Offer]:
    related = permanence.offers.select_related("touchpoint", "task")
    return list(related.order_by("pk"))


def sisters_of(task: Task, viewer: Viewer | None) -> list[Sister]:
    """Other locations of its touchpoint, then other touchpoints with the metric, nearest first.

    Only what the viewer sees. Two queries, however many there are.
    """
    if task.touchpoint is None or task.metric_id is None or viewer is None:
        return []
    found = [*_locations(task), *_touchpoints(task, viewer)]
    return found[:MOST]


def _locations(task: Task) -> Iterator[Sister]:
    """Where the metric is measured by location, and this fix was judged at some of them only."""
    place = task.touchpoint
    assert place is not None
    newest = task.verifications.order_by("-pk").values_list("series", flat=True).first() or []
    rows = Series.objects.filter(touchpoint=place, metric=task.metric_id).exclude(location="")
    judged = set(rows.filter(pk__in=newest).values_list("location", flat=True))
    names = rows.values_list("location", flat=True).distinct().order_by("location")
    for location in names[: MOST + len(judged)]:
        if location not in judged:
            yield Sister(place.key, in_language(place.name), location)


def _touchpoints(task: Task, viewer: Viewer) -> Iterator[Sister]:
    here = task.touchpoint
    assert here is not None
    measured = Series.objects.filter(metric=task.metric_id).values("touchpoint")
    seen = Touchpoint.objects.in_force().visible_to(viewer).filter(pk__in=measured)
    rows = seen.exclude(pk=here.pk).select_related("stage").order_by("key")[: MOST * 5]
    near = sorted(rows, key=lambda each: (each.stage_id != here.stage_id, each.key))
    for each in near:
        yield Sister(each.key, in_language(each.name) or each.key)
