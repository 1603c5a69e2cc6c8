"""Notes a change of what calls left behind as structured data too: what was promised is remembered (see 0008)."""

from django.db import migrations

SUMMARY = ("customer_id", "claimed", "number", "created_at", "ended_at", "ended_reason", "outcome", "summary")
PROMISES = (*SUMMARY, "structured_data")


def _noting(remembered: tuple[str, ...]) -> str:
    return f"""
        CREATE OR REPLACE FUNCTION customers_call_note_update() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path FROM CURRENT
        AS $$
            BEGIN
                INSERT INTO customers_copynote (how_many, customers)
                SELECT count(*), array_agg(id) FROM (
                    SELECT DISTINCT customer.id
                      FROM old_rows AS earlier JOIN new_rows AS later ON later.id = earlier.id,
                           unnest(ARRAY[earlier.customer_id, later.customer_id]) AS customer (id)
                     WHERE (earlier.ended_at IS NOT NULL OR later.ended_at IS NOT NULL)
                       AND ({", ".join(f"earlier.{each}" for each in remembered)}) IS DISTINCT FROM
                           ({", ".join(f"later.{each}" for each in remembered)})
                ) AS changed WHERE id IS NOT NULL HAVING count(*) > 0;
                RETURN NULL;
            END
        $$;
    """


class Migration(migrations.Migration):
    dependencies = [("customers", "0013_lesser_sources")]

    operations = [migrations.RunSQL(_noting(PROMISES), _noting(SUMMARY))]
