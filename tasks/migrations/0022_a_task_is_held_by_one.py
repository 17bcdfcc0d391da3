"""A task is held by one department at a time, in installations that began before 0009 as well."""

from django.db import migrations

# none are known: each transfer ends the holding before it
ENDED = """
UPDATE tasks_holding AS held SET until = later.since
FROM (
    SELECT id, lead(since) OVER (PARTITION BY task_id ORDER BY since, id) AS since
    FROM tasks_holding WHERE until IS NULL
) AS later
WHERE later.id = held.id AND later.since IS NOT NULL;
"""
# when 0009 dropped the index of the column, Django dropped this one of the same column with it
HELD = """
CREATE UNIQUE INDEX IF NOT EXISTS task_is_held_by_one ON tasks_holding (task_id)
WHERE until IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0021_lists_in_order")]

    operations = [
        migrations.RunSQL(ENDED, migrations.RunSQL.noop),
        # otherwise the index would be made while checks of the rows above are still to come
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunSQL(HELD, migrations.RunSQL.noop),
    ]
