from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "apps.accounts"

    def ready(self) -> None:
        from apps.accounts import checks, receivers  # noqa: F401, PLC0415  registers both; models must be loaded first
