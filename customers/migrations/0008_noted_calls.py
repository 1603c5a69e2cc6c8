"""Notes whose remembered calls changed, so that each node's local copy can follow (see 0003 and customers/remembered.py).

Only what is remembered counts: a call leaves no note before it ends, and none for its transcript or its costs. So a
call costs two notes, one when it ends and one with its report.
"""

from django.db import migrations

REMEMBERED = ("customer_id", "claimed", "number", "created_at", "ended_at", "ended_reason", "outcome", "summary")
TRANSITIONS = {
    "INSERT": ("NEW TABLE AS new_rows", "SELECT DISTINCT customer_id AS id FROM new_rows WHERE ended_at IS NOT NULL"),
    "DELETE": ("OLD TABLE AS old_rows", "SELECT DISTINCT customer_id AS id FROM old_rows WHERE ended_at IS NOT NULL"),
    "UPDATE": (
        "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        f"""
            SELECT DISTINCT customer.id
              FROM old_rows AS earlier JOIN new_rows AS later ON later.id = earlier.id,
                   unnest(ARRAY[earlier.customer_id, later.customer_id]) AS customer (id)
             WHERE (earlier.ended_at IS NOT NULL OR later.ended_at IS NOT NULL)
               AND ({", ".join(f"earlier.{each}" for each in REMEMBERED)}) IS DISTINCT FROM
                   ({", ".join(f"later.{each}" for each in REMEMBERED)})
        """,
    ),
}
NOTING = """
    CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
    AS $$
        BEGIN
            INSERT INTO customers_copynote (how_many, customers)
            SELECT count(*), array_agg(id) FROM ({changed}) AS changed WHERE id IS NOT NULL HAVING count(*) > 0;
            RETURN NULL;
        END
    $$;
    CREATE TRIGGER {name} AFTER {event} ON customers_call REFERENCING {transition}
        FOR EACH STATEMENT EXECUTE FUNCTION {name}();
    ALTER TABLE customers_call ENABLE ALWAYS TRIGGER {name};
"""
TRUNCATED = """
    CREATE TRIGGER customers_call_note_truncate AFTER TRUNCATE ON customers_call
        FOR EACH STATEMENT EXECUTE FUNCTION customers_note_all();
    ALTER TABLE customers_call ENABLE ALWAYS TRIGGER customers_call_note_truncate;
"""


def _noting(event: str) -> str:
    transition, changed = TRANSITIONS[event]
    name = f"customers_call_note_{event.lower()}"
    return NOTING.format(name=name, event=event, transition=transition, changed=changed)


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_what_calls_need")]

    operations = [
        migrations.RunSQL(
            TRUNCATED + "".join(map(_noting, TRANSITIONS)),
            "DROP TRIGGER customers_call_note_truncate ON customers_call;"
            + "".join(f"DROP FUNCTION customers_call_note_{event.lower()} CASCADE;" for event in TRANSITIONS),
        ),
    ]
