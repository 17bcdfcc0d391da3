"""What PostgreSQL knows of our tables, by name: two databases are the same where this is equal."""

from typing import Any

from django.db import connection

OURS = "'public'::regnamespace"
QUERIES = {
    "relations": f"""
SELECT relname, relkind, relpersistence, relispartition, reloptions::text,
       pg_get_partkeydef(oid), obj_description(oid, 'pg_class')
FROM pg_class WHERE relnamespace = {OURS}
""",
    "columns": f"""
SELECT c.relname, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname,
       format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
       a.attstorage, a.attcompression, a.attstattarget, a.attcollation::regcollation::text,
       pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relnamespace = {OURS} AND c.relkind <> 'i' AND a.attnum > 0 AND NOT a.attisdropped
""",
    "constraints": f"""
SELECT conrelid::regclass::text, conname, condeferrable, condeferred, convalidated,
       pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = {OURS}
""",
    "indexes": f"""
SELECT pg_get_indexdef(indexrelid), indisvalid, indisclustered, indisreplident
FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = {OURS}
""",
    "triggers": """
SELECT pg_get_triggerdef(t.oid), tgenabled, tgdeferrable, tginitdeferred
FROM pg_trigger t WHERE NOT tgisinternal
""",
    "functions": f"SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = {OURS}",
    "sequences": f"""
SELECT seqrelid::regclass::text, format_type(seqtypid, NULL), seqstart, seqincrement, seqmin,
       seqmax, seqcache, seqcycle, refobjid::regclass::text, attname
FROM pg_sequence JOIN pg_class c ON c.oid = seqrelid
LEFT JOIN pg_depend d ON d.objid = seqrelid AND deptype IN ('a', 'i')
LEFT JOIN pg_attribute a ON a.attrelid = refobjid AND a.attnum = refobjsubid
WHERE c.relnamespace = {OURS}
""",
    "statistics": "SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext",
    "rules": "SELECT definition FROM pg_rules WHERE schemaname = 'public'",
    "policies": "SELECT policyname, tablename, cmd, qual, with_check FROM pg_policies",
    "types": f"SELECT typname FROM pg_type WHERE typnamespace = {OURS} AND typtype IN ('d', 'e')",
    "extensions": "SELECT extname, extversion FROM pg_extension",
    "migrations": "SELECT app, name FROM django_migrations",
}


def catalog() -> dict[str, set[tuple[Any, ...]]]:
    """Kind -> all there are, and how many rows each table begins with."""
    with connection.cursor() as cursor:
        found = {}
        for kind, query in QUERIES.items():
            cursor.execute(query)
            found[kind] = set(cursor.fetchall())
        found["rows"] = set()
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            found["rows"].add((table, cursor.fetchone()[0]))
    return found
