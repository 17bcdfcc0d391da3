"""A backup made under load comes back whole, into an empty installation only."""

import hashlib
import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql

from config import backup
from config.launch import ROOT
from cx_loop.models import Actor, Source
from tasks.actions.attachments import attach
from tasks.actions.work import comment
from tests import api_stories
from tests.cx_loop.ingest.conftest import accept, make_airline, said
from tests.factories import NOW, make_task

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of its own, whose secrets are those the tests run with."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name in backup.SECRETS:
        monkeypatch.delenv(f"CX_{name.upper()}", raising=False)
        secret = getattr(backup.settings, name.upper())
        (folder / f"{name}.secret").write_text(secret)
    monkeypatch.setattr(backup, "DATA_DIR", folder)
    yield folder
    # Django empties only the tables it manages
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE cx_loop_observation")


@pytest.fixture
def empty() -> Iterator[str]:
    """The address of an empty database."""
    address = urlsplit(os.environ["CX_DATABASE_URL"])._replace(path="/restored").geturl()
    run_sql("CREATE DATABASE restored")
    yield address
    # an autovacuum worker may be at work in there, and nobody but a superuser may end it
    for _ in range(50):
        with suppress(psycopg.errors.InsufficientPrivilege):
            run_sql("DROP DATABASE restored WITH (FORCE)")
            return
        time.sleep(0.1)
    pytest.fail("the restored database cannot be dropped")


def run_sql(statement: str) -> None:
    with psycopg.connect(os.environ["CX_DATABASE_URL"], autocommit=True) as server:
        server.execute(sql.SQL(statement))  # type: ignore[arg-type]


def restore(path: Path, database: str, folder: Path, **more: str) -> Any:
    environment = os.environ | {"CX_DATABASE_URL": database, "CX_DATA_DIR": str(folder)} | more
    command = [sys.executable, "manage.py", "restore", str(path)]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def send_until(stop: threading.Event, source: Source) -> None:
    try:
        number = 0
        while not stop.is_set():
            number += 1
            accept(source, *[said(4, external_id=f"r{number}-{n}") for n in range(50)])
    finally:
        connection.close()


def test_a_backup_under_load_is_restored_whole(tmp_path: Path, empty: str) -> None:
    make_airline()
    source, stop = Source.objects.create(key="survey"), threading.Event()
    accept(source, said(2, customer="wei", comment="Cold"))
    sender = threading.Thread(target=send_until, args=(stop, source))
    sender.start()
    try:
        call_command("backup", str(tmp_path / "b"))
    finally:
        stop.set()
        sender.join()
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600
    done = restore(tmp_path / "b", empty, tmp_path / "new")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Restored what was made at ")
    with psycopg.connect(empty) as restored:
        rows = restored.execute("SELECT count(*), min(value) FROM cx_loop_observation").fetchone()
        hours = restored.execute("SELECT sum(n) FROM cx_loop_rollup WHERE grain = 5").fetchone()
    assert rows is not None
    assert hours == (rows[0],)
    assert rows[1] == 2
    kept = (tmp_path / "new" / "field_key.secret").read_text()
    assert kept == backup.settings.FIELD_KEY
    again = restore(tmp_path / "b", empty, tmp_path / "new")
    assert (again.returncode, "not empty" in again.stderr) == (1, True)


def test_files_and_words_of_a_task_come_back_as_they_were(tmp_path: Path, empty: str) -> None:
    airline = api_stories.make_airline()
    task = make_task(department=airline.ground)
    shared: dict[str, Any] = {"number": task.number, "by": Actor(airline.ana), "now": NOW}
    content = b"%PDF-1.7\n" + bytes(range(256)) * 400  # every byte there is, more than a page
    file = attach(name="计划.pdf", content=content, **shared)
    comment(text="@lin@example.com, look at 计划.pdf", **shared)
    call_command("backup", str(tmp_path / "b"))
    assert restore(tmp_path / "b", empty, tmp_path / "new").returncode == 0
    with psycopg.connect(empty) as restored:
        kept = restored.execute("SELECT name, content, digest FROM tasks_attachment").fetchall()
        words = restored.execute("SELECT text FROM tasks_note").fetchall()
        told = restored.execute(
            "SELECT email FROM tasks_mention JOIN cx_loop_user AS u ON u.id = user_id"
        ).fetchall()
    assert kept == [("计划.pdf", content, file.digest)]
    assert hashlib.sha256(kept[0][1]).hexdigest() == file.digest
    assert words == [("@lin@example.com, look at 计划.pdf",)]
    assert told == [("lin@example.com",)]


def test_secrets_of_the_environment_do_not_travel_and_must_be_the_same(
    tmp_path: Path, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CX_FIELD_KEY", backup.settings.FIELD_KEY)
    call_command("backup", str(tmp_path / "b"))
    assert "field_key.secret" not in zipfile.ZipFile(tmp_path / "b").namelist()
    other = restore(tmp_path / "b", empty, tmp_path / "new", CX_FIELD_KEY="another")
    assert other.returncode == 1
    assert "CX_FIELD_KEY is not the one" in other.stderr
    assert restore(tmp_path / "b", empty, tmp_path / "new").returncode == 0


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    for content in (None, b"no zip"):
        if content is not None:
            wrong.write_bytes(content)
        with pytest.raises(CommandError):
            call_command("restore", str(wrong))
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.writestr("photo.jpg", b"")
    with pytest.raises(CommandError, match="no backup of CX Loop"):
        call_command("restore", str(tmp_path / "zip"))


def test_a_damaged_backup_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    call_command("backup", str(tmp_path / "b"))
    content = bytearray((tmp_path / "b").read_bytes())
    content[500] ^= 255
    (tmp_path / "b").write_bytes(content)
    with pytest.raises(CommandError, match="damaged"):
        call_command("restore", str(tmp_path / "b"))


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")
    with pytest.raises(CommandError, match="there already"):
        call_command("backup", str(tmp_path / "b"))
    assert (tmp_path / "b").read_text() == "mine"
