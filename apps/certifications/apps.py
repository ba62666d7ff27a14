from django.apps import AppConfig

from apps.certifications.reminders import register_events


class CertificationsConfig(AppConfig):
    name = "apps.certifications"

    def ready(self) -> None:
        register_events()
