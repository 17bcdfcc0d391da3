"""The Celery app: jobs carry no truth, they only say "look now"."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

app = Celery("cx_loop")
app.config_from_object("config.celery_settings")
app.autodiscover_tasks(["cx_loop", "alerts", "tasks", "config"], related_name="jobs")
