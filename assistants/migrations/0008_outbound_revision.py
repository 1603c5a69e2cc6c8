"""Numbers changes of when and where we may call, too: each node copies them (see 0002)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("assistants", "0007_outbound")]

    operations = [
        migrations.RunSQL(
            """
                CREATE TRIGGER touch_revision AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON assistants_outboundpolicy
                    FOR EACH STATEMENT EXECUTE FUNCTION assistants_touch_revision();
            """,
            "DROP TRIGGER touch_revision ON assistants_outboundpolicy;",
        ),
    ]
