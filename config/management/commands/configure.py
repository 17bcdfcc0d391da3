"""`manage.py configure FILE.yaml`: configuration as code, all of it or nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.configuration import (
    Changes,
    ConfigurationRefused,
    apply_configuration,
    check_configuration,
)
from cx_loop import clock


class Command(BaseCommand):
    help = "Applies configuration as code, idempotently, in one transaction."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a YAML file; docs/configuration.md lists keys")
        parser.add_argument("--check", action="store_true", help="say what would change, no more")
        parser.add_argument(
            "--prune", action="store_true", help="retire what the file's sections leave out"
        )
        parser.add_argument(
            "--overwrite", action="store_true", help="write over edits made in pages"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        said = {"overwrite": options["overwrite"], "prune": options["prune"]}
        try:
            if options["check"]:
                changes = check_configuration(options["file"], **said)
            else:
                changes = apply_configuration(options["file"], now=clock.now(), **said)
        except ConfigurationRefused as refused:
            count = len(refused.refusals)
            reasons = "1 reason" if count == 1 else f"{count} reasons"
            raise CommandError(f"{refused}\nrefused for {reasons}, nothing changed") from None
        self._say(changes, checked_only=options["check"])

    def _say(self, changes: Changes, *, checked_only: bool) -> None:
        self.stdout.write(str(changes))
        if not checked_only:
            return
        if changes:
            self.stdout.write("would change, nothing written")
        for path, line in changes.unused.items():
            self.stdout.write(f"not used yet: {path} (line {line})")
