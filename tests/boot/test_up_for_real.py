"""`manage.py up` as a person starts it, in a folder of its own."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from config import processes
from config.launch import ROOT


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One for all: what is set up is set up once, and the next start meets what the last left."""
    return tmp_path_factory.mktemp("up") / "a folder"


def start_up(folder):
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("CX_", "DJANGO"))}
    command = [sys.executable, "manage.py", "up", "--empty", "--port", "0"]
    return subprocess.Popen(
        [*command, "--data-dir", str(folder)],
        cwd=ROOT,
        env=ours | {"CX_BOOTSTRAP": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until_ready(process):
    """The address it prints."""
    said = []
    for line in process.stderr:
        said.append(line)
        if found := re.search(r"ready at (\S+)", line):
            return found[1]
    pytest.fail("".join(said))


def descendants(pid):
    """Every process below `pid`, at any depth."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            parent = entry.read_text("utf-8").rpartition(")")[2].split()[1]
            parents.setdefault(int(parent), []).append(int(entry.parent.name))
    found = list(parents.get(pid, []))
    for child in found:
        found += parents.get(child, [])
    return found


def left_after_half_a_minute(pids):
    end = time.monotonic() + 30
    while (left := [pid for pid in pids if processes.alive(pid)]) and time.monotonic() < end:
        time.sleep(0.05)
    return left


@pytest.mark.parametrize(("ending", "code"), [(signal.SIGTERM, 0), (signal.SIGKILL, -9)])
def test_up_answers_and_leaves_no_process_behind(folder, ending, code):
    with start_up(folder) as process:
        address = wait_until_ready(process)
        with urllib.request.urlopen(address + "/api/v1/health/") as answer:  # noqa: S310
            assert answer.status == 200
        below = descendants(process.pid)
        process.send_signal(ending)
        process.stderr.read()
    assert process.returncode == code
    assert len(below) > 3
    assert left_after_half_a_minute(below) == []


def test_a_second_up_on_the_same_folder_is_refused(folder):
    with start_up(folder) as first:
        wait_until_ready(first)
        with start_up(folder) as second:
            said = second.stderr.read()
        assert second.returncode == 1
        assert f"in use by `up` (process {first.pid})" in said
        assert json.loads((folder / "servers.json").read_text("utf-8"))["running"]
        first.terminate()
        first.stderr.read()
    assert first.returncode == 0
