"""Makes the environment the project runs in: a .venv of hash-locked packages beside manage.py.

Standard library only, because it runs before anything is installed. `ensure` returns when the
current interpreter has everything; otherwise it installs and starts manage.py again in .venv.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import NoReturn

from config import install_failures

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
UNFINISHED = VENV / "installing"
LOCKS = ROOT / "requirements"
OPTIONAL = "embedded.lock"
DEVELOPER_COMMANDS = {"test", "lint", "bench", "messages"}
MARKER = re.compile(r"(\w+) (<|>|<=|>=|==|!=) '([^']*)'")


def ensure(argv: list[str]) -> None:
    """Return if the environment is complete, else install it and replace this process."""
    if os.environ.get("CX_BOOTSTRAP") == "0":
        return
    locks = locks_for(argv[1] if len(argv) > 1 else "")
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    half = inside and UNFINISHED.exists()  # what is there may lack files
    if (inside and ready(locks)) or (not half and satisfied(locks)):
        return
    if not ready(locks):
        try:
            with _alone():
                if not ready(locks):  # otherwise a start that waited would install all again
                    install(locks)
        except KeyboardInterrupt:
            _give_up("the installation was interrupted; the same command goes on with it", code=130)
        except OSError as error:
            _give_up(install_failures.sentence(str(error), ROOT))
    if os.environ.get("CX_BOOTSTRAPPED") == str(os.getpid()):  # exec keeps the process id
        _give_up(f"{VENV} does not start as an environment of its own; is PYTHONHOME set?")
    os.environ["CX_BOOTSTRAPPED"] = str(os.getpid())
    python = str(VENV / "bin" / "python")
    os.execv(python, [python, *argv])  # noqa: S606


def locks_for(command: str) -> list[str]:
    """Lock files a command needs: developers' tools include everything the service needs."""
    return ["dev.lock" if command in DEVELOPER_COMMANDS else "base.lock", OPTIONAL]


def digest(name: str) -> str:
    return hashlib.sha256((LOCKS / name).read_bytes()).hexdigest()


def ready(locks: list[str]) -> bool:
    """Whether .venv was installed to its end, by this Python, from these very locks."""
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    if stamp.get("python") != platform.python_version() or not (VENV / "bin/python").exists():
        return False
    return all(stamp["locks"].get(name) == digest(name) for name in locks)


