"""The Celery app: jobs carry no truth, they only say "look now"."""

import os

from celery import Celery, signals

from config.timeouts import limit_sessions

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

app = Celery("cx_loop")
app.config_from_object("config.celery_settings")
app.autodiscover_tasks(["cx_loop", "alerts", "tasks", "config"], related_name="jobs")


@signals.worker_init.connect(dispatch_uid="timeouts")  # type: ignore[untyped-decorator]
def _limit_sessions(**said: object) -> None:
    """Before the pool starts, so that processes and threads alike have the limits."""
    limit_sessions()
