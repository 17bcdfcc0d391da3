"""`manage.py test`: pytest in this environment; its servers come from config.pytest_services."""

import os
import subprocess
import sys
from importlib import metadata

from config.launch import ROOT


def main(arguments: list[str]) -> int:
    """Exit code is pytest's own."""
    try:
        metadata.version("pytest")
    except metadata.PackageNotFoundError:
        print("manage.py: pytest is not installed; run without CX_BOOTSTRAP=0", file=sys.stderr)
        return 1
    sys.stdout.flush()
    # a process of its own: pytest counts the modules that were imported before it as not its own
    os.chdir(ROOT)
    return subprocess.call([sys.executable, "-m", "pytest", *arguments])
