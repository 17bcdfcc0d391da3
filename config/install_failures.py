"""What a failed installation is called in one sentence, and what to do about it."""

import re
from pathlib import Path

NO_VENV = (
    "this Python has no venv module; install it (Debian, Ubuntu: apt install python3-venv) "
    "and start again"
)
NO_PIP = (
    "this Python has neither ensurepip nor a pip of 22.3 or newer; install one "
    "(Debian, Ubuntu: apt install python3-venv) and start again"
)
KNOWN = [
    (
        r"No space left on device|Errno 28|Disk quota exceeded",
        "the disk is full; the environment takes about 500 MB in {root}/.venv "
        "(and pip as much for a moment in TMPDIR); make room and start again",
    ),
    (
        r"Permission denied|Errno 13|Errno 30|Read-only file system|Errno 1\b",
        "{root} cannot be written by this user; copy the project to a folder of your own, "
        "or install requirements/base.lock yourself and set CX_BOOTSTRAP=0",
    ),
    (
        r"DO NOT MATCH THE HASHES|Hashes are required",
        "a package is not the one that requirements/*.lock names (its hash differs), so nothing "
        "of it was installed; try another package index, or tell the maintainers",
    ),
    (
        r"NewConnectionError|Retrying \(Retry|ConnectTimeout|ReadTimeout|ProxyError|SSLError"
        r"|Temporary failure in name resolution|Name or service not known|IncompleteRead",
        "the package index cannot be reached, and the first start needs it; connect to a network "
        "(behind a proxy set HTTPS_PROXY, with a mirror set PIP_INDEX_URL) and start again",
    ),
    (
        r"No matching distribution found for (?P<what>\S+)",
        "there is no ready-made package of {what} for this Python and platform; use Python 3.11, "
        "3.12 or 3.13 on Linux (glibc 2.28 or newer, x86-64 or arm64) or macOS",
    ),
]


def missing_package(said: str) -> str:
    """The package that pip found nowhere for this platform, '' when that was not the reason."""
    match = re.search(r"No matching distribution found for ([\w.-]+)", said)
    return match[1] if match else ""


def sentence(said: str, root: Path) -> str:
    """One sentence for what pip, venv or the operating system said."""
    for pattern, words in KNOWN:
        if match := re.search(pattern, said):
            return words.format(root=root, **match.groupdict())
    last = [line.strip() for line in said.splitlines() if line.strip()][-1:] or ["no reason given"]
    return f"the environment could not be installed ({last[0]}); mend that and start again"
