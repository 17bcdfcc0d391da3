from datetime import datetime

from cx_loop.models import Heartbeat


def keep(*, name: str, now: datetime, handled: int = 0) -> None:
    """Say that the sweep `name` ended well; health and `doctor` look at it."""
    Heartbeat.objects.update_or_create(name=name, defaults={"last_ok_at": now, "handled": handled})
