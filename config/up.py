"""`manage.py up`: database, broker, web, worker and beat in one terminal."""

import argparse
import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from types import FrameType

from config import address, processes
from config.launch import ROOT, data_dir
from config.servers import DataFolder, Servers, ServersError, Started, announce
from config.supervise import Program, Supervisor, say

WEB_THREADS = "8"
WORKER_THREADS = "4"


class Stopped(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal."""


@dataclass
class Up:
    """One run of `up`."""

    options: argparse.Namespace
    folder: DataFolder
    started: Started
    supervisor: Supervisor = field(default_factory=Supervisor)
    shown: str = ""  # log-ins that the terminal already shows

    def run(self) -> int:
        self.begin_servers()
        migrating = self.migrate()
        self.supervisor.start(self.program("web", *self.web_command()))
        self.wait_for_web()
        if migrating and migrating.wait():
            raise ServersError(f"migrate failed:\n{processes.last_lines(self.log('migrate'))}")
        self.note_migrated()
        self.begin_jobs()
        self.announce_ready()
        first_run = self.first_run()
        while self.supervisor.restart_the_dead():
            self.show_logins()  # made at the start of the first run, used while it goes on
            if first_run and first_run.poll() is not None:
                self.after_first_run(first_run.returncode)
                first_run = None
            time.sleep(0.25)
        return 1

    def begin_servers(self) -> None:
        self.started.start()
        self.supervisor.adopt([self.started.cluster, self.started.broker])
        self.started.wait()
        self.started.record(self.folder, command="up")
        announce(
            Servers(self.started.database_url, self.started.broker_url, self.folder.path, "own")
        )
        os.environ |= {"CX_BOOTSTRAP": "0", "DJANGO_SETTINGS_MODULE": "config.settings.base"}
        os.environ |= {"PYTHONUNBUFFERED": "1", "CX_SUPERVISED": "1"}
        for variable, value in address.settings(self.options.host, self.options.port).items():
            os.environ.setdefault(variable, value)
        self.folder.write(public_url=os.environ["CX_PUBLIC_URL"])

    def migrate(self) -> "subprocess.Popen[bytes] | None":
        """Bring the tables up to date; alongside the web server when there is nothing new."""
        program = self.program("migrate", *self.manage("migrate", "--no-input", "-v", "0"))
        program.start()
        assert program.process is not None
        if self.folder.read().get("migrated") == self.migrations():
            return program.process
        if program.process.wait():
            raise ServersError(f"migrate failed:\n{processes.last_lines(program.log)}")
        return None

    def migrations(self) -> str:
        """Changes when a migration, Django, or the database changes."""
        names = sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("*/migrations/*.py"))
        parts = [
            *names,
            metadata.version("django"),
            metadata.version("django-allauth"),  # has tables too
            os.environ["CX_DATABASE_URL"].rpartition("@")[0],
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def note_migrated(self) -> None:
        self.folder.write(migrated=self.migrations())

    def wait_for_web(self) -> None:
        while not address.answers(self.options.bind, self.options.port):
            if not self.supervisor.restart_the_dead():
                raise ServersError("the web server does not start")
            time.sleep(0.05)

    def begin_jobs(self) -> None:
        if not self.started.broker_url:
            say("  no Redis-protocol server here: `engine` runs instead of worker and beat")
            self.supervisor.start(self.program("engine", *self.manage("engine")))
            return
        celery = [sys.executable, "-m", "celery", "-A", "config.celery"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"]
        timetable = str(self.folder.path / "beat-schedule")
        beat = ["beat", "-l", "WARNING", "--pidfile=", "--schedule", timetable]
        work = ["worker", "-P", "threads", "-c", WORKER_THREADS, *quiet]
        self.supervisor.start(self.program("worker", *celery, *work))
        self.supervisor.start(self.program("beat", *celery, *beat))

    def first_run(self) -> "subprocess.Popen[bytes] | None":
        """Fill an empty installation, in the background: the pages already answer.

        The command itself knows whether an organisation exists, and goes on where it was
        interrupted. The demo company goes only into a database of our own.
        """
        if self.started.cluster is None and not self.options.empty:
            return None
        command = self.manage("first_run", *(["--empty"] if self.options.empty else []))
        program = self.program("first-run", *command)
        program.output, program.once = sys.stdout.buffer, True
        self.supervisor.start(program)
        return program.process

    def after_first_run(self, code: int) -> None:
        if code:
            say("the first set-up did not finish (see above); the next start goes on with it")
        self.show_logins()

    def announce_ready(self) -> None:
        url = address.url(self.options.host, self.options.port)
        say(f"  ready at {url}  (Ctrl-C ends it)")
        if self.options.empty:
            say(f"  begin at {url}/start/: from the organisation to the first warning")
        self.show_logins()

    def show_logins(self) -> None:
        path = self.folder.path / "logins.txt"
        with contextlib.suppress(FileNotFoundError):
            text = path.read_text("utf-8").strip()
            if text != self.shown:
                say(f"  log-ins (also in {path}):\n{text}")
            self.shown = text

    def program(self, name: str, *command: str) -> Program:
        return Program(name, list(command), self.log(name), cwd=ROOT)

    def log(self, name: str) -> Path:
        return self.folder.logs / f"{name}.log"

    def manage(self, *arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *arguments]

    def web_command(self) -> list[str]:
        where = ["--host", self.options.bind, "--port", str(self.options.port)]
        how = ["--interface", "wsgi", "--http", "1", "--no-ws", "--workers", "1"]
        threads = ["--blocking-threads", WEB_THREADS, "--workers-kill-timeout", "5"]
        talk = ["--log-level", "warning"]
        program = [sys.executable, "-m", "granian", *where, *how, *threads, *talk]
        return [*program, "config.wsgi:application"]


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    options.bind, options.port = address.check(options.host, options.port)
    folder = DataFolder(data_dir())
    folder.make()
    if not folder.hold():
        raise ServersError(
            f"{folder.path} is in use by {folder.holder()}; end that, or use another --data-dir"
        )
    say(f"CX Loop starts; its data are in {folder.path}")
    up: Up | None = None
    with _stoppable():
        try:
            up = Up(options, folder, Started.of(folder))
            return up.run()
        except Stopped:
            say("  stopping")
            return 0
        finally:
            _deaf_to_signals()
            if up is not None:
                folder.write(running=None)
                up.supervisor.stop()
                up.started.stop()
            folder.release()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="manage.py up", description="Start everything; Ctrl-C ends everything."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="0 takes any free one")
    parser.add_argument(
        "--empty", action="store_true", help="one admin instead of the demo company"
    )
    parser.add_argument("--data-dir", help="where everything is kept (CX_DATA_DIR, default .data)")
    return parser


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        _deaf_to_signals()
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays nohup
            signal.signal(number, stop)
    yield


def _deaf_to_signals() -> None:
    """A second Ctrl-C must not interrupt the clean stop of the database."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
