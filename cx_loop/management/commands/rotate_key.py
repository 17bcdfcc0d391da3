from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cx_loop import clock
from cx_loop.actions.keys import OVERLAP, expiry_of, rotate_key
from cx_loop.models import SYSTEM, ApiKey


class Command(BaseCommand):
    help = "Print a second API key that may do what the first may; the first ends after a while."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix", help="what stands between the first two _ of the key")
        parser.add_argument("--overlap", default=f"{OVERLAP.days}d", help="both work: 7d")

    def handle(self, *args: Any, **options: Any) -> None:
        key, now = ApiKey.objects.filter(prefix=options["prefix"]).first(), clock.now()
        if key is None:
            raise CommandError(f"There is no key {options['prefix']}.")
        try:
            overlap = expiry_of(options["overlap"], now) - now
            _, text = rotate_key(key=key, by=SYSTEM, now=now, overlap=overlap)
        except ValueError as problem:
            raise CommandError(str(problem)) from None
        self.stderr.write(f"{key} ends at {key.expires_at}. Keep the new one: shown only now.")
        self.stdout.write(text)
