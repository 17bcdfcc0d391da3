"""The Celery app: jobs carry no truth, they only say "look now"."""

import os
from typing import Any

from celery import Celery, signals
from kombu.transport import redis as transport
from redis.exceptions import ConnectionError as Gone

from config.timeouts import limit_sessions

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")


class Channel(transport.Channel):
    """Kombu's, that says in a way it is listened to when the connection behind it is gone.

    With a job in hand as the broker stopped, its own failed for want of an attribute when it was
    closed, which nobody expects of it: the worker ended instead of looking for the broker.
    """

    def _connparams(self, asynchronous: bool = False) -> Any:
        if self.connection.client is None:
            raise Gone("the connection was closed")
        return super()._connparams(asynchronous)  # type: ignore[no-untyped-call]


transport.Transport.Channel = Channel

app = Celery("cx_loop")
app.config_from_object("config.celery_settings")
app.autodiscover_tasks(["cx_loop", "alerts", "tasks", "config"], related_name="jobs")


@signals.worker_init.connect(dispatch_uid="timeouts")  # type: ignore[untyped-decorator]
def _limit_sessions(**said: object) -> None:
    """Before the pool starts, so that processes and threads alike have the limits."""
    limit_sessions()
