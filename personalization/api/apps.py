from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "personalization.api"
    label = "api"
    verbose_name = "HTTP API"
