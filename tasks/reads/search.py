"""Words typed into the search of a queue or list: what they are held against.

A number, with or without #, is the number of a task. Other words are looked for, in any case of
their letters and in every language, in the names and keys of touchpoints and metrics, and in
titles written by hand. The title of a task that came from an alert is put together from those
names, so nothing else stands in it.

Titles are found by their pieces, single letters and pairs of them (`cx_pieces`, migration 0013):
in Chinese two characters are a word already, where an index of words or of triples finds nothing.
"""

from django.db.models import Q

from tasks.reads.keyset import as_query

_NAMED = """
SELECT id FROM {table} WHERE position(lower(%(words)s::text) IN lower(key)) > 0 OR EXISTS (
    SELECT FROM jsonb_each_text(name) AS said
    WHERE position(lower(%(words)s::text) IN lower(said.value)) > 0
)
"""
_TOLD = """
SELECT number FROM tasks_task WHERE title ? 'text' AND {which}
AND cx_pieces(title ->> 'text') @> cx_pieces(%(words)s::text)
AND position(lower(%(words)s::text) IN lower(title ->> 'text')) > 0
"""
_PLACES = _NAMED.format(table="cx_loop_touchpoint")
_METRICS = _NAMED.format(table="cx_loop_metric")
# an index each: what is closed outgrows the rest by far
_TOLD_UNCLOSED, _TOLD_CLOSED = (
    _TOLD.format(which=which) for which in ("state <> 'closed'", "state = 'closed'")
)


def number_in(words: str) -> int | None:
    """#1042 and 1042; None for words."""
    number = words.lstrip("#")
    # not isdigit: there are digits that are no number
    return int(number) if number.isdecimal() and len(number) < 18 else None


def spoken_of(*, closed: bool) -> str:
    """The condition on `task` that one of the names or its title has %(words)s in it."""
    told = _TOLD_CLOSED if closed else _TOLD_UNCLOSED
    return (
        f"(task.touchpoint_id IN ({_PLACES}) OR task.metric_id IN ({_METRICS})"
        f" OR task.number IN ({told}))"
    )


def speaks_of(words: str) -> Q:
    """The same as a condition of the ORM, for closed and unclosed tasks."""
    number = number_in(words)
    if number is not None:
        return Q(number=number)
    values = {"words": words}
    return (
        Q(touchpoint__in=as_query(_PLACES, values))
        | Q(metric__in=as_query(_METRICS, values))
        | Q(pk__in=as_query(f"({_TOLD_UNCLOSED}) UNION ALL ({_TOLD_CLOSED})", values))
    )
