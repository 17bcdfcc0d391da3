"""Titles written by hand are found by single letters and by pairs of them, in every script."""

from django.db import migrations

PIECES = """
CREATE FUNCTION cx_pieces(said text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(lower(said), place, size)), '{}')
    FROM generate_series(1, length(said)) AS place, generate_series(1, 2) AS size
    WHERE place + size - 1 <= length(said)
$$
"""
INDEX = """
CREATE INDEX {name} ON tasks_task USING gin (cx_pieces(title ->> 'text'))
WHERE title ? 'text' AND {which}
"""
INDEXES = {
    "task_said_unclosed": "state <> 'closed'",
    "task_said_closed": "state = 'closed'",
}


class Migration(migrations.Migration):
    dependencies = [("tasks", "0012_questions_never_put")]

    operations = [
        migrations.RunSQL(PIECES, "DROP FUNCTION cx_pieces(text)"),
        *(
            migrations.RunSQL(INDEX.format(name=name, which=which), f"DROP INDEX {name}")
            for name, which in INDEXES.items()
        ),
    ]
