from typing import Any

from django.core.management.base import BaseCommand

from config.retention import prune
from cx_loop import clock


class Command(BaseCommand):
    help = "Delete what is older than the CX_KEEP_… settings say. A job does the same every day."

    def handle(self, *args: Any, **options: Any) -> None:
        for what, count in prune(now=clock.now()).items():
            self.stdout.write(f"{count} {what}")
