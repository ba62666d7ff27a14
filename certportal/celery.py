"""The Celery application. The queue carries wake-up calls only; every promise is a row in PostgreSQL (ADR 0004)."""

from celery import Celery

app = Celery("certportal")
# For every thread: Celery does this itself only where DJANGO_SETTINGS_MODULE is set before this package is imported;
# elsewhere a request's thread would call a broker that does not exist, and wait six seconds for it.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
