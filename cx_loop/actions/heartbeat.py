"""Each sweep leaves a sign of life, so that silence can be told from nothing to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

from cx_loop import clock
from cx_loop.models import Heartbeat


@contextmanager
def beat(name: str) -> Iterator[SimpleNamespace]:
    """Note when the block ended well, and how much it handled (`told.handled`)."""
    told = SimpleNamespace(handled=0)
    yield told
    Heartbeat.objects.update_or_create(
        name=name, defaults={"last_ok_at": clock.now(), "handled": told.handled}
    )
