"""The SQL that stores a batch. Read `store.py` first.

Keys are locked in the order of their digests, then rollup rows in the order of their key, in
every batch, so concurrent overlapping batches wait for each other and never deadlock. This is
also why new values and corrections are one upsert: a second pass over the rollups would lock
them out of order.
"""

from cx_loop.models.fold import SEAM

_ADDED = """ON CONFLICT (series_id, grain, bucket, bin) DO UPDATE SET
    n = stored.n + excluded.n,
    total = CASE WHEN stored.n + excluded.n = 0 THEN 0 ELSE stored.total + excluded.total END,
    squares = CASE WHEN stored.n + excluded.n = 0 THEN 0 ELSE stored.squares + excluded.squares END,
    exposure =
        CASE WHEN stored.n + excluded.n = 0 THEN 0 ELSE stored.exposure + excluded.exposure END"""

# what the rows of `change` add up to is put into the rollups, and marked for evaluation. Hours
# and days only where they are folded already; `fold` is held when every key is locked and before
# any rollup is, otherwise a sender that waits for a key could wait for one that waits for a fold
_COUNTED = f"""), fine AS (
    SELECT series_id, date_bin('5 minutes', occurred_at, 'epoch') AS bucket, bin,
           sum(n)::integer AS n, sum(total) AS total, sum(squares) AS squares,
           sum(exposure) AS exposure, min(occurred_at) AS since, max(occurred_at) AS until
    FROM change GROUP BY 1, 2, 3
), fold AS (
    SELECT held.* FROM (SELECT count(*) AS rows FROM fine) AS every
    CROSS JOIN LATERAL cx_loop_hold_fold(every.rows) AS held
), hours AS (
    SELECT series_id, date_bin('1 hour', bucket, 'epoch') AS bucket, bin, sum(n)::integer AS n,
           sum(total) AS total, sum(squares) AS squares, sum(exposure) AS exposure,
           min({SEAM}) AS seam
    FROM fine CROSS JOIN fold WHERE bucket < {SEAM}
    GROUP BY 1, 2, 3
), rolled AS (
    INSERT INTO cx_loop_rollup AS stored
        (series_id, grain, bucket, bin, n, total, squares, exposure)
    SELECT * FROM (
        SELECT series_id, 5::smallint AS grain, bucket, bin, n, total, squares, exposure FROM fine
        UNION ALL
        SELECT series_id, 60::smallint, bucket, bin, n, total, squares, exposure FROM hours
        UNION ALL
        SELECT series_id, 1440::smallint, date_bin('1 day', bucket, 'epoch'), bin,
               sum(n)::integer, sum(total), sum(squares), sum(exposure)
        FROM hours WHERE bucket < date_bin('1 day', seam, 'epoch')
        GROUP BY 1, 3, 4
    ) AS part
    WHERE n <> 0 OR total <> 0 OR squares <> 0 OR exposure <> 0
    ORDER BY series_id, grain, bucket, bin
    {_ADDED}
), marked AS (
    INSERT INTO cx_loop_dirtymark (series_id, since, until, marked_at)
    SELECT series_id, min(since), max(until), %(now)b::timestamptz
    FROM fine WHERE %(mark)b::boolean GROUP BY series_id
)
"""  # noqa: S608

_GIVEN = """
WITH item AS (
    SELECT * FROM unnest(
        %(digest)b::uuid[], %(content)b::uuid[], %(revision)b::bigint[], %(series)b::bigint[],
        %(occurred_at)b::timestamptz[], %(value)b::float8[], %(exposure)b::float8[],
        %(bin)b::smallint[]
    ) AS item(digest, content, revision, series_id, occurred_at, value, exposure, bin)
), taken AS (
    INSERT INTO cx_loop_observationkey AS known
        (digest, content, revision, source_id, series_id, occurred_at, value, exposure, bin)
    SELECT digest, content, revision, %(source)b::bigint, nullif(series_id, 0), occurred_at,
           value, exposure, bin
    FROM item ORDER BY digest
"""

# where every key is new; one that is not breaks it. To look for a conflict first costs a tenth of
# a batch. All keys are locked before anything is counted, as in `STORE`
STORE_NEW = f"""{_GIVEN}    RETURNING 1
), kept AS (
    INSERT INTO cx_loop_observation
        (digest, series_id, occurred_at, received_at, value, exposure, bin)
    SELECT digest, series_id, occurred_at, %(now)b::timestamptz, value, exposure, bin
    FROM item WHERE series_id <> 0
), change AS (
    SELECT series_id, occurred_at, bin, 1 AS n, value AS total, value * value AS squares, exposure
    FROM item WHERE series_id <> 0 AND (SELECT count(*) FROM taken) > 0
{_COUNTED}SELECT
"""  # noqa: S608

