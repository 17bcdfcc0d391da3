"""The database and the broker a command works with.

CX_DATABASE_URL and CX_BROKER_URL decide when they are set. Otherwise a running `up` of the same
data folder lends its servers, and when none runs they are started for the command's own duration.

    with servers.running(data_dir) as those: …      # what every ordinary command uses
    with servers.scratch() as those: …              # empty ones, gone afterwards; never CX_*_URL

Both put the addresses into the environment, so enter them before Django's settings are loaded.
"""

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.servers.binaries import tool
from config.servers.folder import DataFolder
from config.servers.problems import THREE_WAYS, ServersError
from config.servers.started import Started

__all__ = [
    "DataFolder",
    "Servers",
    "ServersError",
    "Started",
    "announce",
    "running",
    "scratch",
    "tool",
]


@dataclass(frozen=True)
class Servers:
    """Where to reach them; `broker_url` is '' where no broker can be had."""

    database_url: str
    broker_url: str
    data_dir: Path
    origin: str  # "given", "up" (borrowed), "own" (started here) or "scratch"
    admin_url: str = ""  # superuser, only of servers of our own


def announce(those: Servers) -> None:
    """Tell this process and its children.

    Mail of an installation that was given no mail server is kept as files in its data folder.
    """
    os.environ["CX_DATABASE_URL"] = those.database_url
    os.environ["CX_DATA_DIR"] = str(those.data_dir)
    if those.broker_url:
        os.environ["CX_BROKER_URL"] = those.broker_url
    else:
        os.environ.pop("CX_BROKER_URL", None)
    if those.origin != "given" and not os.environ.get("CX_EMAIL_URL"):
        os.environ.setdefault("CX_MAIL_DIR", str(those.data_dir / "mail"))


@contextlib.contextmanager
def running(data_dir: Path, *, create: bool = False, broker: bool = True) -> Iterator[Servers]:
    """Servers of an installation. Raises ServersError when the folder was never set up."""
    given = os.environ.get("CX_DATABASE_URL", "")
    if given:
        those = Servers(given, os.environ.get("CX_BROKER_URL", ""), data_dir, "given")
        announce(those)
        yield those
        return
    folder = DataFolder(data_dir)
    if not folder.is_set_up() and not create:
        raise ServersError(
            f"nothing was set up in {data_dir} yet; run `manage.py up` once, name the folder with "
            "--data-dir, or set CX_DATABASE_URL"
        )
    folder.make()
    if address := folder.read().get("public_url"):  # otherwise links lead to the default port
        os.environ.setdefault("CX_PUBLIC_URL", address)
    if folder.hold():
        with _own(folder, broker=broker) as those:
            yield those
    else:
        with folder.join() as said:
            lent = os.environ.get("CX_BROKER_URL") or said["broker_url"]
            those = Servers(said["database_url"], lent, data_dir, "up", said["admin_url"])
            announce(those)
            yield those


@contextlib.contextmanager
def _own(folder: DataFolder, *, broker: bool) -> Iterator[Servers]:
    started = Started.of(folder, broker=broker)
    try:
        started.start()
        started.wait()
        those = Servers(
            started.database_url, started.broker_url, folder.path, "own", started.admin_url
        )
        announce(those)
        started.record(folder, command=" ".join(sys.argv[1:2]) or "a command")
        yield those
    finally:
        folder.write(running=None)
        folder.wait_for_users()
        started.stop()
        folder.release()


@contextlib.contextmanager
def scratch(*, durable: bool = False) -> Iterator[Servers]:
    """Empty servers in a temporary folder, whatever CX_*_URL say; both are needed.

    `durable=False` leaves fsync off: right for tests, wrong for anything that measures writes.
    """
    for variable in ("CX_DATABASE_URL", "CX_BROKER_URL"):
        os.environ.pop(variable, None)
    folder = DataFolder(Path(tempfile.mkdtemp(prefix="cx-loop-")))
    folder.make()
    try:
        started = Started.of(folder, durable=durable)
        if started.broker is None:
            raise ServersError(
                THREE_WAYS.format(
                    what="Redis-protocol server",
                    variable="CX_BROKER_URL",
                    package="valkey or redis",
                )
            )
        try:
            started.start()
            started.wait()
            those = Servers(
                started.database_url, started.broker_url, folder.path, "scratch", started.admin_url
            )
            announce(those)
            os.environ["CX_SCRATCH"] = "1"  # a virtual time can do no harm here
            yield those
        finally:
            os.environ.pop("CX_SCRATCH", None)
            started.stop()
    finally:
        shutil.rmtree(folder.path, ignore_errors=True)
