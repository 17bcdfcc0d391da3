"""The demo company, loaded beside the web server by the command that the first start uses."""

import os
import subprocess
import sys

from config.launch import ROOT


def begin() -> None:
    """A process of its own, because it lives through two months; `up` goes on with it if it dies.

    The pages show how far it is.
    """
    command = [sys.executable, str(ROOT / "manage.py"), "first_run", "--demo"]
    environment = os.environ | {"CX_BOOTSTRAP": "0"}
    subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)
