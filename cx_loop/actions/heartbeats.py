from datetime import datetime

from cx_loop.models import Heartbeat


def keep(*, name: str, now: datetime, handled: int = 0) -> None:
    """Say that the sweep `name` ended well; health and `doctor` look at it."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, last_ok_at=now, handled=handled)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["last_ok_at", "handled"],
    )
