from django.apps import AppConfig


class CertifyingConfig(AppConfig):
    name = "apps.certifying"
