"""The limit: PostgreSQL's COPY of the same rows into tables of the same shape and indexes.

No conflict is looked for, nothing is added up, nothing marked; the text is made beforehand.
"""

import time
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.db import connection, transaction

from bench.bodies import SEGMENTS, observations
from bench.machine import cpu_of, database_process

_TABLES = """
DROP TABLE IF EXISTS bench_observation, bench_key;
CREATE TABLE bench_observation (LIKE cx_loop_observation INCLUDING ALL);
CREATE TABLE bench_key (LIKE cx_loop_observationkey INCLUDING ALL);
"""
_OBSERVATIONS = (
    "COPY bench_observation"
    " (digest, series_id, occurred_at, received_at, value, exposure, bin) FROM STDIN"
)
_KEYS = (
    "COPY bench_key (digest, content, revision, source_id, series_id, occurred_at, value,"
    " exposure, bin) FROM STDIN"
)


def make_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)


def copy_cost(batches: int, batch: int, *, run: str, now: datetime) -> tuple[float, float]:
    """Microseconds of processor time (client and database) and of the clock, per observation."""
    ready = [_encoded(batch, run=f"{run}-{place}", now=now) for place in range(batches)]
    database = database_process()
    before, client, began = cpu_of(database), time.process_time(), time.perf_counter()
    for observed, keys in ready:
        with transaction.atomic(), connection.cursor() as cursor:
            _copy(cursor, _KEYS, keys)
            _copy(cursor, _OBSERVATIONS, observed)
    seconds = time.perf_counter() - began
    used = cpu_of(database) - before + (time.process_time() - client) * 1e6
    return used / (batches * batch), seconds * 1e6 / (batches * batch)


def _copy(cursor: Any, statement: str, text: bytes) -> None:
    with cursor.copy(statement) as copy:
        copy.write(text)


def _encoded(batch: int, *, run: str, now: datetime) -> tuple[bytes, bytes]:
    """Rows of both tables as COPY reads them."""
    observed, keys = [], []
    for item in observations(batch, run=run, now=now, metric="score"):
        digest = blake2b(item["external_id"].encode(), digest_size=16).hexdigest()
        place = int(item["touchpoint"].partition("-")[2])
        series = place * len(SEGMENTS) + SEGMENTS.index(item["segment"]) + 1
        at, value = item["occurred_at"], item["value"]
        observed.append(f"{digest}\t{series}\t{at}\t{now.isoformat()}\t{value}\t0\t{value}\n")
        keys.append(f"{digest}\t{digest}\t0\t1\t{series}\t{at}\t{value}\t0\t{value}\n")
    return "".join(observed).encode(), "".join(keys).encode()
