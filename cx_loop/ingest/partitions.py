"""Monthly partitions of the raw observations: made ahead by a job, on demand for old data."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import connection, transaction

_LOCK = 5_871_201  # any number, the same in every process
_AHEAD = 3  # months

_known: set[str] = set()


def name_of(year: int, month: int) -> str:
    return f"cx_loop_observation_y{year:04d}m{month:02d}"


def ensure(moments: Iterable[datetime]) -> None:
    """There is a partition for each of these moments (aware)."""
    months = {(utc.year, utc.month) for utc in (moment.astimezone(UTC) for moment in moments)}
    missing = sorted(month for month in months if name_of(*month) not in _known)
    if not missing:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for month in missing:
            _make(cursor, *month)
    # not before the commit: a partition rolled back would be remembered and never exist
    transaction.on_commit(lambda: _known.update(name_of(*month) for month in missing))


def ensure_ahead(now: datetime) -> None:
    """This month and the next ones."""
    utc = now.astimezone(UTC)
    months = range(utc.month - 1, utc.month + _AHEAD)
    ensure(datetime(utc.year + month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in months)


def forget() -> None:
    """Look again: a month may have been dropped by retention in another process."""
    _known.clear()


def months() -> list[tuple[datetime, datetime]]:
    """[first moment, end) of every partition there is, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid"
            " WHERE inhparent = 'cx_loop_observation'::regclass ORDER BY relname"
        )
        names = [name for (name,) in cursor.fetchall()]
    return [_bounds(int(name[-7:-3]), int(name[-2:])) for name in names]


def _bounds(year: int, month: int) -> tuple[datetime, datetime]:
    after = (year + month // 12, month % 12 + 1)
    return datetime(year, month, 1, tzinfo=UTC), datetime(*after, 1, tzinfo=UTC)


def _make(cursor: object, year: int, month: int) -> None:
    """Make and attach: CREATE … PARTITION OF would lock the whole table against every insert."""
    name = name_of(year, month)
    start, end = _bounds(year, month)
    execute = cursor.execute  # type: ignore[attr-defined]
    execute("SELECT to_regclass(%s) IS NOT NULL", [name])
    if cursor.fetchone()[0]:  # type: ignore[attr-defined]
        return
    execute(f"CREATE TABLE {name} (LIKE cx_loop_observation INCLUDING ALL)")
    execute(
        f"ALTER TABLE cx_loop_observation ATTACH PARTITION {name}"
        f" FOR VALUES FROM ('{start:%Y-%m-%d} 00:00+00') TO ('{end:%Y-%m-%d} 00:00+00')"
    )
