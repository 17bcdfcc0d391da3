"""Says which servers a command works with, then runs it. Runs inside the environment."""

import errno
import importlib
import os
import sys
from pathlib import Path

SAID_PLAINLY = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}
ROOT = Path(__file__).resolve().parent.parent

# commands of our own that stand before Django: module -> function main(arguments)
OWN = {
    "up": "config.up",
    "test": "config.testing",
    "lint": "config.checks",
    "messages": "config.checks.messages",
    "screenshots": "config.screenshots",
}
SCRATCH = {"bench", "replay"}
DURABLE_SCRATCH = {"bench"}
MAKES_ITS_FOLDER = {"restore"}
WITHOUT_SERVERS = {
    "", "help", "version", "check", "makemigrations", "makemessages", "compilemessages",
    "collectstatic", "findstatic", "diffsettings", "spectacular", "startapp",
    "drill",  # has servers of its own, which it kills
}  # fmt: skip


HELP = """\
CX Loop: measure, warn, mend, prove.

  manage.py up          start everything in this terminal (--host, --port, --empty)
  manage.py test        the whole test suite, on servers it starts itself
  manage.py lint        the quality gate
  manage.py messages    gather what the pages say for translation
  manage.py screenshots pictures of every page, from a demo of its own
  manage.py COMMAND -h  more on one of the commands below

Every command takes --data-dir DIR (or CX_DATA_DIR), the folder of an installation.
"""


def run(argv: list[str]) -> int:
    """Run `manage.py` with these arguments; the exit code."""
    from config.servers import ServersError

    arguments, given = take_data_dir(argv[1:])
    if given:
        os.environ["CX_DATA_DIR"] = str(Path(given).expanduser().resolve())
    command = arguments[0] if arguments else ""
    try:
        if command in OWN:
            return int(importlib.import_module(OWN[command]).main(arguments[1:]))
        return _django(argv[0], command, arguments)
    except ServersError as problem:
        print(f"manage.py: {problem}", file=sys.stderr)
        return 1
    except OSError as problem:
        if problem.errno not in SAID_PLAINLY:
            raise
        print(f"manage.py: {problem.strerror}: {problem.filename or data_dir()}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def take_data_dir(arguments: list[str]) -> tuple[list[str], str]:
    """The arguments without --data-dir, and its value ('' when it is not there)."""
    kept, found = [], ""
    rest = iter(arguments)
    for argument in rest:
        if argument == "--data-dir":
            found = next(rest, "")
        elif argument.startswith("--data-dir="):
            found = argument.partition("=")[2]
        else:
            kept.append(argument)
    return kept, found


def data_dir() -> Path:
    given = os.environ.get("CX_DATA_DIR") or str(ROOT / ".data")
    return Path(given).expanduser().resolve()


def _django(program: str, command: str, arguments: list[str]) -> int:
    from config import servers

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
    if command in {"", "-h", "--help"} or arguments == ["help"]:
        print(HELP)
    asks_for_help = {"-h", "--help"} & set(arguments)
    if command.startswith("-") or command in WITHOUT_SERVERS or asks_for_help:
        return _execute(program, arguments)
    if command in SCRATCH:
        with servers.scratch(durable=command in DURABLE_SCRATCH):
            return _execute(program, arguments)
    with servers.running(data_dir(), create=command in MAKES_ITS_FOLDER):
        return _execute(program, arguments)


def _execute(program: str, arguments: list[str]) -> int:
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line([program, *arguments])
    except SystemExit as ended:
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
            return 1
        return ended.code or 0
    return 0
