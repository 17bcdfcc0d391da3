"""Real servers in folders of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from config import processes, servers
from config.launch import ROOT
from config.servers import postgres

PARENT = """
import pathlib, sys, time
from config import servers
with servers.running(pathlib.Path(sys.argv[1]), create=True) as those:
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def environment_of_its_own(monkeypatch):
    """What the suite's own servers put there must not decide here, and stays as it was."""
    for variable in ("CX_DATABASE_URL", "CX_BROKER_URL", "CX_DATA_DIR", "CX_MAIL_DIR"):
        monkeypatch.setenv(variable, os.environ.get(variable, ""))
        monkeypatch.delenv(variable)


@pytest.fixture
def holder(tmp_path):
    """Another command that runs servers in a data folder whose name has a space."""
    folder = tmp_path / "a folder"
    command = [sys.executable, "-c", PARENT, str(folder)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process, folder
        if process.poll() is None:
            process.communicate("")


def said_of_servers(folder):
    return json.loads((folder / "servers.json").read_text("utf-8"))["running"]


def pids_of(folder):
    return list(
        json.loads((folder / "servers.json").read_text("utf-8"))["running"]["pids"].values()
    )


def wait_for_end_of(pids):
    end = time.monotonic() + 90
    while any(map(processes.alive, pids)) and time.monotonic() < end:
        time.sleep(0.02)
    return [pid for pid in pids if processes.alive(pid)]


def test_kill_9_of_the_parent_leaves_no_server(holder):
    process, folder = holder
    pids = pids_of(folder)
    assert len(pids) == 2
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert wait_for_end_of(pids) == []


def test_the_next_start_after_kill_9_finds_the_data(holder):
    process, folder = holder
    with psycopg.connect(said_of_servers(folder)["database_url"]) as connection:
        connection.execute("create table kept as select 7 as number")
    process.send_signal(signal.SIGKILL)
    process.wait()
    with servers.running(folder) as those, psycopg.connect(those.database_url) as connection:
        assert those.origin == "own"
        assert connection.execute("select number from kept").fetchone() == (7,)


def test_a_pid_file_that_names_a_stranger_does_not_block_the_start(tmp_path):
    with servers.running(tmp_path, create=True):
        left = (tmp_path / "postgres/data/postmaster.pid").read_text("utf-8").splitlines()
    os.environ.pop("CX_DATABASE_URL")
    os.environ.pop("CX_BROKER_URL")
    stranger = tmp_path / "postgres/data/postmaster.pid"
    stranger.write_text("\n".join([str(os.getpid()), *left[1:]]) + "\n", "utf-8")
    owner = stranger.parent.stat()
    os.chown(stranger, owner.st_uid, owner.st_gid)
    with servers.running(tmp_path) as those:
        psycopg.connect(those.database_url).close()


def test_a_second_command_uses_the_servers_that_run(holder):
    _, folder = holder
    with servers.running(folder) as those:
        assert those.origin == "up"
        psycopg.connect(those.database_url).close()


def test_a_folder_never_set_up_is_said_not_made(tmp_path):
    with (
        pytest.raises(servers.ServersError, match=r"nothing was set up.*manage\.py up"),
        servers.running(tmp_path / "nothing"),
    ):
        pass
    assert not (tmp_path / "nothing").exists()


def test_a_folder_of_another_major_version_is_refused(tmp_path):
    data = tmp_path / "postgres/data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9", "ascii")
    with (
        pytest.raises(servers.ServersError, match=r"made by PostgreSQL 9, but here is"),
        servers.running(tmp_path),
    ):
        pass


def test_without_any_server_the_three_ways_are_told(tmp_path, monkeypatch):
    monkeypatch.setenv("CX_SERVERS", "none")
    with pytest.raises(servers.ServersError, match=r"Three ways.*CX_DATABASE_URL.*embedded.*PATH"):
        servers.Started.of(servers.DataFolder(tmp_path))


def test_given_addresses_are_used_as_they_are(tmp_path, monkeypatch):
    monkeypatch.setenv("CX_DATABASE_URL", "postgres://them@db.example/cx")
    with servers.running(tmp_path / "nothing") as those:
        assert (those.database_url, those.broker_url) == ("postgres://them@db.example/cx", "")


def test_scratch_servers_never_use_given_addresses(monkeypatch):
    monkeypatch.setenv("CX_DATABASE_URL", "postgres://them@db.example/cx")
    with servers.scratch() as those:
        assert "127.0.0.1" in those.database_url
        folder = Path(those.data_dir)
    assert not folder.exists()


def test_secrets_are_for_the_owner_only(holder):
    _, folder = holder
    for name in ("servers.json", "postgres/password"):
        assert (folder / name).stat().st_mode & 0o077 == 0
    assert (folder / "postgres").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("gigabytes", "megabytes"), [(0.5, 128), (1, 128), (4, 512), (24, 1024)])
def test_the_database_has_an_eighth_of_the_memory_within_bounds(gigabytes, megabytes):
    assert postgres.buffers_of(int(gigabytes * 2**30)) == megabytes
    assert 0 < postgres.memory() < 2**60
