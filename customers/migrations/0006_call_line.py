from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0005_erasing_and_merging"),
    ]

    operations = [
        migrations.AddField(
            model_name="call",
            name="line",
            field=models.CharField(
                blank=True, help_text="Empty: none of ours, or heard of before we kept it.", max_length=100
            ),
        ),
    ]
