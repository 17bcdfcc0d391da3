"""The web server of an installation, started for the bench."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException

from bench.machine import broker_process, cpu_of, database_process
from config import processes
from config.env import env
from config.launch import ROOT
from config.servers.postgres import free_port

THREADS = "8"  # as `up` has it


class Web:
    """A running server and everything that works for it."""

    def __init__(self, port: int, pid: int) -> None:
        self.port = port
        self._roots = {"app": pid, "database": database_process(), "broker": broker_process()}

    def cpu(self) -> dict[str, float]:
        """Microseconds of processor time up to now: application, database, broker."""
        return {name: cpu_of(pid) for name, pid in self._roots.items()}


@contextlib.contextmanager
def web(workers: int) -> Iterator[Web]:
    port = free_port()
    process = processes.start(
        [
            *(sys.executable, "-m", "granian", "--host", "127.0.0.1", "--port", str(port)),
            *("--interface", "wsgi", "--http", "1", "--no-ws", "--workers", str(workers)),
            *("--blocking-threads", THREADS, "--log-level", "warning"),
            "config.wsgi:application",
        ],
        env=os.environ | _environment(),
        cwd=ROOT,
    )
    try:
        for _ in range(20 * workers):  # the kernel deals connections out to the workers
            _wait(port)
        yield Web(port, process.pid)
    finally:
        processes.stop(process, 15, patience=10)


def _environment() -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "CX_SUPERVISED": "1",
        "CX_INGEST_RATE": "1000000000",  # what a caller may do is not what is measured
        "CX_DATABASE_URL": env.str("CX_DATABASE_URL"),
    }


def _wait(port: int, patience: float = 60) -> None:
    end = time.monotonic() + patience
    while True:
        with (
            contextlib.suppress(OSError, HTTPException),
            contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=10)) as http,
        ):
            http.request("POST", "/bench/null/")
            if http.getresponse().status == 200:
                return
        if time.monotonic() > end:
            raise RuntimeError("the web server does not answer")
        time.sleep(0.1)
