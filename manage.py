#!/usr/bin/env python3
"""The one command of CX Loop: it makes its own environment, then does what it was asked."""

import os
import sys


def main():
    if sys.version_info < (3, 11):  # noqa: UP036  otherwise they get a traceback
        sys.exit(
            "manage.py: this is Python {}.{} and CX Loop needs 3.11 or newer; "
            "run it as python3.11 (or newer) manage.py".format(*sys.version_info)
        )
    if os.name != "posix":
        sys.exit("manage.py: CX Loop runs on Linux and macOS; on Windows use it inside WSL")
    from config import bootstrap

    bootstrap.ensure(sys.argv)
    from config import launch

    sys.exit(launch.run(sys.argv))


if __name__ == "__main__":
    main()
