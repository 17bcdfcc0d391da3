from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cx_loop import clock
from cx_loop.actions.sources import address_of, issue_address
from cx_loop.models import SYSTEM, Source


class Command(BaseCommand):
    help = "Print the webhook address of a source: what to paste into the survey tool."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="key of the source")
        parser.add_argument(
            "--renew", action="store_true", help="a new address; the one before ends at once"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source = Source.objects.filter(key=options["source"]).first()
        if source is None:
            known = ", ".join(Source.objects.order_by("key").values_list("key", flat=True))
            raise CommandError(f"There is no source {options['source']}. Known: {known or 'none'}.")
        if options["renew"] or not source.hook_token:
            issue_address(source=source, by=SYSTEM, now=clock.now())
        self.stdout.write(address_of(source))
