"""`bench import`: the memory `import_observations` takes, by how long the file is.

The command runs as a process of its own, as a person would run it, on a file made for it. Its
resident memory is read ten times a second; flat is when the second half of a run takes no more
than the first.
"""

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bench import company
from bench.bodies import SEGMENTS, TOUCHPOINTS
from bench.figures import Figure
from config.launch import ROOT
from cx_loop import clock

ROWS, QUICK_ROWS = 2_000_000, 20_000
_PAUSE = 0.1  # seconds between two readings
_SPREAD = timedelta(days=60)


def measure(say: Callable[[str], None], *, quick: bool = False) -> list[Figure]:
    company.configure(places=0)
    rows = QUICK_ROWS if quick else ROWS
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "observations.csv"
        say(f"import: a file of {rows} rows")
        _write(file, rows)
        say("import: loading it")
        memory, seconds = _load(file)
    # what is read and imported at the start is no growth of the load
    loading = memory[len(memory) // 4 :]
    half = len(loading) // 2
    growth = max(loading[half:]) - max(loading[:half])
    return [
        Figure(f"import of {rows} rows: memory", max(memory), "MB", must=200, stretch=120),
        Figure("import: growth from first to second half", growth, "MB", must=10),
        Figure("import: rate", rows / seconds, "rows/s"),
    ]


def _write(file: Path, rows: int) -> None:
    rng, now = random.Random(rows), clock.now()
    with file.open("w", encoding="utf-8") as out:
        out.write("occurred_at,touchpoint,metric,value,segment,external_id\n")
        for row in range(rows):
            at = (now - _SPREAD * rng.random()).isoformat()
            place, segment = rng.randrange(TOUCHPOINTS), rng.choice(SEGMENTS)
            out.write(f"{at},place-{place},score,{rng.randint(2, 10)},{segment},row-{row}\n")


def _load(file: Path) -> tuple[list[float], float]:
    """Megabytes at each reading, and how many seconds the command took."""
    began, memory = time.monotonic(), []
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "import_observations", str(file), "--history"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while process.poll() is None:
            memory.append(_resident(process.pid))
            time.sleep(_PAUSE)
    finally:
        process.kill()
        process.wait()
    if process.returncode:
        raise RuntimeError(f"import_observations ended with {process.returncode}")
    return memory, time.monotonic() - began


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0  # it has just ended
