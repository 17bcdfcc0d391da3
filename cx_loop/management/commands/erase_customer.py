from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cx_loop import clock
from cx_loop.actions.erasure import erase_customer
from cx_loop.models import SYSTEM


class Command(BaseCommand):
    help = (
        "Erase a customer: everything sent with this reference leaves figures, rollups and "
        "comments, and rules are judged again. Cannot be taken back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", help="the customer, as sent with the observations")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["yes"] and not _is_meant():
            raise CommandError("Nothing was erased; --yes does not ask.")
        gone = erase_customer(customer=options["reference"], by=SYSTEM, now=clock.now())
        self.stdout.write(f"Erased {gone.removed} observations.")


def _is_meant() -> bool:
    try:
        return input("Erase for good? Type yes: ").strip() == "yes"
    except EOFError:  # nobody is there to ask
        return False
