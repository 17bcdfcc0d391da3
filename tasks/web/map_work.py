"""What is open at the touchpoints of a journey map: fills the slot of its badges."""

from collections.abc import Sequence

from django.db.models import Count, Min
from django.urls import reverse

from alerts.models import Alert
from cx_loop.models import Touchpoint, Viewer
from cx_loop.ui.slots import WorkAt
from tasks.models import Task


def work_at_touchpoints(touchpoints: Sequence[Touchpoint], viewer: Viewer) -> dict[int, WorkAt]:
    """Two queries, however many touchpoints; of a touchpoint where nothing is open too."""
    if not touchpoints:
        return {}
    alerts = Alert.objects.all().visible_to(viewer).unresolved().filter(touchpoint__in=touchpoints)
    counted = alerts.order_by().values("touchpoint").annotate(n=Count("pk"), worst=Min("severity"))
    heard = {row["touchpoint"]: (row["n"], row["worst"]) for row in counted}
    tasks = Task.objects.all().visible_to(viewer).unclosed().filter(touchpoint__in=touchpoints)
    open_tasks = dict(
        tasks.order_by()
        .values_list("touchpoint")
        .annotate(n=Count("pk"))
        .values_list("touchpoint", "n")
    )
    list_url, queue_url = reverse("alerts:list"), reverse("tasks:queue")
    return {
        each.pk: WorkAt(
            *heard.get(each.pk, (0, 0)),
            alerts_url=f"{list_url}?touchpoint={each.key}",
            tasks=open_tasks.get(each.pk, 0),
            tasks_url=f"{queue_url}?tab=department&touchpoint={each.key}",
            page_url=reverse("alerts:touchpoint", args=[each.key]),
        )
        for each in touchpoints
    }
