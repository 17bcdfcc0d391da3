from pathlib import Path

import pytest

from config import bootstrap, install_failures

LINUX = {
    "python_full_version": "3.11.2",
    "platform_python_implementation": "CPython",
    "implementation_name": "cpython",
    "sys_platform": "linux",
}
LOCK = """\
amqp==5.4.2 \\
    --hash=sha256:00
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:00
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:00
tzdata==2026.6 ; sys_platform == 'emscripten' or sys_platform == 'win32' \\
    --hash=sha256:00
"""


def test_pins_are_those_whose_marker_applies():
    assert bootstrap.pins(LOCK, LINUX) == {"amqp": "5.4.2", "numpy": "2.4.6"}
    newer = LINUX | {"python_full_version": "3.12.0"}
    assert bootstrap.pins(LOCK, newer) == {"amqp": "5.4.2", "numpy": "2.5.5"}


@pytest.mark.parametrize(
    ("marker", "holds"),
    [
        ("", True),
        ("python_full_version < '3.11.3'", True),
        ("python_full_version < '3.11.2'", False),
        ("python_full_version >= '3.9'", True),
        ("implementation_name != 'PyPy' and sys_platform == 'win32'", False),
        ("extra == 'what-nobody-knows'", True),
    ],
)
def test_markers_are_read_as_pip_reads_them(marker, holds):
    assert bootstrap.applies(marker, LINUX) is holds


def test_developers_commands_need_the_developers_lock():
    assert bootstrap.locks_for("up") == ["base.lock", "embedded.lock"]
    assert bootstrap.locks_for("test") == ["dev.lock", "embedded.lock"]


def test_the_developers_lock_contains_the_service_lock():
    base, dev = (
        bootstrap.pins((bootstrap.LOCKS / name).read_text("utf-8"), bootstrap.environment())
        for name in ("base.lock", "dev.lock")
    )
    assert base.items() <= dev.items()


@pytest.fixture
def stamped(tmp_path, monkeypatch):
    """An environment that was installed to its end."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").touch()
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "installed.json")
    monkeypatch.setattr(bootstrap, "UNFINISHED", tmp_path / "installing")
    monkeypatch.setattr(bootstrap, "_pip_for_venv", lambda: ["true"])
    monkeypatch.setattr(bootstrap, "_run_pip", lambda pip, locks: None)
    bootstrap.install(["base.lock", "embedded.lock"])
    return tmp_path


def test_an_installed_environment_is_ready_for_what_it_was_installed_for(stamped):
    assert bootstrap.ready(["base.lock", "embedded.lock"])
    assert not bootstrap.ready(["dev.lock", "embedded.lock"])


def test_a_changed_lock_makes_the_environment_stale(stamped, tmp_path, monkeypatch):
    changed = tmp_path / "locks"
    changed.mkdir()
    for name in ("base.lock", "embedded.lock"):
        (changed / name).write_text("other==1", "utf-8")
    monkeypatch.setattr(bootstrap, "LOCKS", changed)
    assert not bootstrap.ready(["base.lock", "embedded.lock"])


def test_an_interrupted_installation_is_not_used(stamped, monkeypatch):
    def interrupted(pip, locks):
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "_run_pip", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.install(["dev.lock", "embedded.lock"])
    assert not bootstrap.ready(["base.lock", "embedded.lock"])
    assert (stamped / "installing").exists()


def test_a_torn_stamp_counts_as_none(stamped):
    (stamped / "installed.json").write_text('{"python": "3.1', "utf-8")
    assert not bootstrap.ready(["base.lock", "embedded.lock"])


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", "the disk is full"),
        ("Error: [Errno 13] Permission denied: '/srv/x/.venv'", "cannot be written by this user"),
        ("WARNING: Retrying (Retry(total=4)) after NewConnectionError", "cannot be reached"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "its hash differs"),
        ("ERROR: No matching distribution found for scipy==1.17.1", "scipy==1.17.1"),
        ("something new", "(something new)"),
        ("", "(no reason given)"),
    ],
)
def test_a_failed_installation_is_one_sentence(said, sentence):
    told = install_failures.sentence(said, Path("/srv/x"))
    assert sentence in told
    assert "\n" not in told
