"""A process that has loaded the service once and forks the programs that are asked for.

A kill storm starts a hundred processes; loading the service for each would make the drill measure
imports. What runs after the fork is the very program: the same `main`, arguments and settings.

It reads one JSON line a request and answers with one:
{"start": argv} -> {"pid"}, {"run": argv} -> {"code"}, {"kill": pid} -> {"pid"}.
It ends with its standard input, and its children end with it.
"""

import json
import os
import runpy
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from config import processes
from config.launch import ROOT


def main() -> None:
    log = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    _load()
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        answers.write(json.dumps(_answer(json.loads(line), log)) + "\n")
        answers.flush()


def _load() -> None:
    """Everything that takes long: Django with all its models, Celery with its worker."""
    import django

    import_module("celery.apps.worker")

    django.setup()
    import config.celery

    import_module("config.urls")

    config.celery.app.loader.import_default_modules()


def _answer(asked: dict[str, Any], log: int) -> dict[str, int]:
    if "kill" in asked:
        os.kill(asked["kill"], signal.SIGKILL)
        os.waitpid(asked["kill"], 0)
        return {"pid": asked["kill"]}
    arguments = asked.get("start") or asked["run"]
    pid = _forked(lambda: _become(arguments), log)
    if "start" in asked:
        return {"pid": pid}
    return {"code": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}


def _forked(program: Callable[[], None], log: int) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        processes.die_with(parent, signal.SIGKILL)()
        for stream in (1, 2):
            os.dup2(log, stream)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        program()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _become(arguments: list[str]) -> None:
    sys.argv = arguments
    os.chdir(ROOT)
    if arguments[0] == "celery":
        from config.celery import app

        app.start(arguments[1:])
    elif arguments[0] == "manage.py":
        from django.core.management import execute_from_command_line

        execute_from_command_line(arguments)
    else:
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=False)


if __name__ == "__main__":
    main()
