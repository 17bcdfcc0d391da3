import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand

from bench import (
    company,
    effect,
    evaluate,
    hooks,
    importing,
    ingest,
    loop,
    preview,
    queue,
    voice,
    warning,
    windows,
)
from bench.figures import Figure, table
from bench.machine import machine

PARTS: dict[str, Callable[..., list[Figure]]] = {
    "ingest": ingest.measure,
    "hooks": hooks.measure,
    "loop": loop.measure,
    "evaluate": evaluate.measure,
    "import": importing.measure,
    "windows": windows.measure,
    "queue": queue.measure,
    "preview": preview.measure,
    "warning": warning.measure,
    "effect": effect.measure,
    "voice": voice.measure,
}


class Command(BaseCommand):
    help = "Measure on this machine what the service costs, each figure beside its limit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("parts", nargs="+", choices=[*PARTS, "all"], metavar="part")
        parser.add_argument("--json", action="store_true")
        parser.add_argument(
            "--quick", action="store_true", help="few repetitions: tries the bench, not the service"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        company.migrate()
        found = machine()
        wanted = [*PARTS] if "all" in options["parts"] else options["parts"]
        figures: list[Figure] = []
        for part in wanted:
            figures += PARTS[part](_said_since(time.monotonic()), quick=options["quick"])
        if options["json"]:
            shown = {"figures": [figure.shown() for figure in figures], "machine": found}
            self.stdout.write(json.dumps(shown, indent=1, ensure_ascii=False))
        else:
            self.stdout.write(table(figures))
        missed = [figure.name for figure in figures if figure.met is False]
        if missed:
            print(f"over the limit: {', '.join(missed)}", file=sys.stderr)
            sys.exit(1)


def _said_since(began: float) -> Callable[[str], None]:
    def say(what: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {what}", file=sys.stderr, flush=True)

    return say
