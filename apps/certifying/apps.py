from importlib import import_module

from django.apps import AppConfig


class CertifyingConfig(AppConfig):
    name = "apps.certifying"

    def ready(self) -> None:
        # Tables reach their bindings, and these the models, which exist only now.
        import_module("apps.certifying.life_processes").bind()
        import_module("apps.certifying.application_process").bind()
        import_module("apps.certifying.services.moving").register_own_rows()
