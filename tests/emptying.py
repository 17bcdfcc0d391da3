"""What a test with real commits left behind is taken away."""

from django.db import connection, transaction

KEPT = ["django_migrations", "django_content_type", "auth_permission"]  # made with the tables
TRUNCATED = {"cx_loop_activity", "cx_loop_observation"}  # append-only, and in partitions
TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> ALL (%s)
"""


def empty_what_is_filled() -> None:
    """Foreign keys are judged at the commit, when nothing is left that they could miss."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TABLES, [KEPT])
        tables = [name for (name,) in cursor.fetchall()]
        # otherwise what a thread has begun to write is written after it was looked for
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")
        cursor.execute(
            " UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in tables)
        )
        for (name,) in cursor.fetchall():
            way = "TRUNCATE" if name in TRUNCATED else "DELETE FROM"
            cursor.execute(f"{way} {name}")
