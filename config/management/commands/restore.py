from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.backup import BackupError, restore


class Command(BaseCommand):
    help = (
        "Restore a backup into an empty installation: a --data-dir that is not there yet, or an"
        " empty database in CX_DATABASE_URL. Checked afterwards."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = restore(options["file"])
        except BackupError as problem:
            raise CommandError(str(problem)) from None
        rows = sum(manifest["rows"].values())
        self.stdout.write(f"Restored what was made at {manifest['made_at']}: {rows} rows, checked.")
