"""`manage.py lint`: the quality gate. Every step runs, each is told with its time."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from config.launch import ROOT

PYTHON = sys.executable
NOWHERE = "postgres://nobody@127.0.0.1:1/none"  # no step may look at a real database
STEPS = {
    "types": [PYTHON, "-m", "mypy"],
    "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "ruff": [PYTHON, "-m", "ruff", "check", "."],
    "imports": [PYTHON, "-c", "from importlinter.cli import lint_imports_command as run; run()"],
    "migrations": [
        *(PYTHON, "-W", "ignore::RuntimeWarning", "manage.py"),
        *("makemigrations", "--check", "--dry-run", "-v", "1"),
    ],
    "templates": [PYTHON, "-m", "config.checks.templates"],
    "translations": [PYTHON, "-m", "config.checks.translations"],
}


@dataclass(frozen=True)
class Outcome:
    name: str
    passed: bool
    seconds: float
    said: str


def main(arguments: list[str]) -> int:
    """1 when a step failed; `lint types ruff` runs only those."""
    parser = argparse.ArgumentParser(prog="manage.py lint", description=__doc__)
    parser.add_argument("steps", nargs="*", help=f"only these of {', '.join(STEPS)}")
    chosen = parser.parse_args(arguments).steps or list(STEPS)
    if unknown := sorted(set(chosen) - set(STEPS)):
        parser.error(f"no such step: {', '.join(unknown)}; there are {', '.join(STEPS)}")
    with tempfile.TemporaryDirectory(prefix="cx-loop-lint-") as scratch:
        outcomes = _run_all(chosen, scratch)
    failed = [outcome.name for outcome in outcomes if not outcome.passed]
    print(f"lint: {', '.join(failed)} failed" if failed else f"lint: {len(outcomes)} steps passed")
    return 1 if failed else 0


def _run_all(names: list[str], scratch: str) -> list[Outcome]:
    """Two at a time, told in order."""
    outcomes = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for outcome in pool.map(lambda name: _run(name, scratch), names):
            verdict = "ok" if outcome.passed else "FAILED"
            print(f"{outcome.name:<13}{verdict:<8}{outcome.seconds:5.1f} s", flush=True)
            if not outcome.passed:
                print("".join(f"    {line}\n" for line in outcome.said.splitlines()), flush=True)
            outcomes.append(outcome)
    return outcomes


def _run(name: str, scratch: str) -> Outcome:
    begun = time.perf_counter()
    ended = subprocess.run(
        STEPS[name],
        cwd=ROOT,
        env=_environment(scratch),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - begun
    return Outcome(name, ended.returncode == 0, seconds, ended.stdout)


def _environment(scratch: str) -> dict[str, str]:
    """Settings load without touching an installation: otherwise lint would make a data folder."""
    theirs = {k: v for k, v in os.environ.items() if not k.startswith("CX_")}
    return theirs | {
        "CX_BOOTSTRAP": "0",
        "CX_DATA_DIR": scratch,
        "CX_DATABASE_URL": NOWHERE,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
