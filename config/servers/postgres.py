"""A PostgreSQL of our own: made once, started as a child, stopped with us."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import psycopg
from psycopg import sql

from config import processes
from config.servers import binaries
from config.servers.problems import ServersError

NAME = "cxl"
ADMIN = "postgres"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "autovacuum_naptime": "15s",
    "autovacuum_vacuum_scale_factor": "0.05",
    "autovacuum_analyze_scale_factor": "0.05",
    "autovacuum_vacuum_insert_scale_factor": "0.1",
    # parallel workers share memory in /dev/shm, which containers keep too small for them
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "warning",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
LEAST, MOST = 128, 1024  # MB of shared_buffers


def memory() -> int:
    """Bytes this machine has, or the container it is, where that is told."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):  # "max" is no number
        return min(machine, int(Path("/sys/fs/cgroup/memory.max").read_text("ascii")))
    return machine


def buffers_of(memory: int) -> int:
    """Megabytes of `memory` bytes for PostgreSQL's own cache: an eighth.

    Where the rollups do not fit, a window of thirty days takes a third longer.
    """
    return min(max(LEAST, memory // 8 // 2**20), MOST)


class Cluster:
    """One data folder with its server; `folder` need not exist yet."""

    name = "database"
    once = False

    def __init__(self, folder: Path, *, log: Path, durable: bool = True) -> None:
        self.folder, self.log, self.durable = folder, log, durable
        self.data = folder / "data"
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.as_nobody = os.geteuid() == 0
        self.binaries = binaries.postgres(self.made_by())
        if self.as_nobody:
            _check_nobody()
            self.binaries = binaries.readable_by_nobody(self.binaries)

    def made_by(self) -> int | None:
        """Major version of the server that made the data, None when there are none yet."""
        with contextlib.suppress(FileNotFoundError):
            return int((self.data / "PG_VERSION").read_text("ascii"))
        return None

    def create(self) -> None:
        """initdb into a folder beside, then rename: an interrupted first start leaves no half."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in self.folder.glob("new-*"):
            shutil.rmtree(left, ignore_errors=True)
        made = self.folder / f"new-{secrets.token_hex(4)}"
        made.mkdir(mode=0o700)
        if self.as_nobody:
            nobody = pwd.getpwnam("nobody")
            os.chown(made, nobody.pw_uid, nobody.pw_gid)
        options = ["-U", ADMIN, "-A", "scram-sha-256", "-E", "UTF8", *self._locale()]
        options += ["--pwfile", "/dev/stdin"]
        options += [] if self.durable else ["--no-sync"]
        child = self._run("initdb", made, *options, configuration=self.password())
        if child.wait():
            raise ServersError(f"initdb failed:\n{processes.last_lines(self.log)}")
        made.rename(self.data)

    def start(self) -> None:
        """Start the server; `wait` waits until it answers."""
        if self.made_by() is None:
            self.create()
        self._check_owner()
        self._clear_leftovers()
        self.port = self.port or free_port()
        settings = SETTINGS | (
            {"shared_buffers": f"{buffers_of(memory())}MB"} if self.durable else FORGETFUL
        )
        given = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self.process = self._run("postgres", self.data, "-p", str(self.port), *given)

    def wait(self, patience: float = 120) -> None:
        """Wait until it answers (crash recovery may take a while); make our database if absent."""
        end = time.monotonic() + patience
        while True:
            problem = self._try()
            if not problem:
                return
            if self.process is None or self.process.poll() is not None:
                raise ServersError(f"PostgreSQL ended:\n{processes.last_lines(self.log)}")
            if time.monotonic() > end:
                raise ServersError(f"PostgreSQL does not answer ({problem}); see {self.log}")
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process is not None:
            processes.stop(self.process, signal.SIGINT, patience=30)
            self.process = None

    def url(self, user: str = NAME, database: str = NAME) -> str:
        return f"postgres://{user}:{self.password()}@127.0.0.1:{self.port}/{database}"

    def password(self) -> str:
        """Made once, kept beside the data with mode 0600; hexadecimal, so safe inside a URL."""
        path = self.folder / "password"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(24), "ascii")
        return path.read_text("ascii")

    def _try(self) -> str:
        """'' when our database answers, else what is in the way."""
        try:
            psycopg.connect(self.url(), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            text = str(error)
            if "password authentication failed" in text or "does not exist" in text:
                self._make_database()
            return text
        return ""

    def _make_database(self) -> None:
        """Our role owns its database and may make others (tests do), but is no superuser."""
        try:
            connection = psycopg.connect(self.url(ADMIN, ADMIN), autocommit=True)
        except psycopg.OperationalError as error:
            raise ServersError(
                f"the password in {self.folder / 'password'} does not open the database beside it"
            ) from error
        with connection:
            role = sql.Identifier(NAME)
            if not connection.execute("select from pg_roles where rolname = %s", [NAME]).rowcount:
                connection.execute(
                    sql.SQL("create role {} login createdb password {}").format(
                        role, sql.Literal(self.password())
                    )
                )
            if not connection.execute(
                "select from pg_database where datname = %s", [NAME]
            ).rowcount:
                connection.execute(sql.SQL("create database {0} owner {0}").format(role))

    def _run(
        self, program: str, data: Path, *options: str, configuration: str = ""
    ) -> "subprocess.Popen[bytes]":
        """Start a program on a data folder.

        PostgreSQL refuses root, and user nobody cannot walk to a folder below a home of mode 0700.
        It need not: it gets the folder as an open file, and by /proc/self/fd the kernel lets it in
        without looking at what lies above.
        """
        held = os.open(data, os.O_RDONLY | os.O_DIRECTORY) if self.as_nobody else -1
        try:
            return processes.start(
                [
                    str(self.binaries.folder / program),
                    *("-D", f"/proc/self/fd/{held}" if self.as_nobody else str(data)),
                    *options,
                ],
                # fast shutdown: it rolls back, writes a checkpoint and ends, without asking clients
                stop_signal=signal.SIGINT,
                log=self.log,
                cwd=Path("/"),
                env=_plain_environment(),
                unprivileged=self.as_nobody,
                configuration=configuration,
                pass_fds=[held] if self.as_nobody else [],
            )
        finally:
            if self.as_nobody:
                os.close(held)

    def _locale(self) -> list[str]:
        """UTF-8 rules that do not depend on what locales the machine has."""
        if self.binaries.major >= 17:
            return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return ["--locale=C.UTF-8"]

    def _check_owner(self) -> None:
        owner = self.data.stat().st_uid
        wanted = pwd.getpwnam("nobody").pw_uid if self.as_nobody else os.geteuid()
        if owner != wanted:
            raise ServersError(
                f"the database in {self.data} belongs to user id {owner}, so only the user who "
                "made it can start it (one made by root belongs to nobody); use another --data-dir"
            )

    def _clear_leftovers(self) -> None:
        """After kill -9: let the old server end; forget its pid if that is another's by now.

        PostgreSQL itself forgets the pid of a process that is gone. One that the system gave to
        somebody else would block the start for ever (in a container pids come back quickly).
        The file is left alone while any process works in the data: it is their interlock.
        """
        left = self.data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            pid = int(left.read_text("utf-8", errors="replace").split()[0])
            end = time.monotonic() + 20
            while processes.working_in(self.data):
                if time.monotonic() > end:
                    raise ServersError(
                        f"another PostgreSQL (process {pid}) still works in {self.data}; end it"
                    )
                time.sleep(0.05)
            if processes.LINUX and processes.alive(pid):
                left.unlink()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _check_nobody() -> None:
    try:
        pwd.getpwnam("nobody")
    except KeyError:
        raise ServersError(
            "PostgreSQL does not run as root and this system has no user nobody to run it as; "
            "start as an ordinary user, or set CX_DATABASE_URL"
        ) from None
    if not processes.LINUX:
        raise ServersError("start as an ordinary user: PostgreSQL does not run as root")


def _plain_environment() -> dict[str, str]:
    """Without PG* variables, which would bend where the server looks and what it calls itself."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_"))}
    return kept | {"LC_ALL": "C"}
