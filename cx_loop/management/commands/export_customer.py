import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cx_loop import clock
from cx_loop.actions.erasure import export_customer
from cx_loop.models import SYSTEM


class Command(BaseCommand):
    help = "Print everything that is kept of a customer, as JSON, to be handed out to them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", help="the customer, as sent with the observations")

    def handle(self, *args: Any, **options: Any) -> None:
        kept = export_customer(customer=options["reference"], by=SYSTEM, now=clock.now())
        self.stdout.write(json.dumps(kept, indent=1, ensure_ascii=False))
