import logging
import os
import signal
import threading
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, close_old_connections

from config.engine import do_everything_due
from config.sender import Sender
from config.timeouts import limit_sessions
from cx_loop import clock
from tasks.actions.sweep import AT_ONCE

log = logging.getLogger(__name__)

PAUSE = 2.0  # seconds between two passes


class Command(BaseCommand):
    help = "The sweep that does everything due: evaluate, escalate, verify, deliver."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="until nothing is due, then end")
        parser.add_argument("--now", help="a virtual time (ISO 8601); scratch installations only")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["now"]:
            if not options["once"] or not os.environ.get("CX_SCRATCH"):
                raise CommandError("--now goes with --once, and only in a scratch installation")
            with clock.set_to(_moment(options["now"])):
                self._until_nothing_is_due()
        elif options["once"]:
            self._until_nothing_is_due()
        else:
            self._for_ever()

    def _until_nothing_is_due(self) -> None:
        while any((handled := do_everything_due(now=clock.now())).values()):
            self.stdout.write(" ".join(f"{name}={count}" for name, count in handled.items()))

    def _for_ever(self) -> None:
        """Until it is told to end: the pass that runs and the message under way are finished."""
        limit_sessions()
        ended = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: ended.set())
        sender = Sender()
        sender.start()
        try:
            while not ended.is_set():
                if self._swept() < AT_ONCE:  # otherwise more is due, and 10,000 would take minutes
                    ended.wait(PAUSE)
        finally:
            sender.stop()

    def _swept(self) -> int:
        try:
            return do_everything_due(now=clock.now(), deliver_too=False).get("sweep", 0)
        except OperationalError as problem:
            self.stderr.write(f"database: {problem}".strip())
            return 0
        except Exception:
            # the rest of the pass is done, and comes again; deadlines do not wait for what fails
            log.exception("a pass went wrong in parts")
            return 0
        finally:
            close_old_connections()


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is not a time such as 2026-11-21T09:00:00+08:00") from None
    if moment.tzinfo is None:
        raise CommandError(f"{text!r} has no offset; write for example {text}+08:00")
    return moment
