from importlib import import_module

from django.apps import AppConfig

from apps.certifications.reminders import register_events


class CertificationsConfig(AppConfig):
    name = "apps.certifications"

    def ready(self) -> None:
        register_events()
        import_module("apps.certifications.exporting").register_lists()
        import_module("apps.certifications.services.pushing").register_topic()
        import_module("apps.certifications.services.moving").register_own_rows()  # models exist only now
