from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cx_loop.ingest.recount import recount


class Command(BaseCommand):
    help = "Make the rollups anew from the raw observations, or only compare them (--check)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        different = 0
        for month in recount(rebuild=not options["check"]):
            different += month.different
            self.stdout.write(f"{month.start:%Y-%m}: {month.different} different")
        if different and options["check"]:
            raise CommandError(f"{different} rollups differ; mend them with rebuild_rollups.")
        self.stdout.write("Rollups are what the observations say.")
