import json
import os
import subprocess
import sys

from config.launch import ROOT

KEYS = {
    "name",
    "value",
    "unit",
    "must",
    "stretch",
    "baseline",
    "spread",
    "at_least",
    "met",
}


PARTS = [
    *("effect", "evaluate", "hooks", "import", "preview"),
    *("queue", "voice", "warning", "windows"),
]


def test_figures_come_as_json_with_their_limits_and_the_machine() -> None:
    """One run for all, otherwise most of it would be the tables made for each."""
    command = [sys.executable, "manage.py", "bench", *PARTS, "--json", "--quick"]
    environment = os.environ | {"CX_BOOTSTRAP": "0"}
    ran = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    said = json.loads(ran.stdout)
    assert {"processor", "cores", "python", "postgresql"} <= said["machine"].keys()
    assert said["figures"]
    assert all(set(figure) == KEYS for figure in said["figures"])
    missed = any(figure["met"] is False for figure in said["figures"])
    assert ran.returncode == int(missed)
