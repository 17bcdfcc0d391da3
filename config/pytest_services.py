"""Real servers and a real browser for the test suite (named in pyproject's addopts).

The servers start before pytest-django loads the settings: a conftest would be too late. Spread
over processes (`-n`), every one has its own: what a test empties or stops is nobody else's.
"""

import os
import shutil
from contextlib import ExitStack

import pytest

from config import servers

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW = "install Chromium (Debian: apt install chromium) or set CX_CHROMIUM to its path"

_stack = ExitStack()
_not_run: list[str] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    given = early_config.known_args_namespace
    spreads = getattr(given, "numprocesses", None) and "PYTEST_XDIST_WORKER" not in os.environ
    if given.help or spreads:
        return
    try:
        _stack.enter_context(servers.scratch())
    except servers.ServersError as problem:
        raise pytest.UsageError(str(problem)) from None


def pytest_unconfigure() -> None:
    _stack.close()


def chromium() -> str:
    """Path of a Chromium on this machine, '' without one."""
    names = [given] if (given := os.environ.get("CX_CHROMIUM", "")) else CHROMIUMS
    return next((found for name in names if (found := shutil.which(name))), "")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    return chromium()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright's event loop, once started, stays in the main thread."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser"):
        # Playwright's own loop runs in this thread, so Django takes us for asynchronous code
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        if not chromium():
            _not_run.append(item.nodeid)
            if os.environ.get("CI"):
                pytest.fail(f"no Chromium here, and CI must run this: {HOW}", pytrace=False)
            pytest.skip(f"NOT RUN, no Chromium: {HOW}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _not_run:
        terminalreporter.section("BROWSER TESTS NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(_not_run)} browser tests did not run: no Chromium; {HOW}.")