# how many were taken; which, and what was there before, only where not all of them were new
STORE = f"""{_GIVEN}    ON CONFLICT (digest) DO UPDATE SET
        content = excluded.content, revision = excluded.revision,
        series_id = excluded.series_id, occurred_at = excluded.occurred_at,
        value = excluded.value, exposure = excluded.exposure, bin = excluded.bin,
        was_series_id = known.series_id, was_occurred_at = known.occurred_at,
        was_value = known.value, was_exposure = known.exposure, was_bin = known.bin
    WHERE known.content <> excluded.content AND known.revision <= excluded.revision
    RETURNING digest, series_id, occurred_at, value, exposure, bin,
              was_series_id, was_occurred_at, was_value, was_exposure, was_bin
), kept AS (
    INSERT INTO cx_loop_observation
        (digest, series_id, occurred_at, received_at, value, exposure, bin)
    SELECT digest, series_id, occurred_at, %(now)b::timestamptz, value, exposure, bin
    FROM taken WHERE series_id IS NOT NULL AND was_occurred_at IS NULL
), change AS (
    SELECT series_id, occurred_at, bin, 1 AS n, value AS total, value * value AS squares, exposure
    FROM taken WHERE series_id IS NOT NULL
    UNION ALL
    SELECT was_series_id, was_occurred_at, was_bin, -1, -was_value, -was_value * was_value,
           -was_exposure
    FROM taken WHERE was_series_id IS NOT NULL
{_COUNTED}SELECT many, digest, was_series_id, was_occurred_at
FROM (SELECT count(*) AS many, count(was_occurred_at) AS corrected FROM taken) AS every
LEFT JOIN taken ON corrected > 0 OR many < cardinality(%(digest)b::uuid[])
"""  # noqa: S608
# psycopg remembers how it takes a statement apart up to 4096 characters; a longer one would be
# taken apart for every request
STORE, STORE_NEW = " ".join(STORE.split()), " ".join(STORE_NEW.split())

# one observation, when it is new: nothing is compared and nothing added up
ALONE = f"""
WITH taken AS (
    INSERT INTO cx_loop_observationkey
        (digest, content, revision, source_id, series_id, occurred_at, value, exposure, bin)
    VALUES (%(digest)b::uuid, %(content)b::uuid, %(revision)b::bigint, %(source)b::bigint,
            %(series)b::bigint, %(occurred_at)b::timestamptz, %(value)b::float8,
            %(exposure)b::float8, %(bin)b::smallint)
    ON CONFLICT (digest) DO NOTHING
    RETURNING digest, series_id, occurred_at, value, exposure, bin
), kept AS (
    INSERT INTO cx_loop_observation
        (digest, series_id, occurred_at, received_at, value, exposure, bin)
    SELECT digest, series_id, occurred_at, %(now)b::timestamptz, value, exposure, bin FROM taken
), rolled AS (
    INSERT INTO cx_loop_rollup AS stored
        (series_id, grain, bucket, bin, n, total, squares, exposure)
    SELECT series_id, grain, date_bin(grain * interval '1 minute', occurred_at, 'epoch'), bin,
           1, value, value * value, exposure
    FROM taken CROSS JOIN LATERAL cx_loop_hold_fold(taken.series_id) AS fold
    CROSS JOIN (VALUES (5::smallint), (60::smallint), (1440::smallint)) AS every(grain)
    WHERE grain = 5 OR occurred_at < CASE grain WHEN 60 THEN {SEAM}
                                     ELSE date_bin('1 day', {SEAM}, 'epoch') END
    ORDER BY grain
    {_ADDED}
), marked AS (
    INSERT INTO cx_loop_dirtymark (series_id, since, until, marked_at)
    SELECT series_id, occurred_at, occurred_at, %(now)b::timestamptz
    FROM taken WHERE %(mark)b::boolean
)
SELECT 1 FROM taken
"""  # noqa: S608

# a statement of its own, with a snapshot taken after the key was locked: the row to replace may
# have been committed while the first statement waited for it
REPLACE = """
WITH gone AS (
    DELETE FROM cx_loop_observation AS old
    USING unnest(%(digest)b::uuid[], %(series)b::bigint[], %(occurred_at)b::timestamptz[])
        AS was(digest, series_id, occurred_at)
    WHERE old.series_id = was.series_id AND old.occurred_at = was.occurred_at
      AND old.digest = was.digest
)
INSERT INTO cx_loop_observation
    (digest, series_id, occurred_at, received_at, value, exposure, bin)
SELECT digest, series_id, occurred_at, %(now)b::timestamptz, value, exposure, bin
FROM cx_loop_observationkey
WHERE digest = ANY(%(digest)b::uuid[]) AND series_id IS NOT NULL
"""

