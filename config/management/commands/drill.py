import json
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from drills import (
    broker_loss,
    downtime,
    due_instant_race,
    hook_storm,
    intake_storm,
    kill_storm,
    poison,
)
from drills.outcome import Outcome
from drills.scene import Stuck, servers

LONGEST = 90.0  # seconds of a drill in its usual size

DRILLS: dict[str, Callable[..., Outcome]] = {
    "kill-storm": kill_storm.run,
    "broker-loss": broker_loss.run,
    "downtime": downtime.run,
    "due-instant-race": due_instant_race.run,
    "poison": poison.run,
    "intake-storm": intake_storm.run,
    "hook-storm": hook_storm.run,
}


class Command(BaseCommand):
    help = "A fault drill against real processes in a scratch installation; exit 1 if it fails."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=[*DRILLS, "all"])
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--size", type=int, help="smaller or larger than what is promised")

    def handle(self, *args: Any, **options: Any) -> None:
        names = list(DRILLS) if options["name"] == "all" else [options["name"]]
        found = [run(name, options["size"]) for name in names]
        if options["json"]:
            shown = [each.shown() for each in found]
            self.stdout.write(json.dumps(shown if len(shown) > 1 else shown[0], indent=1))
        else:
            self.stdout.write("\n\n".join(map(words, found)))
        if not all(each.passed for each in found):
            sys.exit(1)


def run(name: str, size: int | None) -> Outcome:
    """One drill on servers of its own; what it could not wait for counts as broken."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cx-drill-") as kept:
        folder = Path(kept)
        folder.chmod(0o755)  # the database's own user walks through it
        with servers(folder) as those:
            try:
                given = {} if size is None else {"size": size}
                found = DRILLS[name](those, folder / "scene", **given)
            except Stuck as stuck:
                found = Outcome(name, wrong=[str(stuck)])
    found.seconds = time.monotonic() - began
    if size is None:
        found.within(found.seconds, LONGEST, "from the first start to the last kill, s")
    return found


def words(found: Outcome) -> str:
    counts = ("expected", "recorded", "distinct", "delivered")
    said = "  ".join(f"{name} {getattr(found, name)}" for name in counts)
    lines = [f"{found.name}: {'passed' if found.passed else 'FAILED'} in {found.seconds:.0f} s"]
    lines += [f"  {said}", *(f"  {name}: {value}" for name, value in found.facts.items())]
    lines += [f"  WRONG {what}" for what in found.wrong]
    return "\n".join([*lines, *(f"  SLOW {what}" for what in found.slow)])
