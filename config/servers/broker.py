"""A Valkey (or Redis) of our own: carries nudges and the cache, keeps nothing."""

import contextlib
import secrets
import signal
import subprocess
import time
from pathlib import Path

import redis

from config import processes
from config.servers import binaries
from config.servers.postgres import free_port
from config.servers.problems import ServersError


class Broker:
    """A server without a file: what it forgets, the sweep finds again in the database."""

    name = "broker"
    once = False

    def __init__(self, server: binaries.Broker, *, log: Path) -> None:
        self.server, self.log = server, log
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.password = secrets.token_hex(24)

    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.port = self.port or free_port()
        self.process = processes.start(
            [str(self.server.executable), "-"], log=self.log, configuration=self._configuration()
        )

    def _configuration(self) -> str:
        """Given on standard input: an argument would show the password to every user."""
        lines = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "requirepass": self.password,
            "save": '""',
            "appendonly": "no",
            "dir": "/",
            "daemonize": "no",
            "maxmemory": "256mb",
            # the cache gives way, queues (which have no time to live) do not
            "maxmemory-policy": "volatile-lru",
        }
        return "".join(f"{key} {value}\n" for key, value in lines.items())

    def wait(self, patience: float = 20) -> None:
        end = time.monotonic() + patience
        with redis.Redis.from_url(self.url(), socket_timeout=5) as client:
            while True:
                with contextlib.suppress(redis.RedisError):
                    client.ping()
                    return
                if self.process is None or self.process.poll() is not None:
                    raise ServersError(f"the broker ended:\n{processes.last_lines(self.log)}")
                if time.monotonic() > end:
                    raise ServersError(f"the broker does not answer; see {self.log}")
                time.sleep(0.02)

    def stop(self) -> None:
        if self.process is not None:
            processes.stop(self.process, signal.SIGTERM, patience=10)
            self.process = None
