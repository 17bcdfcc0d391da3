"""Keeps a handful of processes running, and ends them all together."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from config import processes

TRIES = 5
WITHIN = 300.0  # seconds in which so many restarts are hopeless


class Service(Protocol):
    """Anything that runs: our own programs, the database, the broker."""

    name: str
    log: Path
    once: bool  # does its work and ends
    process: "subprocess.Popen[bytes] | None"

    def start(self) -> None: ...

    def stop(self) -> None: ...


@dataclass
class Program:
    """One of our own processes; `patience` is how many seconds it has to end by itself."""

    name: str
    command: list[str]
    log: Path
    cwd: Path
    patience: float = 10.0
    output: IO[bytes] | None = None  # instead of the log
    once: bool = False
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        self.process = processes.start(self.command, log=self.output or self.log, cwd=self.cwd)

    def stop(self) -> None:
        if self.process is not None:
            processes.stop(self.process, signal.SIGTERM, self.patience)
            self.process = None


@dataclass
class Supervisor:
    """Started in order, stopped in the reverse order, restarted when they die."""

    services: list[Service] = field(default_factory=list)
    deaths: dict[str, list[float]] = field(default_factory=dict)

    def start(self, service: Service) -> None:
        self.services.append(service)
        service.start()

    def adopt(self, services: Iterable[Service | None]) -> None:
        """Watch what already runs."""
        self.services += [service for service in services if service is not None]

    def restart_the_dead(self) -> bool:
        """Look once; False when one dies again and again."""
        for service in self.services:
            if service.once or service.process is None or service.process.poll() is None:
                continue
            recent = [t for t in self.deaths.get(service.name, []) if t > time.monotonic() - WITHIN]
            self.deaths[service.name] = [*recent, time.monotonic()]
            say(
                f"{service.name} ended with code {service.process.returncode}; the last lines of "
                f"{service.log}:\n{processes.last_lines(service.log)}"
            )
            if len(recent) >= TRIES:
                say(f"{service.name} ended {TRIES + 1} times; giving up")
                return False
            time.sleep(min(len(recent), TRIES))
            say(f"starting {service.name} again ({len(recent) + 1} of {TRIES})")
            service.start()
        return True

    def stop(self) -> None:
        """Ask our programs together, so that they end together; servers follow one by one."""
        for service in self.services:
            if isinstance(service, Program) and service.process and service.process.poll() is None:
                service.process.terminate()
        for service in reversed(self.services):
            service.stop()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
