"""The rows that migrations put into the tables, put back after each test that could not be rolled back.

Django's own way empties all tables and saves each row as a model, twice: 1.5 s of processor time for a test.
"""

from django.db import connection

_KEPT = "first_rows"  # a schema beside the tables' own


def keep() -> None:
    """Copies every table that is not empty; called once, when the tables have just been made."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {_KEPT}")
        for table in _tables():
            cursor.execute(f"SELECT EXISTS (TABLE {table})")
            if cursor.fetchone() == (True,):
                cursor.execute(f"CREATE TABLE {_KEPT}.{table} AS TABLE {table}")


def put_back() -> None:
    """Empties the tables that hold other rows than then, and fills those that are empty and were not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s", [_KEPT])
        kept = {name for (name,) in cursor.fetchall()}
        cursor.execute(" UNION ALL ".join(_if_changed(table, kept=table in kept) for table in _tables()))
        if changed := [name for (name,) in cursor.fetchall()]:
            fill = [f"INSERT INTO {each} SELECT * FROM {_KEPT}.{each} WHERE NOT EXISTS (TABLE {each})" for each in kept]
            # One transaction, at whose end all that refer to one another must be there again.
            cursor.execute("; ".join([f"BEGIN; TRUNCATE {', '.join(changed)} CASCADE", *fill, "COMMIT"]))


def _tables() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True, include_views=False)


def _if_changed(table: str, *, kept: bool) -> str:
    rows = f"TABLE {table}"
    if kept:
        rows = f"({rows} EXCEPT ALL TABLE {_KEPT}.{table}) UNION ALL (TABLE {_KEPT}.{table} EXCEPT ALL {rows})"
    return f"SELECT '{table}' WHERE EXISTS ({rows})"
