from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.backup import BackupError, back_up
from cx_loop import clock


class Command(BaseCommand):
    help = (
        "Write a consistent backup into one file, also while everything runs. It holds the"
        " secrets of the data folder too: keep it as you would keep a password."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = back_up(options["file"], now=clock.now())
        except BackupError as problem:
            raise CommandError(str(problem)) from None
        rows = sum(manifest["rows"].values())
        self.stdout.write(f"{options['file']}: {rows} rows of {len(manifest['rows'])} tables")
