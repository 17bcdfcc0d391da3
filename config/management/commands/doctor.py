from collections.abc import Callable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from config.doctor_checks import checks


class Command(BaseCommand):
    help = "Checks database, broker, clock, mail, public URL, migrations and stuck work."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = sum(self._told(name, check) for name, check in checks.items())
        if wrong:
            raise CommandError(f"{wrong} things need attention", returncode=1)

    def _told(self, name: str, check: Callable[[], Iterator[str]]) -> int:
        """Print one check's findings; how many there are."""
        try:
            findings = list(check())
        except DatabaseError as error:  # the check of the database itself says what to do
            findings = [f"could not look: {str(error).splitlines()[0]}"]
        for finding in findings:
            self.stdout.write(self.style.ERROR(f"{name}: {finding}"))
        if not findings:
            self.stdout.write(f"{name}: ok")
        return len(findings)
