from functools import partial
from importlib import import_module

from django.apps import AppConfig

from apps.core import wakeups


class WebhooksConfig(AppConfig):
    name = "apps.webhooks"

    def ready(self) -> None:
        selectors = import_module("apps.webhooks.selectors")  # reaches the models, which exist only now
        services = import_module("apps.webhooks.services")
        few = partial(services.deliver_due, limit=2, seconds=5)
        wakeups.register(wakeups.Wakeup("webhooks.deliver", selectors.anything_due, few))
        import_module("apps.webhooks.services.moving").register_own_rows()
