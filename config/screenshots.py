"""`manage.py screenshots`: pictures of every page, from a scratch installation with the demo."""

import argparse
import base64
import importlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from config import servers
from config.launch import ROOT
from config.supervise import say

OUT = ROOT / "docs" / "screenshots"
WIDTHS = {"wide": (1280, 900), "narrow": (390, 844)}
LANGUAGES = {"en": "English", "zh-hans": "中文"}
LARGEST_PAGE = 200_000  # bytes, uncompressed
MOST = 4 * 1024 * 1024  # bytes of all pictures together
QUALITY = 11  # of WebP: letters can still be read
PATIENCE = 1800  # seconds until the demo company is loaded
ADMIN = "admin@demo-air.example"


@dataclass(frozen=True, slots=True)
class Target:
    """A declared page as it stands in the scratch installation."""

    key: str
    path: str
    open_to_all: bool


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    folder = Path(options.folder or tempfile.mkdtemp(prefix="cx-loop-pictures-"))
    try:
        with _served(folder) as address, servers.running(folder):
            too_large = _take_all(address, folder, options.only)
    finally:
        if not options.folder:
            shutil.rmtree(folder, ignore_errors=True)
    _write_index()
    size = sum(path.stat().st_size for path in OUT.glob("*.webp"))
    say(f"  {len(list(OUT.glob('*.webp')))} pictures, {size / 1024 / 1024:.1f} MB in {OUT}")
    for page, length in too_large:
        say(f"  {page} has {length:,} bytes, more than {LARGEST_PAGE:,}")
    return 1 if too_large or size > MOST else 0


def _parser() -> argparse.ArgumentParser:
    about = "Pictures of every page in docs/screenshots/, wide and narrow, in both languages."
    parser = argparse.ArgumentParser(prog="manage.py screenshots", description=about)
    parser.add_argument(
        "--only", nargs="*", default=[], help="keys of pages, as in config/pages.py"
    )
    parser.add_argument("--folder", help="a data folder of a demo to take or make, and keep")
    return parser


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """An `up` of its own in the folder, with the demo company loaded; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", port]
    for given in ("CX_DATABASE_URL", "CX_BROKER_URL", "CX_PUBLIC_URL"):
        os.environ.pop(given, None)  # never the servers of an installation that matters
    os.environ |= {"CX_DATA_DIR": str(folder), "CX_BOOTSTRAP": "0"}
    up = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for_demo(up, address, folder)
        yield address
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(60)


def _wait_for_demo(up: "subprocess.Popen[bytes]", address: str, folder: Path) -> None:
    """The log-ins are written when the company is there; its progress says when all is lived."""
    for _second in range(PATIENCE):
        if up.poll() is not None:
            raise servers.ServersError("the scratch installation did not start")
        if (folder / "logins.txt").exists():
            with suppress(OSError), urllib.request.urlopen(f"{address}/about/progress/") as part:  # noqa: S310  our own
                if part.headers.get("HX-Refresh"):
                    return
        time.sleep(1)
    raise servers.ServersError("the demo company was not loaded in time")


def _take_all(address: str, folder: Path, only: list[str]) -> list[tuple[str, int]]:
    """Take the pictures; pages that are too large, with their size."""
    targets = _targets(only)
    if not only:
        shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True, exist_ok=True)
    pictures = importlib.import_module("config.pictures")
    too_large: list[tuple[str, int]] = pictures.take(
        address, targets, password_in(folder, ADMIN), ADMIN
    )
    return too_large


def _targets(only: list[str]) -> list[Target]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
    importlib.import_module("django").setup()
    pages = importlib.import_module("config.pages").PAGES
    found = [Target(page.key, page.find(), page.open_to_all) for page in pages]
    return [each for each in found if each.path and (not only or each.key in only)]


def password_in(folder: Path, email: str) -> str:
    lines = (folder / "logins.txt").read_text("utf-8").splitlines()
    return next(line.split()[1] for line in lines if line.startswith(email))


def picture_name(key: str, width: str, language: str) -> str:
    return f"{key}-{width}-{'zh' if language.startswith('zh') else 'en'}.webp"


def save(key: str, width: str, language: str, picture: str) -> None:
    """`picture`: base64, as the browser gives it."""
    (OUT / picture_name(key, width, language)).write_bytes(base64.b64decode(picture))


def _write_index() -> None:
    """One table of all pictures, in the order in which the pages are declared."""
    pages = importlib.import_module("config.pages").PAGES
    heads = [f"{width}, {said}" for width in WIDTHS for said in LANGUAGES.values()]
    lines = [
        "# Pictures of every page",
        "",
        "Made by `manage.py screenshots` from the demo company; `config/pages.py` declares them.",
        "",
        f"| page | {' | '.join(heads)} |",
        f"|---|{'---|' * len(heads)}",
    ]
    for page in pages:
        names = [picture_name(page.key, width, code) for width in WIDTHS for code in LANGUAGES]
        if all((OUT / name).exists() for name in names):
            cells = [f"[{head}]({name})" for head, name in zip(heads, names, strict=True)]
            lines.append(f"| {page.key} | {' | '.join(cells)} |")
    (OUT / "README.md").write_text("\n".join(lines) + "\n", "utf-8")
