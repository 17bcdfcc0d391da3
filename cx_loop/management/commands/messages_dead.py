from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cx_loop import clock
from cx_loop.actions.messages import retry_dead
from cx_loop.models import SYSTEM, Message

MOST_SHOWN = 100


class Command(BaseCommand):
    help = "Lists the messages that could not be sent; with --retry they are tried again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--retry", action="store_true", help="send them anew")
        parser.add_argument("--channel", choices=["email", "webhook", "chat"])

    def handle(self, *args: Any, **options: Any) -> None:
        dead = Message.objects.dead()
        if options["channel"]:
            dead = dead.filter(channel=options["channel"])
        if options["retry"]:
            count = retry_dead(dead, by=SYSTEM, now=clock.now())
            self.stdout.write(f"{count} messages will be sent again")
            return
        for message in dead.order_by("-created_at", "-pk")[:MOST_SHOWN]:
            self.stdout.write(
                f"{message.pk}\t{message.created_at:%Y-%m-%d %H:%M}\t{message.channel}\t"
                f"{message.recipient}\t{message.attempts} attempts\t{message.last_error}"
            )
        self.stdout.write(f"{dead.count()} dead letters")
