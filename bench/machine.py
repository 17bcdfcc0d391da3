"""Processor time of running processes, and what machine they run on. Linux only."""

import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import connection

TICK = 1_000_000 / os.sysconf("SC_CLK_TCK")  # microseconds


def cpu_of(root: int) -> float:
    """Microseconds of processor time of a process and its descendants, the ended ones included.

    What an ended child used is added to its parent, so nothing is lost between two readings.
    """
    stats = _stats()
    found, wanted = 0, [root]
    while wanted:
        pid = wanted.pop()
        found += sum(stats[pid][1:])
        wanted += [child for child, stat in stats.items() if stat[0] == pid]
    return found * TICK


def _stats() -> dict[int, tuple[int, ...]]:
    """pid -> (parent, user, system, user of ended children, system of ended children)."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        stats[int(path.parent.name)] = (int(fields[1]), *map(int, fields[11:15]))
    return stats


def spent_here() -> Callable[[], float]:
    """A clock of what this thread and its connection's server process have worked, microseconds.

    Finer than `cpu_of`, and blind to everybody else: who waits for a processor does not work.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        worked = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def spent() -> float:
        return int(worked.read_text().split()[0]) / 1e3 + time.thread_time() * 1e6

    return spent


def database_process() -> int:
    """The parent of every PostgreSQL process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid: int = cursor.fetchone()[0]
    return _stats()[pid][0]


def broker_process() -> int:
    client = cache._cache.get_client()  # type: ignore[attr-defined]
    return int(client.info("server")["process_id"])


def machine() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version: str = cursor.fetchone()[0]
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "system": platform.platform(),
        "python": platform.python_version(),
        "postgresql": version,
        "load": [round(load, 2) for load in os.getloadavg()],
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
