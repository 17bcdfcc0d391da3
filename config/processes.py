"""Child processes that never outlive us: not after Ctrl-C, not after kill -9."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1
LARGE_LOG = 10_000_000  # bytes
LINUX = sys.platform.startswith("linux")
_libc = ctypes.CDLL(None) if LINUX else None


def start(
    command: Sequence[str],
    *,
    stop_signal: int = signal.SIGTERM,
    log: IO[bytes] | Path | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    unprivileged: bool = False,
    configuration: str = "",
    pass_fds: Sequence[int] = (),
) -> "subprocess.Popen[bytes]":
    """Start a child that gets `stop_signal` when this process dies, however it dies.

    Call from the main thread: Linux sends the signal when the *thread* that forked ends.
    The child has a session of its own, otherwise Ctrl-C in the terminal would stop the database
    before those who write to it. `unprivileged` runs it as nobody (we must be root);
    `configuration` is what it reads on standard input.
    """
    who: dict[str, Any] = {}
    if unprivileged:
        nobody = pwd.getpwnam("nobody")
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    out = _appended(log) if isinstance(log, Path) else log
    given = _readable(configuration, who.get("user"))
    try:
        return subprocess.Popen(
            command,
            stdin=given,
            stdout=out if out is not None else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            pass_fds=pass_fds,
            start_new_session=True,
            preexec_fn=die_with(os.getpid(), stop_signal),
            **who,
        )
    finally:
        if isinstance(log, Path) and out is not None:
            out.close()
        given.close()


def _readable(text: str, user: int | None) -> IO[bytes]:
    """A nameless file of mode 0600 with this text, which `user` may open again as /dev/stdin."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the caller closes it
    file.write(text.encode())
    file.seek(0)
    if user is not None:
        os.fchown(file.fileno(), user, -1)
    return file


def _appended(log: Path) -> IO[bytes]:
    """The log, opened at its end; a large one is put aside first, so that two at most are kept."""
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > LARGE_LOG:
            log.replace(log.with_suffix(".old.log"))
    return log.open("ab")


def die_with(parent: int, stop_signal: int) -> Any:
    """What the child does between fork and exec; runs after the change of user, which clears it."""

    def tie() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)
            if os.getppid() != parent:  # died between fork and prctl: no signal would ever come
                os._exit(1)

    return tie


def die_with_parent(stop_signal: int = signal.SIGKILL) -> None:
    """For a process that something else forked (a web worker): die when that dies."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)


def stop(process: "subprocess.Popen[bytes]", stop_signal: int, patience: float) -> None:
    """Ask a child to end; insist after `patience` seconds."""
    if process.poll() is None:
        process.send_signal(stop_signal)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended but was not waited for does not."""
    with contextlib.suppress(OSError, IndexError):
        if Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z":
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def working_in(folder: Path) -> set[int]:
    """Processes whose current folder this is, as far as the system shows them to us."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if entry.samefile(folder):
                found.add(int(entry.parent.name))
    return found


def last_lines(log: Path, count: int = 8) -> str:
    try:
        lines = log.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join("    " + line for line in lines[-count:])
