"""Numbers every change of what this app keeps, whoever makes it, so that running servers see that it changed."""

from django.db import migrations

TABLES = (
    "assistants_assistantvariant",
    "assistants_refusaltext",
    "assistants_variable",
    "assistants_line",
    "assistants_routingrule",
    "assistants_routingrule_lines",
    "assistants_condition",
    "assistants_share",
    "assistants_holidaylist",
    "assistants_pin",
    "assistants_publishedversion",
)

# The number comes from a sequence, so that it never comes twice, and stands in a row, so that it is seen exactly
# when the change itself is.
NUMBER_THE_ROW = """
    CREATE SEQUENCE assistants_revision;
    CREATE FUNCTION assistants_number_revision() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.revision := nextval('assistants_revision');
            RETURN NEW;
        END
    $$;
    CREATE TRIGGER number_revision BEFORE INSERT OR UPDATE ON assistants_sitesettings
        FOR EACH ROW EXECUTE FUNCTION assistants_number_revision();
    CREATE FUNCTION assistants_touch_revision() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE assistants_sitesettings SET revision = 0;
            RETURN NULL;
        END
    $$;
"""
TOUCH_IT = """
    CREATE TRIGGER touch_revision AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION assistants_touch_revision();
"""
UNDO = """
    DROP FUNCTION assistants_touch_revision CASCADE;
    DROP FUNCTION assistants_number_revision CASCADE;
    DROP SEQUENCE assistants_revision;
"""


class Migration(migrations.Migration):
    dependencies = [("assistants", "0001_initial")]

    operations = [
        migrations.RunSQL(NUMBER_THE_ROW + "".join(TOUCH_IT.format(table=table) for table in TABLES), UNDO),
    ]
