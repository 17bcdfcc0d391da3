from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cx_loop import clock
from cx_loop.actions.messages import CannotSend, send_test
from cx_loop.messaging.door import Unreachable
from cx_loop.messaging.endpoints import endpoint_of


class Command(BaseCommand):
    help = "Sends one message at once, to a mail address or to an https:// webhook or chat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")

    def handle(self, *args: Any, **options: Any) -> None:
        address, now = options["address"], clock.now()
        try:
            if "://" in address:
                send_test(endpoint=endpoint_of(address, now=now), now=now)
            else:
                send_test(address=address, now=now)
        except (CannotSend, Unreachable, ValueError) as error:
            raise CommandError(f"it was not sent: {error}") from None
        self.stdout.write("taken by the other side")
