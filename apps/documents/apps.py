from importlib import import_module

from django.apps import AppConfig

from apps.core import wakeups
from apps.documents.access import register
from apps.documents.constants import ORGANISATION, Kind


class DocumentsConfig(AppConfig):
    name = "apps.documents"

    def ready(self) -> None:
        waking = import_module("apps.documents.services.waking")  # reaches the models, which exist only now
        wakeups.register(wakeups.Wakeup("documents.sweep", waking.waiting, waking.do_a_few))
        # Policies and services reach the models, which exist only now.
        policies = import_module("apps.documents.policies")
        register(ORGANISATION, policies.sees_store, add=policies.may_fill_store, kinds=Kind.choices)
        import_module("apps.documents.services.moving").register_own_rows()
