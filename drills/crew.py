"""Real worker, beat and engine processes, as `up` starts them, on the servers of the tests."""

import email
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

import redis
from django.conf import settings
from django.db import connection

from config import processes
from config.launch import ROOT

CELERY = [sys.executable, "-m", "celery", "-A", "config.celery"]
QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"]
WORKER = [*CELERY, "worker", "-P", "threads", "-c", "4", *QUIET]
WEB = [
    *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"),
    *("--workers", "2", "--blocking-threads", "8", "--log-level", "warning"),
    "config.wsgi:application",
]
ENGINE = [sys.executable, "manage.py", "engine"]


class Crew:
    """Processes that find the test database (or another); `folder` keeps their logs and the mail
    they send."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.mail, self.log, self.folder = folder / "mail", folder / "log", folder
        self.database = database
        self.at_work: list[subprocess.Popen[bytes]] = []
        self.kills = 0

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *error: object) -> None:
        self.kill()

    @property
    def beat(self) -> list[str]:
        timetable = str(self.folder / "beat-schedule")
        return [*CELERY, "beat", "-l", "WARNING", "--pidfile=", "--schedule", timetable]

    def start(self, *commands: Sequence[str]) -> None:
        for command in commands:
            self.at_work.append(
                processes.start(command, log=self.log, env=self.environment(), cwd=ROOT)
            )

    def run(self, *arguments: str, code: int = 0) -> str:
        """A command of `manage.py` to its end; what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            env=self.environment(),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout.strip()

    def kill(self) -> None:
        """As a power cut would."""
        for process in self.at_work:
            process.send_signal(signal.SIGKILL)
        for process in self.at_work:
            process.wait()
        self.kills += len(self.at_work)
        self.at_work.clear()

    def sent(self) -> Counter[str]:
        """How often each message was sent, by its dedup key."""
        found: Counter[str] = Counter()
        for path in self.mail.glob("*.log"):
            for mail in path.read_text("utf-8").split("-" * 79):
                if key := email.message_from_string(mail.strip())["X-Entity-Ref-ID"]:
                    found["".join(key.split())] += 1
        return found

    def complaints(self) -> str:
        return self.log.read_text("utf-8")

    def environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if name != "CX_EMAIL_URL"}
        return ours | {
            "CX_DATABASE_URL": self.database or _test_database(),
            "CX_MAIL_DIR": str(self.mail),
            "CX_FLOOD_MAILS": "0",  # each mail is counted by itself
            "CX_BOOTSTRAP": "0",
            "CX_SUPERVISED": "1",  # a web worker dies with its server, otherwise it would stay
            "DJANGO_SETTINGS_MODULE": "config.settings.base",
            "PYTHONWARNINGS": "ignore",
        }


def _test_database() -> str:
    said = connection.settings_dict
    who = f"{quote(said['USER'])}:{quote(said['PASSWORD'])}"
    return f"postgres://{who}@{quote(said['HOST'], safe='')}:{said['PORT']}/{said['NAME']}"


def empty_the_broker() -> None:
    with redis.Redis.from_url(settings.BROKER_URL) as client:
        client.flushall()


def wait_until(done: Callable[[], bool], patience: float = 60) -> None:
    end = time.monotonic() + patience
    while not done():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


def deadlocks() -> int:
    """How many PostgreSQL has counted in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
