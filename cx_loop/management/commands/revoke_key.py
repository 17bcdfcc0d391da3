from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cx_loop import clock
from cx_loop.actions.keys import revoke_key
from cx_loop.models import SYSTEM, ApiKey


class Command(BaseCommand):
    help = "Revoke an API key: nothing works with it from the next request on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix", help="what stands between the first two _ of the key")

    def handle(self, *args: Any, **options: Any) -> None:
        key = ApiKey.objects.filter(prefix=options["prefix"]).first()
        if key is None:
            raise CommandError(f"There is no key {options['prefix']}.")
        if not revoke_key(key=key, by=SYSTEM, now=clock.now()):
            raise CommandError(f"{key} was revoked before.")
        self.stdout.write(f"Revoked {key}.")
