# ruff: noqa: S608  the statements are put together from constants of this file alone
"""The statements of a drain, prepared once a connection; see decision 0010 for why they are raw.

Each lateral with OFFSET 0 is a look into an index for each row: it cannot be joined otherwise,
whatever the planner believed of the tables when it planned.
"""

from cx_loop.actions.exclusive import PAST_IS_LIVED

MARKS_AT_ONCE = 5_000
GROUPS_AT_ONCE = 1_000

_COLUMNS = """group_id, version_id, state, level, since, muted, healthy_since, cleared_at, praised,
    last_data_at, last_edge, next_edge"""

# what intake looks names up in has a token that changes with it; scales are remembered under it
_LOCKED = """
    (SELECT token FROM cx_loop_catalogstate),
    locked.*,
    ARRAY(SELECT series_id FROM alerts_groupseries AS member
          WHERE member.group_id = locked.group_id ORDER BY series_id)
"""

# groups in the order of their keys, as everybody locks them; otherwise two drains wait for
# each other
_LOCK_TOUCHED = f"""
wanted AS MATERIALIZED (
    SELECT group_id, min(touched) AS touched, min(first) AS first, max(last) AS last
    FROM marks CROSS JOIN LATERAL (
        SELECT group_id FROM alerts_groupseries AS g WHERE g.series_id = marks.series_id
        UNION ALL
        SELECT group_id FROM alerts_comparedseries AS c WHERE c.series_id = marks.series_id
        OFFSET 0
    ) AS watching
    WHERE marks.seen GROUP BY group_id ORDER BY group_id
), locked AS MATERIALIZED (
    SELECT state.*, wanted.touched, wanted.first, wanted.last FROM wanted CROSS JOIN LATERAL (
        SELECT {_COLUMNS} FROM alerts_rulestate AS s WHERE s.group_id = wanted.group_id FOR UPDATE
    ) AS state
)
"""

# series that are not seen yet have no groups: nothing is locked then, and their marks are told
_TAKE = f"""
WITH taken AS (
    DELETE FROM cx_loop_dirtymark WHERE id IN (
        SELECT id FROM cx_loop_dirtymark WHERE <which> marked_at <= %(now)s
        ORDER BY id LIMIT {MARKS_AT_ONCE} FOR UPDATE SKIP LOCKED
    ) RETURNING series_id, marked_at, since, until
), every AS MATERIALIZED (
    SELECT series_id, min(marked_at) AS touched, min(since) AS first, max(until) AS last,
           count(*) AS n,
           EXISTS (SELECT FROM alerts_seriesseen AS s WHERE s.series_id = taken.series_id) AS seen
    FROM taken GROUP BY series_id
), whole AS MATERIALIZED (
    SELECT sum(n)::int AS n, bool_and(seen) AS seen FROM every
), marks AS MATERIALIZED (
    SELECT series_id, touched, first, last, (SELECT seen FROM whole) AS seen FROM every
), {_LOCK_TOUCHED}
SELECT whole.n,
       CASE WHEN NOT whole.seen THEN ARRAY(SELECT series_id FROM every ORDER BY 1) END,
       CASE WHEN NOT whole.seen THEN ARRAY(SELECT touched FROM every ORDER BY series_id) END,
       CASE WHEN NOT whole.seen THEN ARRAY(SELECT first FROM every ORDER BY series_id) END,
       CASE WHEN NOT whole.seen THEN ARRAY(SELECT last FROM every ORDER BY series_id) END,
       CASE WHEN NOT whole.seen THEN ARRAY(SELECT series_id FROM every WHERE NOT seen) END,
       {_LOCKED}
FROM whole LEFT JOIN locked ON true
"""

TAKE_ALL = _TAKE.replace("<which>", "")
# serves: a request, which takes the marks of its own series; index dirtymark_series. While another
# session lives the past it takes none, and nobody begins to before this transaction has ended
TAKE_THESE = _TAKE.replace(
    "<which>",
    f"(SELECT pg_try_advisory_xact_lock_shared({PAST_IS_LIVED}))"
    " AND series_id = ANY(%(series)s::bigint[]) AND",
)

LOCK_TOUCHED = f"""
WITH marks AS MATERIALIZED (
    SELECT series_id, touched, first, last, true AS seen
    FROM unnest(%(series)s::bigint[], %(touched)s::timestamptz[], %(first)s::timestamptz[],
                %(last)s::timestamptz[]) AS mark(series_id, touched, first, last)
), {_LOCK_TOUCHED}
SELECT {_LOCKED} FROM locked
"""

# what another drain holds is looked at there
LOCK_DUE = f"""
WITH locked AS MATERIALIZED (
    SELECT {_COLUMNS}, NULL::timestamptz AS touched, NULL::timestamptz AS first,
           NULL::timestamptz AS last
    FROM alerts_rulestate
    WHERE next_edge <= %(now)s AND NOT group_id = ANY(%(besides)s::bigint[])
    ORDER BY next_edge, group_id LIMIT {GROUPS_AT_ONCE} FOR UPDATE SKIP LOCKED
)
SELECT {_LOCKED} FROM locked
"""

# the newest decision of each group and its unresolved alert. A statement of its own, after the
# locks: one that waits for a lock still reads everything else as it was before the wait
NEWEST = """
SELECT wanted.group_id, last.*, alert.id
FROM unnest(%(groups)s::bigint[]) AS wanted(group_id)
LEFT JOIN LATERAL (
    SELECT id, version_id, edge, until, times, verdict, level, reason, provisional
    FROM alerts_evaluation WHERE group_id = wanted.group_id ORDER BY edge DESC, id DESC LIMIT 1
) AS last ON true
LEFT JOIN LATERAL (
    SELECT id FROM alerts_alert WHERE group_id = wanted.group_id
    AND state IN ('open', 'acknowledged') LIMIT 1
) AS alert ON true
"""

# the planner expects a hundred rows of a record set and would read whole tables for them; the
# bounds, which every key is within, let it expect one, so that each row is found by its key
WRITE = """
WITH said AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(said)s::jsonb) AS said(
        id bigint, version_id bigint, group_id bigint, edge timestamptz, until timestamptz,
        times int, value float8, n float8, verdict text, level smallint, reason text,
        params jsonb, provisional bool)
    WHERE group_id BETWEEN 1 AND 9223372036854775807
), rewritten AS (
    UPDATE alerts_evaluation AS row
    SET until = said.until, times = said.times, value = said.value, n = said.n,
        verdict = said.verdict, level = said.level, reason = said.reason, params = said.params,
        provisional = said.provisional
    FROM said WHERE row.id = said.id
), made AS (
    INSERT INTO alerts_evaluation (version_id, group_id, edge, until, times, value, n, verdict,
                                   level, reason, params, provisional)
    SELECT version_id, group_id, edge, until, times, value, n, verdict, level, reason, params,
           provisional
    FROM said WHERE id IS NULL
)
UPDATE alerts_rulestate AS row
SET state = new.state, level = new.level, since = new.since, muted = new.muted,
    healthy_since = new.healthy_since, cleared_at = new.cleared_at, praised = new.praised,
    last_data_at = new.last_data_at, last_edge = new.last_edge, next_edge = new.next_edge
FROM jsonb_to_recordset(%(states)s::jsonb) AS new(
    group_id bigint, state text, level smallint, since timestamptz, muted bool,
    healthy_since timestamptz, cleared_at timestamptz, praised bool,
    last_data_at timestamptz, last_edge timestamptz, next_edge timestamptz)
WHERE new.group_id BETWEEN 1 AND 9223372036854775807 AND row.group_id = new.group_id
"""
