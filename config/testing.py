"""`manage.py test`: pytest in this environment; its servers come from config.pytest_services.

The whole suite runs on every core, file by file; what is named runs in one process.
"""

import os
import subprocess
import sys
from importlib import metadata

from config.launch import ROOT

ON_EVERY_CORE = [
    *("--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile"),
    # otherwise files of few tests come last, and these are the long ones: one core would wait
    "--no-loadscope-reorder",
]


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
    return subprocess.call([sys.executable, "-m", "pytest", *(arguments or ON_EVERY_CORE)])
