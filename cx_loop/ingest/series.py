"""Which series an entry belongs to; a new one is made on first sight, up to a cap."""

from collections import defaultdict
from collections.abc import Sequence

from django.conf import settings
from django.db import connection, transaction

from cx_loop.ingest.catalog import Catalog, SeriesName
from cx_loop.ingest.check import Entry
from cx_loop.ingest.items import Refused
from cx_loop.models import Series

# one cap for both free texts of a series: a sender that puts a ticket number into one of them
# would otherwise make a series an observation
_FREE_TEXTS = {"channel": 5, "location": 6}

_MAKE = """
INSERT INTO cx_loop_series
    (touchpoint_id, stage_id, journey_id, metric_id, segment, channel, location)
SELECT nullif(t, 0), nullif(s, 0), nullif(j, 0), m, segment, channel, location
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
            %s::text[], %s::text[], %s::text[]) AS wanted(t, s, j, m, segment, channel, location)
ON CONFLICT DO NOTHING
"""

_FIND = """
SELECT w.t, w.s, w.j, w.m, w.segment, w.channel, w.location, series.id
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
            %s::text[], %s::text[], %s::text[]) AS w(t, s, j, m, segment, channel, location)
JOIN cx_loop_series AS series
  ON series.metric_id = w.m AND series.segment = w.segment
 AND series.channel = w.channel AND series.location = w.location
 AND series.touchpoint_id IS NOT DISTINCT FROM nullif(w.t, 0)
 AND series.stage_id IS NOT DISTINCT FROM nullif(w.s, 0)
 AND series.journey_id IS NOT DISTINCT FROM nullif(w.j, 0)
"""


def assign(entries: Sequence[Entry], catalog: Catalog) -> dict[int, Refused]:
    """Set `series_id` of each entry that has none yet, inside the caller's transaction.

    Gives the refusals by place: too_many_series where a cap would be passed.
    """
    new_here = [entry for entry in entries if not entry.series_id and entry.name[3]]
    if not new_here:
        return {}
    known = catalog.series
    missing = {entry.name for entry in new_here} - known.keys()
    refused: dict[SeriesName, Refused] = {}
    found: dict[SeriesName, int] = {}
    if missing:
        found = _found(missing)
        new = missing - found.keys()
        if new:
            refused = _over_the_cap(new)
            found |= _made(sorted(new - refused.keys()))
        # not before the commit: a series rolled back would be remembered and never exist
        transaction.on_commit(lambda: catalog.remember(found))
    for entry in new_here:
        # remembered only of series that are there for good, as `catalog` does
        if remembered := known.get(entry.name):
            entry.series_id = entry.where.series_id = remembered
        else:
            entry.series_id = found.get(entry.name, 0)
    return {entry.place: refused[entry.name] for entry in new_here if entry.name in refused}


def _columns(names: Sequence[SeriesName]) -> list[list[int | str]]:
    return [list(column) for column in zip(*names, strict=True)]


def _found(names: set[SeriesName]) -> dict[SeriesName, int]:
    with connection.cursor() as cursor:
        cursor.execute(_FIND, _columns(sorted(names)))
        return {tuple(row[:7]): row[7] for row in cursor.fetchall()}


def _made(names: list[SeriesName]) -> dict[SeriesName, int]:
    """Insert in sorted order: two batches that make the same series must not deadlock."""
    if not names:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_MAKE, _columns(names))
    return _found(set(names))


def _over_the_cap(new: set[SeriesName]) -> dict[SeriesName, Refused]:
    """Those of `new` that would be one channel or location too many of their metric."""
    refused: dict[SeriesName, Refused] = {}
    groups: dict[tuple[int, ...], list[SeriesName]] = defaultdict(list)
    for name in sorted(new):
        groups[name[:4]].append(name)
    most = settings.MAX_LOCATIONS
    for group, names in groups.items():
        for field, column in _FREE_TEXTS.items():
            if not any(name[column] for name in names):
                continue
            known = _known_texts(group, field)
            for name in names:
                text = str(name[column])
                if text and text not in known and len(known) >= most:
                    message = f"This metric has {most} values of {field} here already."
                    refused[name] = Refused("too_many_series", field, message)
                elif text:
                    known.add(text)
    return refused


def _known_texts(group: tuple[int, ...], field: str) -> set[str]:
    touchpoint, stage, journey, metric = (part or None for part in group)
    of_group = Series.objects.filter(
        touchpoint=touchpoint, stage=stage, journey=journey, metric=metric
    )
    return set(of_group.exclude(**{field: ""}).values_list(field, flat=True).distinct())
