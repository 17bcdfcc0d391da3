"""SQL that fills a store for `bench evaluate` faster than intake would; the rows are the same."""

SERIES = """
INSERT INTO cx_loop_series (touchpoint_id, metric_id, segment, channel, location)
SELECT place.id, %(metric)s, '', '', 'gate-' || n
FROM cx_loop_touchpoint AS place CROSS JOIN generate_series(1, %(each)s) AS n
WHERE place.stage_id = %(stage)s
ON CONFLICT DO NOTHING
"""

# rules are dealt out to touchpoints round robin; a rule makes one group a location
GROUPS = """
WITH rule AS (
    SELECT rule_id, row_number() OVER (ORDER BY rule_id) - 1 AS place, count(*) OVER () AS rules
    FROM alerts_ruleversion WHERE metric_id = %(metric)s
), touchpoint AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM (
        SELECT DISTINCT touchpoint_id AS id FROM cx_loop_series WHERE metric_id = %(metric)s
        EXCEPT
        SELECT touchpoint_id FROM alerts_group JOIN alerts_ruleversion USING (rule_id)
        WHERE metric_id = %(metric)s
    ) AS unwatched
), dealt AS (
    SELECT touchpoint.id AS touchpoint_id, rule.rule_id
    FROM touchpoint CROSS JOIN generate_series(0, %(each)s - 1) AS n
    JOIN rule ON rule.place = (touchpoint.place * %(each)s + n) %% rule.rules
)
INSERT INTO alerts_group (rule_id, touchpoint_id, segment, channel, location)
SELECT rule_id, touchpoint_id, '', '', location
FROM dealt JOIN cx_loop_series AS series USING (touchpoint_id)
WHERE metric_id = %(metric)s
ON CONFLICT DO NOTHING
"""

WATCHED = """
CREATE TEMP TABLE unseen ON COMMIT DROP AS
SELECT id, touchpoint_id, location FROM cx_loop_series
WHERE metric_id = %(metric)s AND id NOT IN (SELECT series_id FROM alerts_seriesseen);

INSERT INTO alerts_groupseries (series_id, group_id)
SELECT unseen.id, g.id
FROM unseen JOIN alerts_group AS g USING (touchpoint_id, location)
JOIN alerts_ruleversion AS v USING (rule_id) WHERE v.metric_id = %(metric)s;

INSERT INTO alerts_rulestate (group_id, version_id, state, muted)
SELECT g.id, v.id, 'ok', false
FROM alerts_group AS g JOIN alerts_ruleversion AS v USING (rule_id)
WHERE v.metric_id = %(metric)s
ON CONFLICT DO NOTHING;

INSERT INTO cx_loop_rollup (series_id, grain, bucket, bin, n, total, squares, exposure)
SELECT id, 5, date_bin('5 minutes', %(now)s::timestamptz, 'epoch') - n * interval '5 minutes',
       5, 1, 5, 25, 0
FROM unseen CROSS JOIN generate_series(0, 11) AS n
ON CONFLICT DO NOTHING;

INSERT INTO alerts_seriesseen (series_id) SELECT id FROM unseen;
"""

MANY_SERIES = """
INSERT INTO cx_loop_series (touchpoint_id, metric_id, segment, channel, location)
SELECT %s, %s, '', '', 'gate-' || n FROM generate_series(1, %s) AS n
"""

# a day in the order of time, as intake has it; waits of whole minutes, most of them short
MANY_OBSERVATIONS = """
WITH every AS (
    SELECT array_agg(id) AS ids FROM (
        SELECT id FROM cx_loop_series WHERE metric_id = %(metric)s ORDER BY id LIMIT %(series)s
    ) AS first
), made AS (
    SELECT ids[1 + floor(random() * %(series)s)::integer] AS series_id,
           %(end)s::timestamptz - interval '1 day' * (n - 0.5) / %(count)s AS at,
           least(round(5 - 20 * ln(1 - random())), 99)::float8 AS value
    FROM every, generate_series(%(count)s, 1, -1) AS n
)
INSERT INTO cx_loop_observation
    (digest, series_id, occurred_at, received_at, value, exposure, bin)
SELECT gen_random_uuid(), series_id, at, at, value, 0, value * 100 FROM made
"""

# a dozen answers an hour of each series, most of them high
RATED_HOURS = """
INSERT INTO cx_loop_rollup (series_id, grain, bucket, bin, n, total, squares, exposure)
SELECT s.id, 5, hour, bin, n, n * (bin + 1), n * (bin + 1) ^ 2, 0
FROM cx_loop_series AS s,
     generate_series(%(end)s::timestamptz - interval '1 day' * %(days)s,
                     %(end)s::timestamptz - interval '1 hour', interval '1 hour') AS hour,
     generate_series(0, 4) AS bin,
     LATERAL (SELECT (1 + floor(random() * (1 + bin)) + s.id * 0)::integer AS n) AS drawn
WHERE s.metric_id = %(metric)s
"""

# what intake adds up of the same day; series come in any order, buckets one after the other
THEIR_ROLLUPS = """
INSERT INTO cx_loop_rollup (series_id, grain, bucket, bin, n, total, squares, exposure)
SELECT series_id, 5, date_bin('5 minutes', occurred_at, 'epoch') AS bucket, bin,
       count(*), sum(value), sum(value * value), sum(exposure)
FROM cx_loop_observation
WHERE occurred_at >= %(end)s::timestamptz - interval '1 day' AND occurred_at < %(end)s
GROUP BY series_id, bucket, bin ORDER BY bucket, hashint8(series_id)
"""
