import subprocess
import sys

from config.checks import STEPS
from config.launch import ROOT


def said_by(command):
    """(exit code, everything it printed)"""
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def test_the_import_contract_holds():
    code, said = said_by(STEPS["imports"])
    assert code == 0, said


def test_bootstrap_needs_only_the_standard_library():
    alone = "import sys; sys.path.insert(0, '.'); import config.bootstrap"
    code, said = said_by([sys.executable, "-S", "-E", "-c", alone])  # -S: no installed packages
    assert code == 0, said
