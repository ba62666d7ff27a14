from django.apps import AppConfig

from apps.schemes.reminders import register_events


class SchemesConfig(AppConfig):
    name = "apps.schemes"

    def ready(self) -> None:
        register_events()
