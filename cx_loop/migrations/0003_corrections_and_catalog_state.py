import uuid

from django.db import migrations, models

# the rows an upsert proposes may be negative (a correction takes the old value out), and a check
# constraint judges the proposal; the trigger judges what is stored
NOT_NEGATIVE = """
CREATE FUNCTION cx_loop_rollup_below_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rollup % % % % would count below zero',
        NEW.series_id, NEW.grain, NEW.bucket, NEW.bin USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER rollup_n_not_negative AFTER INSERT OR UPDATE ON cx_loop_rollup
    FOR EACH ROW WHEN (NEW.n < 0) EXECUTE FUNCTION cx_loop_rollup_below_zero();
"""
NOT_NEGATIVE_BACK = """
DROP TRIGGER rollup_n_not_negative ON cx_loop_rollup;
DROP FUNCTION cx_loop_rollup_below_zero();
"""

CATALOG = ["journey", "stage", "touchpoint", "metric", "segment"]

CHANGED = """
CREATE FUNCTION cx_loop_catalog_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cx_loop_catalogstate (id, token) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET token = excluded.token;
    RETURN NULL;
END $$;
INSERT INTO cx_loop_catalogstate (id, token) VALUES (1, gen_random_uuid());
"""
for table in CATALOG:
    CHANGED += f"""
CREATE TRIGGER catalog_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON cx_loop_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION cx_loop_catalog_changed();
"""
CHANGED_BACK = (
    "".join(f"DROP TRIGGER catalog_changed ON cx_loop_{table};" for table in CATALOG)
    + "DROP FUNCTION cx_loop_catalog_changed();"
)


class Migration(migrations.Migration):
    dependencies = [("cx_loop", "0002_observations_partitioned_by_month")]

    operations = [
        migrations.CreateModel(
            name="CatalogState",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("token", models.UUIDField(default=uuid.uuid4)),
            ],
        ),
        migrations.AddField("observationkey", "was_series_id", models.BigIntegerField(null=True)),
        migrations.AddField("observationkey", "was_occurred_at", models.DateTimeField(null=True)),
        migrations.AddField("observationkey", "was_value", models.FloatField(null=True)),
        migrations.AddField("observationkey", "was_exposure", models.FloatField(null=True)),
        migrations.AddField("observationkey", "was_bin", models.SmallIntegerField(null=True)),
        migrations.RemoveConstraint("rollup", "rollup_n_not_negative"),
        migrations.RunSQL(NOT_NEGATIVE, NOT_NEGATIVE_BACK),
        migrations.RunSQL(CHANGED, CHANGED_BACK),
    ]
