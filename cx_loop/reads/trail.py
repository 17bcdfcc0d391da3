"""Who changed what of a configured thing, and when."""

from collections.abc import Sequence

from cx_loop.models import Activity


def trail_of(kind: str, pk: int, *, most: int = 20) -> Sequence[Activity]:
    """The newest changes of a configured object, newest first."""
    found = Activity.objects.filter(subject=kind, subject_id=pk, verb="configured")
    return list(found.select_related("user", "key").order_by("-at", "-id")[:most])
