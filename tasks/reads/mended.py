"""What was mended along a journey, as far as everybody may read it."""

from django.db.models import QuerySet

from cx_loop.models import Journey
from tasks.logic.telling import GOOD
from tasks.models import Mended, Task

SHOWN = 50  # of a public page, the latest


def public_journey(key: str) -> Journey | None:
    """A journey in force whose page an admin has switched on."""
    return Journey.objects.filter(key=key, retired_at=None, public_page=True).first()


def released_for(journey: Journey) -> QuerySet[Mended]:
    """Released sentences, the latest first. What came back since is not shown as mended."""
    holding = Mended.objects.filter(
        released_at__isnull=False,
        task__state=Task.State.CLOSED,
        task__resolution__in=GOOD,
        task__touchpoint__stage__journey=journey,
    )
    related = holding.select_related("task__touchpoint__stage", "released_by")
    return related.order_by("-released_at", "-pk")
