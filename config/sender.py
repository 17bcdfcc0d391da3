"""What is sent and asked for beside the sweeps of `engine`: whoever hangs when written to holds up
no deadline."""

import logging
import threading

from django.db import OperationalError, connection

from cx_loop import clock
from cx_loop.actions import heartbeats
from cx_loop.actions.exclusive import past_is_lived
from cx_loop.ingest.asking import ask_due
from cx_loop.messaging.outbox import AT_ONCE, deliver

log = logging.getLogger(__name__)

PAUSE = 2.0  # seconds between two looks
LAST = 8.0  # seconds for what is being sent when it is to end; it is killed after ten


class Sender:
    """One thread that delivers, one message after the other, until it is told to end."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        # a daemon, otherwise a server that hangs would keep the process from ending
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> bool:
        """Take nothing new, let what is under way be settled; whether it was in time."""
        self._ended.set()
        self._thread.join(LAST)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while not self._ended.is_set():
                if self._look() < AT_ONCE:
                    self._ended.wait(PAUSE)
        finally:
            connection.close()

    def _look(self) -> int:
        try:
            if past_is_lived():
                return 0
            now = clock.now()
            sent = deliver(now, ended=self._ended.is_set)
            heartbeats.keep(name="deliver", now=now, handled=sent)
            ask_due(now=now, ended=self._ended.is_set)
        except OperationalError as problem:
            log.warning("nothing is delivered without the database: %s", str(problem).strip())
        except Exception:
            # otherwise one message that cannot be read would end all delivery
            log.exception("delivery failed and is tried again")
        else:
            return sent
        connection.close()
        return 0
