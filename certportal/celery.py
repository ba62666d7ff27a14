"""The Celery application. The queue carries wake-up calls only; every promise is a row in PostgreSQL (ADR 0004)."""

from celery import Celery

app = Celery("certportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