# the keys to take out, locked in the order every batch locks them; of a bound sender only those
# of its departments' touchpoints
LOCK_KEYS = """
SELECT known.digest, known.content = %(buried)s::uuid
FROM cx_loop_observationkey AS known
LEFT JOIN cx_loop_series AS series ON series.id = known.series_id
LEFT JOIN cx_loop_feedback AS said ON said.digest = known.digest
LEFT JOIN cx_loop_touchpoint AS place
    ON place.id = coalesce(series.touchpoint_id, said.touchpoint_id)
WHERE known.digest = ANY(%(digest)s::uuid[])
  AND (%(owners)s::bigint[] IS NULL OR place.owner_id = ANY(%(owners)s::bigint[]))
ORDER BY known.digest FOR UPDATE OF known
"""

# a deletion is the next revision of its key: what was sent with the one before stays out
REMOVE = f"""
WITH change AS (
    SELECT series_id, occurred_at, bin, -1 AS n, -value AS total, -(value * value) AS squares,
           -exposure AS exposure
    FROM cx_loop_observationkey
    WHERE digest = ANY(%(digest)b::uuid[]) AND series_id IS NOT NULL
), gone AS (
    DELETE FROM cx_loop_observation AS old USING cx_loop_observationkey AS was
    WHERE was.digest = ANY(%(digest)b::uuid[]) AND old.digest = was.digest
      AND old.series_id = was.series_id AND old.occurred_at = was.occurred_at
), buried AS (
    UPDATE cx_loop_observationkey SET
        content = %(buried)b::uuid, revision = revision + 1, series_id = NULL, value = 0,
        exposure = 0, bin = 0, was_series_id = NULL, was_occurred_at = NULL, was_value = NULL,
        was_exposure = NULL, was_bin = NULL
    WHERE digest = ANY(%(digest)b::uuid[])
{_COUNTED}SELECT DISTINCT series_id FROM fine ORDER BY series_id
"""  # noqa: S608

COMMENTS = """
INSERT INTO cx_loop_feedback AS known
    (digest, source_id, series_id, touchpoint_id, stage_id, journey_id, segment, channel,
     location, occurred_at, comment)
SELECT digest, %(source)s, nullif(series_id, 0), nullif(touchpoint_id, 0), nullif(stage_id, 0),
       nullif(journey_id, 0), segment, channel, location, occurred_at, comment
FROM unnest(%(digest)s::uuid[], %(series)s::bigint[], %(touchpoint)s::bigint[],
            %(stage)s::bigint[], %(journey)s::bigint[], %(segment)s::text[], %(channel)s::text[],
            %(location)s::text[], %(occurred_at)s::timestamptz[], %(comment)s::text[])
    AS said(digest, series_id, touchpoint_id, stage_id, journey_id, segment, channel, location,
            occurred_at, comment)
ORDER BY digest
ON CONFLICT (digest) DO UPDATE SET
    series_id = excluded.series_id, touchpoint_id = excluded.touchpoint_id,
    stage_id = excluded.stage_id, journey_id = excluded.journey_id, segment = excluded.segment,
    channel = excluded.channel, location = excluded.location,
    occurred_at = excluded.occurred_at, comment = excluded.comment, heard = false,
    corrected_by_id = CASE WHEN known.comment = excluded.comment
                           THEN known.corrected_by_id END
"""

# an erased customer's observations are counted without the link
CUSTOMERS = """
INSERT INTO cx_loop_customerlink (digest, customer, occurred_at, may_contact, reference)
SELECT digest, customer, occurred_at, may_contact, reference
FROM unnest(%(digest)s::uuid[], %(customer)s::uuid[], %(occurred_at)s::timestamptz[],
            %(may_contact)s::boolean[], %(reference)s::text[])
    AS given(digest, customer, occurred_at, may_contact, reference)
WHERE customer NOT IN (SELECT customer FROM cx_loop_erasedcustomer)
ORDER BY digest
ON CONFLICT (digest) DO UPDATE SET
    customer = excluded.customer, occurred_at = excluded.occurred_at,
    may_contact = excluded.may_contact, reference = excluded.reference
"""
