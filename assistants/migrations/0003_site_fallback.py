"""Gives a new installation something to answer with: a site fallback with the three seed variables."""

from django.db import migrations

GREETING = "Hello {{customerName}}, thank you for calling. How can I help you?"
PROMPT = (
    "You are a friendly telephone assistant. Keep your answers short, as they are spoken. "
    "What is known of the caller: name: {{customerName}}; account type: {{accountType}}; customer since: {{joinDate}}. "
    "Never guess what you do not know; offer to take a message instead."
)
ASSISTANT = {
    "name": "Site fallback",
    "firstMessage": GREETING,
    "model": {
        "provider": "openai",
        "model": "gpt-4o-mini",
        "messages": [{"role": "system", "content": PROMPT}],
    },
    "voice": {"provider": "vapi", "voiceId": "Elliot"},
    "transcriber": {"provider": "deepgram", "model": "nova-3", "language": "multi"},
}
SEED_VARIABLES = (
    ("customerName", "name", "valued customer"),
    ("accountType", "tier", "standard"),
    ("joinDate", "joined_on", "an unknown date"),
)


def add_site_fallback(apps, schema_editor):
    variant, _ = apps.get_model("assistants", "AssistantVariant").objects.get_or_create(
        name="Site fallback", defaults={"kind": "whole-assistant", "document": ASSISTANT}
    )
    variables = apps.get_model("assistants", "Variable").objects
    for name, trait, default in SEED_VARIABLES:
        variables.get_or_create(variant=variant, name=name, defaults={"trait": trait, "default": default})
    apps.get_model("assistants", "SiteSettings").objects.get_or_create(pk=1, defaults={"fallback": variant})


class Migration(migrations.Migration):
    dependencies = [("assistants", "0002_revision")]

    operations = [migrations.RunPython(add_site_fallback, migrations.RunPython.noop)]
