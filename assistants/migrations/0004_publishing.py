from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assistants", "0003_site_fallback")]

    operations = [
        migrations.AddField(
            model_name="publishedversion",
            name="changes",
            field=models.PositiveIntegerField(default=0, help_text="How many things differ from the version before."),
        ),
        migrations.AlterModelOptions(
            name="publishedversion",
            options={
                "default_permissions": ("view",),
                "ordering": ["-number"],
                "permissions": [("publish", "Can publish, propose, approve and bring back versions")],
                "verbose_name": "version",
            },
        ),
        migrations.AlterModelOptions(
            name="proposal", options={"default_permissions": (), "ordering": ["-proposed_at"]}
        ),
    ]