def pins(text: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Package name -> version of every line of a lock whose marker applies here."""
    found = {}
    for line in text.splitlines():
        requirement, _, marker = line.rstrip(" \\").partition(" ; ")
        name, pinned, version = requirement.partition("==")
        if pinned and not line.startswith((" ", "#")) and applies(marker, environment):
            found[name] = version.strip()
    return found


def applies(marker: str, environment: Mapping[str, str]) -> bool:
    """PEP 508 markers as the locks use them: comparisons joined by and / or, no brackets."""
    return not marker or any(
        all(_compare(part, environment) for part in either.split(" and "))
        for either in marker.split(" or ")
    )


def _compare(part: str, environment: Mapping[str, str]) -> bool:
    match = MARKER.fullmatch(part.strip())
    if match is None or match[1] not in environment:
        return True  # unknown: otherwise a package that is needed could be taken for not needed
    left, right = _ordered(environment[match[1]]), _ordered(match[3])
    return {
        "<": left < right,
        ">": left > right,
        "<=": left <= right,
        ">=": left >= right,
        "==": left == right,
        "!=": left != right,
    }[match[2]]


def _ordered(text: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(p), "") if p.isdigit() else (0, p) for p in text.split("."))


def environment() -> dict[str, str]:
    return {
        "python_full_version": platform.python_version(),
        "platform_python_implementation": platform.python_implementation(),
        "implementation_name": sys.implementation.name,
        "sys_platform": sys.platform,
    }


def satisfied(locks: list[str]) -> bool:
    """Whether this very interpreter has every pinned version, the optional servers aside."""
    wanted: dict[str, str] = {}
    for name in locks:
        if name != OPTIONAL:
            wanted |= pins((LOCKS / name).read_text("utf-8"), environment())
    with contextlib.suppress(metadata.PackageNotFoundError):
        return all(metadata.version(name) == version for name, version in wanted.items())
    return False


def install(locks: list[str]) -> None:
    """Bring .venv to the state of these locks; the stamp is written last, so half is nothing."""
    _say(f"preparing the environment in {VENV} (once; a few minutes on a slow line)")
    if UNFINISHED.exists():
        shutil.rmtree(VENV)
    STAMP.unlink(missing_ok=True)
    pip = _pip_for_venv()
    UNFINISHED.touch()
    problem = _run_pip(pip, locks)
    if problem and _lacks_only_the_optional(problem):
        problem = _run_pip(pip, [name for name in locks if name != OPTIONAL])
        _say(
            "the optional database and broker wheels do not exist for this platform; going on "
            "without them (CX_DATABASE_URL and CX_BROKER_URL, or servers on PATH, take their place)"
        )
    if problem:
        _give_up(install_failures.sentence(problem, ROOT))
    installed = {name: digest(name) for name in {*locks, "base.lock"}}
    stamp = json.dumps({"python": platform.python_version(), "locks": installed}, indent=1)
    beside = STAMP.with_suffix(".new")
    beside.write_text(stamp, "utf-8")
    beside.replace(STAMP)
    UNFINISHED.unlink()


def _lacks_only_the_optional(problem: str) -> bool:
    names = (set(pins((LOCKS / name).read_text("utf-8"), {})) for name in (OPTIONAL, "base.lock"))
    optional = next(names) - next(names)
    return install_failures.missing_package(problem) in optional


def _pip_for_venv() -> list[str]:
    """Make .venv when it is missing or broken; the command that installs packages into it."""
    python = getattr(sys, "_base_executable", "") or sys.executable
    if importlib.util.find_spec("venv") is None:
        _give_up(install_failures.NO_VENV)
    outer = _pip_reaches_in(python)
    inner = importlib.util.find_spec("ensurepip") is not None
    if not outer and not inner:
        _give_up(install_failures.NO_PIP)
    target = VENV / "bin" / "python"
    if not _same_python(target):
        if VENV.exists():
            shutil.rmtree(VENV)
        options = ["--without-pip"] if outer else []
        made = _quiet([python, "-m", "venv", *options, str(VENV)])
        if made.returncode:
            _give_up(install_failures.sentence(made.stdout, ROOT))
    if outer:
        return [python, "-m", "pip", "--python", str(target)]
    if _quiet([str(target), "-m", "pip", "--version"]).returncode:
        _quiet([str(target), "-m", "ensurepip"])
    return [str(target), "-m", "pip"]


def _pip_reaches_in(python: str) -> bool:
    """Whether pip of `python` is new enough (22.3) to install into another environment."""
    answer = _quiet([python, "-m", "pip", "--version"])
    found = re.match(r"pip (\d+)\.(\d+)", answer.stdout)
    return bool(found) and (int(found[1]), int(found[2])) >= (22, 3)  # type: ignore[index]


def _same_python(target: Path) -> bool:
    """Whether .venv still starts, and is of this Python: an upgraded system leaves dead links."""
    if not target.exists():
        return False
    answer = _quiet([str(target), "-c", "import platform; print(platform.python_version())"])
    return answer.returncode == 0 and answer.stdout.strip() == platform.python_version()


def _run_pip(pip: list[str], locks: list[str]) -> str | None:
    """Install locks; None when it went well, else what pip said."""
    total = len({p for n in locks for p in pins((LOCKS / n).read_text("utf-8"), environment())})
    options = ["--require-hashes", "--only-binary", ":all:", "--disable-pip-version-check"]
    options += ["--retries", "2"]
    files = [part for name in locks for part in ("-r", str(LOCKS / name))]
    command = [*pip, "--no-input", "install", "--progress-bar", "off", *options, *files]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=_clean_environment(),
        cwd=ROOT,
        close_fds=False,  # pip holds our lock too: killed without it, we leave it at work
    )
    assert process.stdout is not None
    said: list[str] = []
    collected: set[str] = set()
    for line in process.stdout:
        said.append(line)
        if match := re.match(r"(?:Collecting|Requirement already satisfied:) ([^=\s<>]+)", line):
            collected.add(match[1].lower())
            _progress(len(collected), total, match[1])
        elif line.startswith("Installing collected"):
            _progress(total, total, "putting them in place")
    code = process.wait()
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return "".join(said) if code else None


def _progress(done: int, total: int, what: str) -> None:
    if sys.stderr.isatty():
        bar = "#" * (30 * min(done, total) // max(total, 1))
        print(f"\r[{bar:<30}] {done}/{total} {what:<40.40}", end="", file=sys.stderr, flush=True)
    else:
        print(f"  {done}/{total} {what}", file=sys.stderr, flush=True)


def _quiet(command: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=_clean_environment(),
        check=False,
    )


def _clean_environment() -> dict[str, str]:
    """Without what would send packages elsewhere than into .venv."""
    astray = {"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_ROOT"}
    astray |= {"PIP_REQUIRE_VIRTUALENV", "PIP_QUIET", "__PYVENV_LAUNCHER__"}
    return {key: value for key, value in os.environ.items() if key not in astray}


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One installation at a time: the lock is on the project's folder and leaves no file."""
    folder = os.open(ROOT, os.O_RDONLY)
    os.set_inheritable(folder, True)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("another start is preparing the environment; waiting for it")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _say(text: str) -> None:
    print(f"manage.py: {text}", file=sys.stderr, flush=True)


def _give_up(text: str, code: int = 1) -> NoReturn:
    _say(text)
    raise SystemExit(code)
