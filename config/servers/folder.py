"""The data folder: who holds it, what it was made with, where its servers answer."""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.servers.problems import ServersError


class DataFolder:
    """`lock` is held by the one process whose servers run; `users` is shared by those who use them.

    Both are kernel locks, so a killed holder holds nothing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.record = path / "servers.json"
        self._held: int | None = None

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    def is_set_up(self) -> bool:
        return (self.path / "postgres/data/PG_VERSION").exists()

    def make(self) -> None:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.logs.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise ServersError(
                f"the data folder {self.path} cannot be made ({error.strerror}); "
                "name another with --data-dir"
            ) from error

    def hold(self) -> bool:
        """Take the folder; False when somebody else has it."""
        descriptor = self._lock_file("lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._held = descriptor
        if descriptor is not None:  # otherwise a killed holder's addresses would be believed
            self.write(running=None)
        return descriptor is not None

    def release(self) -> None:
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def wait_for_users(self) -> None:
        """Until no other command uses our servers, otherwise they would be stopped under it."""
        descriptor = self._lock_file("users", fcntl.LOCK_EX)
        if descriptor is not None:
            os.close(descriptor)

    @contextlib.contextmanager
    def join(self, patience: float = 60) -> Iterator[dict[str, Any]]:
        """What the holder says of its servers, for as long as we use them."""
        end = time.monotonic() + patience
        while True:
            users = self._lock_file("users", fcntl.LOCK_SH)
            said = self.read().get("running")
            if said:
                break
            if users is not None:  # otherwise the holder, waiting for its users, waits for us
                os.close(users)
            if time.monotonic() > end or not self._somebody_holds():
                raise ServersError(
                    f"another command holds {self.path} but its servers do not answer; "
                    "wait for it to end, or end it"
                )
            time.sleep(0.1)
        try:
            yield said
        finally:
            if users is not None:
                os.close(users)

    def read(self) -> dict[str, Any]:
        try:
            said: dict[str, Any] = json.loads(self.record.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return said

    def write(self, **facts: Any) -> None:
        """Record facts beside what is there; None removes one. Mode 0600: it holds passwords."""
        merged = {k: v for k, v in (self.read() | facts).items() if v is not None}
        beside = self.record.with_suffix(".new")
        beside.unlink(missing_ok=True)
        beside.touch(mode=0o600)
        beside.write_text(json.dumps(merged, indent=1), "utf-8")
        beside.replace(self.record)

    def holder(self) -> str:
        """The command that holds the folder, as far as it said so."""
        said = self.read().get("running") or {}
        return f"`{said['command']}` (process {said['pid']})" if said else "another command"

    def _somebody_holds(self) -> bool:
        descriptor = self._lock_file("lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
        if descriptor is not None:
            os.close(descriptor)
        return descriptor is None

    def _lock_file(self, name: str, how: int) -> int | None:
        try:
            descriptor = os.open(self.path / name, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ServersError(
                f"{self.path / name} cannot be opened ({error.strerror}); the data folder belongs "
                "to another user, or is read-only"
            ) from error
        try:
            fcntl.flock(descriptor, how)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor
