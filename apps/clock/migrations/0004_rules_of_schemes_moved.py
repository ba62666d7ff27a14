"""The limits of certificates moved to the rules of the schemes (certifications.SchemeRule, ADR 19): what a
scheme lays down stands in one place. No deadline ever ran under them."""

from django.db import migrations

MOVED = [
    "certificate.surveillance_gap",
    "certificate.suspension_max",
    "certificate.ccc_suspension_max",
    "certificate.reapply_after_revocation",
]


def drop(apps, _schema_editor):
    limits = apps.get_model("clock", "StatutoryLimit").objects.filter(code__in=MOVED)
    used = apps.get_model("clock", "Deadline").objects.filter(code__in=MOVED)
    if not used.exists():
        limits.delete()


class Migration(migrations.Migration):
    dependencies = [("clock", "0003_deadline_words")]
    operations = [migrations.RunPython(drop, migrations.RunPython.noop)]
