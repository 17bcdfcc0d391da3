from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cx_loop import clock
from cx_loop.actions.keys import SCOPES, create_key, expiry_of
from cx_loop.models import Department, Source


class Command(BaseCommand):
    help = "Make an API key and print it once. Without --source it writes to the source api."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument(
            "--scope", action="append", required=True, choices=SCOPES, dest="scopes"
        )
        parser.add_argument("--source", help="key of the source it writes to, made if missing")
        parser.add_argument("--department", help="key of the department it is bound to")

        parser.add_argument("--expires", help="90d, 2027-01-31 or ISO 8601; never, when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        expires_at = None
        if options["expires"]:
            try:
                expires_at = expiry_of(options["expires"], clock.now())
            except ValueError as problem:
                raise CommandError(f"--expires: {problem}") from None
        department = None
        if options["department"]:
            department = Department.objects.in_force().filter(key=options["department"]).first()
            if department is None:
                raise CommandError(f"There is no department {options['department']}.")
        source = None
        if options["source"]:
            source, made = Source.objects.get_or_create(key=options["source"])
            if made:
                self.stderr.write(f"Made the source {source.key}.")
        _, text = create_key(
            name=options["name"],
            scopes=options["scopes"],
            source=source,
            department=department,
            expires_at=expires_at,
        )
        self.stderr.write("Keep this key: it is not shown again.")
        self.stdout.write(text)
