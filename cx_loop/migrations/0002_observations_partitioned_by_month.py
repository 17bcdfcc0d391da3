from django.db import migrations

OBSERVATIONS = """
CREATE TABLE cx_loop_observation (
    digest uuid NOT NULL,
    series_id bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    value double precision NOT NULL,
    exposure double precision NOT NULL,
    bin smallint NOT NULL
) PARTITION BY RANGE (occurred_at);
CREATE INDEX cx_loop_observation_series ON cx_loop_observation (series_id, occurred_at);
"""

# many small upserts hit the same rows: room on the page keeps them off the indexes, and marks
# live for milliseconds, so vacuum must not wait for a fifth of the table
TUNING = """
ALTER TABLE cx_loop_rollup SET (fillfactor = 70);
ALTER TABLE cx_loop_dirtymark SET (autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0);
"""

# the trail is append-only for everybody, superusers of the application included
APPEND_ONLY = """
CREATE FUNCTION cx_loop_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER activity_append_only BEFORE UPDATE OR DELETE ON cx_loop_activity
    FOR EACH ROW EXECUTE FUNCTION cx_loop_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("cx_loop", "0001_initial")]

    operations = [
        migrations.RunSQL(OBSERVATIONS, "DROP TABLE cx_loop_observation"),
        migrations.RunSQL(TUNING, migrations.RunSQL.noop),
        migrations.RunSQL(
            APPEND_ONLY,
            "DROP TRIGGER activity_append_only ON cx_loop_activity; DROP FUNCTION cx_loop_append_only()",
        ),
    ]
