"""The installation that is measured: migrated, configured, with a key to send with."""

import io
import json
from typing import Any

from django.core.management import call_command
from django.db import connection

from bench.bodies import SEGMENTS, TOUCHPOINTS
from config.configuration.apply import apply_configuration
from cx_loop import clock
from cx_loop.actions.keys import create_key


def migrate() -> None:
    call_command("migrate", verbosity=0, stdout=io.StringIO())


def configure(places: int) -> None:
    """A company whose every series is watched: `score` by one rule, `load` by ten, and `probe`, at
    so many places of its own, by one that the first high value breaks."""
    apply_configuration(json.dumps(_company(places)), now=clock.now())


def key() -> str:
    return create_key(name="bench", scopes=["ingest"])[1]


def settle() -> None:
    """Let nothing of what was loaded be paid for by what is measured next."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _company(probes: int) -> dict[str, Any]:
    names = [f"place-{place}" for place in range(TOUCHPOINTS)]
    probed = [f"probe-{place}" for place in range(probes)]
    touchpoints = [{"key": name, "name": name, "owner": "ground"} for name in [*names, *probed]]
    bins = {"kind": "score", "scale": [0, 10]}
    rules = [_rule("score", "score", names, {"below": 1})]
    rules += [_rule(f"load-{n}", "load", names, {"below": (n + 1) / 12}) for n in range(10)]
    if probes:
        rules += [_rule("probe", "probe", probed, {"above": 9}, aggregate="max")]
    stage = {"key": "stage", "name": "Stage", "touchpoints": touchpoints}
    return {
        "organization": {"name": "Bench", "timezone": "UTC", "languages": ["en"]},
        "departments": [{"key": "ground", "name": "Ground", "lead": "lin@example.com"}],
        "segments": list(SEGMENTS),
        "metrics": [{"key": key, **bins} for key in ("score", "load", "probe")],
        "journeys": [{"key": "journey", "name": "Journey", "stages": [stage]}],
        "rules": rules,
    }


def _rule(
    key: str,
    metric: str,
    touchpoints: list[str],
    warning: dict[str, float],
    aggregate: str = "mean",
) -> Any:
    watched = {"touchpoints": touchpoints, "metric": metric, "by": ["segment"]}
    judged = {"aggregate": aggregate, "window": "1d", "warning": warning}
    return {"key": key, **watched, **judged}
