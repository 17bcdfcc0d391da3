from django.db import migrations, models

# volatile, so what it reads is what is committed when it has the lock; a statement's own snapshot
# is older than its wait for a fold. Its argument makes a statement wait for it in the right place.
HOLD = """
CREATE FUNCTION cx_loop_hold_fold(after bigint) RETURNS cx_loop_fold LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    found cx_loop_fold;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(5871202);
    SELECT * INTO found FROM cx_loop_fold;
    RETURN found;
END $$;
"""
HOLD_BACK = "DROP FUNCTION cx_loop_hold_fold(bigint)"

# the hours there are were written with the fine rows: below the seam they stay and days are made
# of them, above it they go, and are folded when it passes
FOLDED = """
INSERT INTO cx_loop_fold (id, folded_until, folding_until, through)
SELECT 1, seam, seam, 0
FROM (SELECT date_bin('1 hour', clock_timestamp() - interval '2 hours', 'epoch') AS seam) AS now
WHERE EXISTS (SELECT FROM cx_loop_rollup);

DELETE FROM cx_loop_rollup USING cx_loop_fold
WHERE grain = 60 AND bucket >= folded_until;

INSERT INTO cx_loop_rollup (series_id, grain, bucket, bin, n, total, squares, exposure)
SELECT series_id, 1440, date_bin('1 day', bucket, 'epoch'), bin, sum(n)::integer, sum(total),
       sum(squares), sum(exposure)
FROM cx_loop_rollup CROSS JOIN cx_loop_fold
WHERE grain = 60 AND n > 0 AND bucket < date_bin('1 day', folded_until, 'epoch')
GROUP BY 1, 3, 4 ORDER BY 1, 3, 4;
"""
# every hour again, as the version before had them
FOLDED_BACK = """
DELETE FROM cx_loop_rollup WHERE grain > 5;
INSERT INTO cx_loop_rollup (series_id, grain, bucket, bin, n, total, squares, exposure)
SELECT series_id, 60, date_bin('1 hour', bucket, 'epoch'), bin, sum(n)::integer, sum(total),
       sum(squares), sum(exposure)
FROM cx_loop_rollup WHERE grain = 5 AND n > 0 GROUP BY 1, 3, 4;
"""


class Migration(migrations.Migration):
    dependencies = [("cx_loop", "0012_people_come_and_go")]

    operations = [
        migrations.CreateModel(
            name="Fold",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("folded_until", models.DateTimeField()),
                ("folding_until", models.DateTimeField()),
                ("through", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("folded_until__lte", models.F("folding_until")), ("id", 1)
                        ),
                        name="fold_is_one",
                    )
                ],
            },
        ),
        migrations.RemoveConstraint("rollup", "rollup_grain_known"),
        migrations.AddConstraint(
            "rollup",
            models.CheckConstraint(
                condition=models.Q(("grain__in", [5, 60, 1440])), name="rollup_grain_known"
            ),
        ),
        migrations.RunSQL(HOLD, HOLD_BACK),
        migrations.RunSQL(FOLDED, FOLDED_BACK),
    ]
