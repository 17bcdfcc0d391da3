"""A backup is one file: a zip of PostgreSQL's own dump, the secrets that the data folder keeps,
and a manifest of what must be there again.

The dump and the counts of the manifest are of one snapshot, so a backup under load is whole.
"""

import hashlib
import hmac
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from config import servers
from config.env import DATA_DIR
from cx_loop.ingest.recount import recount

FORMAT = 1
MANIFEST, DUMP = "manifest.json", "database.dump"
SECRETS = ("secret_key", "field_key", "key_pepper")
RECOUNTED = 3  # months, the newest

Manifest = dict[str, Any]


class BackupError(Exception):
    """What stands in the way, in a sentence for whoever runs the command."""


def back_up(path: Path, *, now: datetime) -> Manifest:
    """Write the backup; mode 0600, because it opens everything. Raises BackupError."""
    if path.exists():
        raise BackupError(f"{path} is there already; name another file.")
    half = path.with_name(path.name + ".part")
    half.unlink(missing_ok=True)
    try:
        half.touch(mode=0o600)
        with half.open("wb") as file, zipfile.ZipFile(file, "w") as archive:
            manifest = _write(archive, now)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    return manifest


def restore(path: Path) -> Manifest:
    """Fill an empty database and an empty data folder; all of it or nothing. Raises BackupError.

    Migrations that are newer than the backup are applied afterwards.
    """
    with _opened(path) as archive:
        manifest = _manifest(archive, path)
        kept = {name: archive.read(name) for name in archive.namelist() if name.endswith(".secret")}
        _check_fits(manifest, kept)
        with archive.open(DUMP) as dump:
            _pg("pg_restore", *ALL_OR_NOTHING, f"--dbname={_name()}", given=dump)
    for name, secret in kept.items():
        target = DATA_DIR / name
        target.touch(mode=0o600)
        target.write_bytes(secret)
    _check_restored(manifest)
    call_command("migrate", verbosity=0, interactive=False)
    return manifest


ALL_OR_NOTHING = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")


def _write(archive: zipfile.ZipFile, now: datetime) -> Manifest:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        with archive.open(DUMP, "w", force_zip64=True) as dump:
            options = ("--format=custom", f"--snapshot={snapshot}", "--no-owner", "--no-privileges")
            _pg("pg_dump", *options, _name(), taken=dump)
        manifest = {
            "format": FORMAT,
            "made_at": now.isoformat(),
            "rows": _rows(),
            "migrations": sorted(_applied()),
            "secrets": {name: _fingerprint(name) for name in SECRETS},
        }
    for name in SECRETS:
        if (file := DATA_DIR / f"{name}.secret").exists() and not _given(name):
            archive.write(file, file.name)
    archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return manifest


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            # read through once: half a dump must not be found out in the middle of a restore
            if damaged := archive.testzip():
                raise BackupError(f"{path} is damaged (in {damaged}); nothing was restored.")
            yield archive
    except FileNotFoundError:
        raise BackupError(f"{path} is not there.") from None
    except zipfile.BadZipFile:
        raise BackupError(f"{path} is no backup, or not a whole one.") from None


def _manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    if not {MANIFEST, DUMP} <= set(archive.namelist()):
        raise BackupError(f"{path} is no backup of CX Loop.")
    manifest: Manifest = json.loads(archive.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise BackupError(f"{path} was made by another version, in format {manifest['format']}.")
    return manifest


def _check_fits(manifest: Manifest, kept: dict[str, bytes]) -> None:
    """An empty database, migrations that are known here, and secrets that open it."""
    if tables := connection.introspection.table_names():
        raise BackupError(
            f"The database is not empty ({len(tables)} tables). Restore into a new --data-dir, or"
            " into a new database named by CX_DATABASE_URL; nothing was changed."
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if newer := sorted(set(manifest["migrations"]) - known):
        raise BackupError(f"A newer version made this backup (it knows {newer[0]}); upgrade first.")
    for name, fingerprint in manifest["secrets"].items():
        travels = f"{name}.secret" in kept and not _given(name)
        if not travels and _fingerprint(name) != fingerprint:
            raise BackupError(
                f"CX_{name.upper()} is not the one the backup was made with, so what it protects"
                " could not be read; set it as it was there."
            )


def _check_restored(manifest: Manifest) -> None:
    found = _rows()
    wrong = [table for table, count in manifest["rows"].items() if found.get(table) != count]
    if wrong or sorted(_applied()) != manifest["migrations"]:
        raise BackupError(f"Restored, yet not what was backed up: {', '.join(wrong)}.")
    different = sum(month.different for month in recount(rebuild=False, newest=RECOUNTED))
    if different:
        raise BackupError(
            f"Restored, yet {different} rollups are not what the observations say; they were not"
            " before either. Mend them with rebuild_rollups."
        )


def _rows() -> dict[str, int]:
    """Table -> rows, partitions by themselves; sessions and marks too: all are of one snapshot."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        counts = {}
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {quote(table)}")  # noqa: S608
            counts[table] = cursor.fetchone()[0]
    return counts


def _applied() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app || '.' || name FROM django_migrations")
        return [name for (name,) in cursor.fetchall()]


def _given(name: str) -> bool:
    return bool(os.environ.get(f"CX_{name.upper()}"))


def _fingerprint(name: str) -> str:
    """Tells whether a secret is the same without showing it."""
    secret: str = getattr(settings, name.upper())
    return hmac.new(secret.encode(), b"cx-loop backup", hashlib.sha256).hexdigest()[:32]


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _pg(
    program: str, *options: str, given: IO[bytes] | None = None, taken: IO[bytes] | None = None
) -> None:
    """Run a program of PostgreSQL, with a stream in or out. Raises BackupError."""
    executable = servers.tool(program)
    if executable is None:
        raise BackupError(f"{program} was not found; install the client programs of PostgreSQL.")
    with subprocess.Popen(
        [str(executable), *options],
        env=_environment(),
        stdin=subprocess.PIPE if given else None,
        stdout=subprocess.PIPE if taken else None,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            if given is not None and process.stdin is not None:
                shutil.copyfileobj(given, process.stdin, 1024 * 1024)
                process.stdin.close()
            if taken is not None and process.stdout is not None:
                shutil.copyfileobj(process.stdout, taken, 1024 * 1024)
        except BrokenPipeError:
            pass  # it ended early; its own words say why
        except BaseException:
            process.kill()
            raise
        complaint = process.stderr.read().decode("utf-8", "replace") if process.stderr else ""
    if process.returncode:
        raise BackupError(f"{program} failed: {complaint.strip()[-500:]}")


def _environment() -> dict[str, str]:
    """Where libpq connects, by environment: a password in an argument is seen by everybody."""
    said = connection.settings_dict
    options = said.get("OPTIONS", {})
    given = {
        "PGHOST": said["HOST"],
        "PGPORT": said["PORT"],
        "PGUSER": said["USER"],
        "PGPASSWORD": said["PASSWORD"],
        **{f"PG{name.upper()}": value for name, value in options.items() if name[:3] == "ssl"},
    }
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return plain | {name: str(value) for name, value in given.items() if value}
