"""What the environment says: the only module that reads it."""

import secrets
from pathlib import Path

import environ

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env.str("CX_DATA_DIR", default=str(ROOT / ".data"))).expanduser().resolve()

# labelled comments that `bench voice` tries the analysers on: a folder, or ''
VOICE_SETS = env.str("CX_VOICE_SETS", default="")


def kept_secret(name: str) -> str:
    """The secret called `name`: from CX_<NAME>, else made once and kept in the data folder."""
    given: str = env.str(f"CX_{name.upper()}", default="")
    if given:
        return given
    path = DATA_DIR / f"{name.lower()}.secret"
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        pass
    made = secrets.token_urlsafe(48)
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:  # another process of the same start was first
        return path.read_text("ascii").strip() or kept_secret(name)
    path.write_text(made, "ascii")
    return made
