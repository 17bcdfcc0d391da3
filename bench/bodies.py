"""Made-up observations: one metric, spread over an hour, no comments."""

import json
import random
from datetime import datetime, timedelta
from typing import Any

SEGMENTS = ("normal", "gold", "diamond", "staff")
TOUCHPOINTS = 50
SPREAD = timedelta(hours=1)


def observations(count: int, *, run: str, now: datetime, metric: str) -> list[dict[str, Any]]:
    """`count` observations of 200 series, in the hour before `now`, each sent for the first time.

    `run` makes their identifiers unlike those of any other run.
    """
    rng = random.Random(run)
    return [
        {
            "occurred_at": (now - SPREAD * rng.random()).isoformat(),
            "touchpoint": f"place-{rng.randrange(TOUCHPOINTS)}",
            "metric": metric,
            "value": rng.randint(2, 10),
            "segment": rng.choice(SEGMENTS),
            "external_id": f"{run}-{place}-{rng.getrandbits(64):016x}",
        }
        for place in range(count)
    ]


def bodies(
    requests: int, batch: int, *, run: str, now: datetime, metric: str = "score"
) -> list[bytes]:
    """Bodies of `batch` observations each; a batch of one is an object."""
    items = observations(requests * batch, run=run, now=now, metric=metric)
    parts = [items[start : start + batch] for start in range(0, len(items), batch)]
    return [json.dumps(part[0] if batch == 1 else part).encode() for part in parts]
