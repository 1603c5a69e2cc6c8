from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate

from personalization import checks, roles


class PersonalizationConfig(AppConfig):
    name = "personalization"
    verbose_name = "Personalization"

    def ready(self) -> None:
        post_migrate.connect(roles.after_migrate, dispatch_uid="personalization.roles")
        register(checks.webhook_secrets, Tags.security, deploy=True)
