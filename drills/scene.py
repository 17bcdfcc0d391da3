"""A scratch installation: servers of its own, and processes on them that can be killed."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import redis

from config import processes
from config.launch import ROOT
from config.servers import ServersError, binaries
from config.servers.broker import Broker
from config.servers.postgres import Cluster, free_port

QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"]
ENGINE = ["manage.py", "engine"]
WORKER = ["celery", "worker", "-P", "threads", "-c", "4", *QUIET]
SENDER = [*WORKER, "-Q", "notify"]
WEB = [
    *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"),
    *("--workers", "2", "--blocking-threads", "8", "--log-level", "warning"),
    "config.wsgi:application",
]


class Stuck(AssertionError):
    """What a drill waits for did not come."""


@dataclass
class Servers:
    """PostgreSQL, durable as production's because it is going to be killed, and a broker."""

    cluster: Cluster
    broker: Broker
    migrated: bool = False

    def new_database(self, name: str) -> str:
        """A copy of the migrated one; the address of it."""
        with psycopg.connect(self.cluster.url(database="postgres"), autocommit=True) as asked:
            asked.execute(f'DROP DATABASE IF EXISTS "{name}"')
            asked.execute(f'CREATE DATABASE "{name}" TEMPLATE cxl')
        return self.cluster.url(database=name)


@contextlib.contextmanager
def servers(folder: Path) -> Iterator[Servers]:
    """Both, started in `folder`. Raises ServersError where no broker can be had."""
    found = binaries.broker()
    if found is None:
        raise ServersError("a drill needs a Redis-protocol server: install valkey or redis")
    cluster = Cluster(folder / "postgres", log=folder / "postgres.log")
    broker = Broker(found, log=folder / "broker.log")
    try:
        cluster.start()
        broker.start()
        cluster.wait()
        broker.wait()
        yield Servers(cluster, broker)
    finally:
        broker.stop()
        cluster.stop()


class Scene:
    """One drill's database, processes and log. Start it from the main thread, and before other
    threads: what is forked must not inherit their locks."""

    def __init__(
        self, those: Servers, folder: Path, name: str, *, web: bool = False, **environment: str
    ) -> None:
        """`web`: its servers load while the tables are made, which takes the other core."""
        self.cluster, self.broker, self.folder = those.cluster, those.broker, folder
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "log"
        self.kills = self.memory_at_the_end = 0
        self.ended: list[str] = []  # by themselves, which none of them may
        self.port = free_port()
        self.at_work: dict[int, list[str]] = {}
        self.database = those.cluster.url()
        if those.migrated:
            self.database = those.new_database(name)
        self.others: list[subprocess.Popen[bytes]] = []
        self.environment = self._environment() | environment
        self.empty_the_broker()
        self.nursery = subprocess.Popen(
            [sys.executable, "-m", "drills.nursery", str(self.log)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self.environment,
            cwd=ROOT,
            text=True,
        )
        if web:
            self.start_web()
        if not those.migrated:
            self.run("manage.py", "migrate", "-v", "0")

    def __enter__(self) -> "Scene":
        return self

    def __exit__(self, *error: object) -> None:
        assert self.nursery.stdin is not None
        for process in self.others:
            process.kill()
            process.wait()
        self.nursery.stdin.close()
        self.nursery.wait()
        assert self.nursery.stdout is not None
        self.nursery.stdout.close()

    def start(self, *commands: Sequence[str]) -> list[int]:
        pids = [self._ask(start=list(command))["pid"] for command in commands]
        self.at_work |= dict(zip(pids, map(list, commands), strict=True))
        return pids

    def start_web(self) -> None:
        """Two web workers behind one port, which answer some seconds later."""
        command = [*WEB, "--port", str(self.port)]
        self.others.append(
            processes.start(
                command, stop_signal=signal.SIGKILL, log=self.log, env=self.environment, cwd=ROOT
            )
        )

    def run(self, *arguments: str) -> None:
        code = self._ask(run=list(arguments))["code"]
        if code:
            raise Stuck(f"{' '.join(arguments)} ended with {code}: {self.complaints()[-2000:]}")

    def kill(self, pid: int) -> list[str]:
        """kill -9; the command it was."""
        self._ask(kill=pid)
        self.kills += 1
        return self.at_work.pop(pid)

    def memory(self) -> int:
        """Megabytes of all processes at work."""
        pages = 0
        for pid in self.at_work:
            with contextlib.suppress(OSError):
                pages += int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") // 2**20

    def kill_all(self) -> None:
        self.memory_at_the_end = self.memory()
        self.ended += [" ".join(run) for pid, run in self.at_work.items() if _has_ended(pid)]
        for pid in list(self.at_work):
            self.kill(pid)

    def beat(self, name: str = "beat") -> list[str]:
        timetable = str(self.folder / f"{name}-schedule")
        return ["celery", "beat", "-l", "WARNING", "--pidfile=", "--schedule", timetable]

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query gives; nothing for one that gives no rows."""
        with psycopg.connect(self.database) as asked:
            cursor = asked.execute(query, values or None)
            return cursor.fetchall() if cursor.description else []

    def one(self, query: str, values: Sequence[Any] = ()) -> Any:
        return self.rows(query, values)[0][0]

    def wait_until(self, done: Callable[[], bool], patience: float, what: str) -> None:
        end = time.monotonic() + patience
        while not done():
            if time.monotonic() > end:
                said = self.complaints()[-2000:]
                raise Stuck(f"waited {patience:g} s in vain: {what}. {said}".rstrip(". "))
            time.sleep(0.1)

    def crash_the_database(self, pause: float = 0.5) -> None:
        """As `pg_ctl stop -m immediate`: no checkpoint, no good-bye; then up again."""
        assert self.cluster.process is not None
        self.cluster.process.send_signal(signal.SIGQUIT)
        self.cluster.process.wait()
        time.sleep(pause)
        self.cluster.start()
        self.cluster.wait()

    def empty_the_broker(self) -> None:
        with redis.Redis.from_url(self.broker.url()) as client:
            client.flushall()

    def deadlocks(self) -> int:
        """From the log: what PostgreSQL counts itself does not survive a crash."""
        return self.cluster.log.read_text("utf-8", "replace").count("deadlock detected")

    def complaints(self) -> str:
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def _ask(self, **asked: Any) -> dict[str, int]:
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write(json.dumps(asked) + "\n")
        self.nursery.stdin.flush()
        answer = self.nursery.stdout.readline()
        if not answer:
            raise Stuck(f"the nursery ended: {self.complaints()[-2000:]}")
        said: dict[str, int] = json.loads(answer)
        return said

    def _environment(self) -> dict[str, str]:
        ours = {n: v for n, v in os.environ.items() if n not in ("CX_EMAIL_URL", "CX_MAIL_DIR")}
        return ours | {
            "CX_DATABASE_URL": self.database,
            "CX_BROKER_URL": self.broker.url(),
            "CX_DATA_DIR": str(self.folder / "data"),
            "CX_MAIL_DIR": "",
            "CX_FLOOD_MAILS": "0",  # each mail is counted by itself
            "CX_BOOTSTRAP": "0",
            "CX_SCRATCH": "1",
            "CX_SUPERVISED": "1",  # a web worker dies with its server, otherwise it would stay
            "DJANGO_SETTINGS_MODULE": "config.settings.base",
            "PYTHONWARNINGS": "ignore",
        }


def _has_ended(pid: int) -> bool:
    """A child that nobody has waited for yet stays as a zombie."""
    state = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2]
    return state.split()[0] == "Z"
