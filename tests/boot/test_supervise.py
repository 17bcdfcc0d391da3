import sys
import time

import pytest

from config import supervise
from config.supervise import Program, Supervisor


@pytest.fixture
def supervisor():
    supervisor = Supervisor()
    yield supervisor
    supervisor.stop()


def program(tmp_path, code):
    return Program("worker", [sys.executable, "-c", code], tmp_path / "worker.log", cwd=tmp_path)


def test_a_process_that_dies_is_said_with_its_last_words_and_started_again(
    supervisor, tmp_path, capsys
):
    fragile = program(tmp_path, "raise SystemExit('out of ink')")
    supervisor.start(fragile)
    fragile.process.wait()
    assert supervisor.restart_the_dead()
    said = capsys.readouterr().err
    assert "worker ended with code 1" in said
    assert "out of ink" in said
    assert "starting worker again (1 of 5)" in said


def test_a_process_that_dies_again_and_again_is_given_up(supervisor, tmp_path, monkeypatch):
    monkeypatch.setattr(supervise, "TRIES", 1)
    hopeless = program(tmp_path, "raise SystemExit(1)")
    supervisor.start(hopeless)
    hopeless.process.wait()
    assert supervisor.restart_the_dead()
    hopeless.process.wait()
    assert not supervisor.restart_the_dead()


def test_one_that_does_its_work_and_ends_is_left_alone(supervisor, tmp_path):
    once = program(tmp_path, "")
    once.once = True
    supervisor.start(once)
    ended = once.process
    ended.wait()
    assert supervisor.restart_the_dead()
    assert once.process is ended


def test_one_that_does_not_listen_is_ended_all_the_same(tmp_path):
    deaf = program(tmp_path, "import signal, time; signal.signal(15, 1); print(1); time.sleep(60)")
    deaf.command.insert(1, "-u")
    deaf.patience = 0.1
    deaf.start()
    while not deaf.log.read_text("utf-8"):
        time.sleep(0.01)
    process = deaf.process
    deaf.stop()
    assert process.returncode == -9
