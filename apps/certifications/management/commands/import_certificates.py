"""manage.py import_certificates FILE: the same import as in the browser, with progress in the terminal."""

import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.certifications.constants import ImportState
from apps.certifications.models import ImportBatch
from apps.certifications.selectors.imports import class_counts
from apps.certifications.services.imports import batches, running
from apps.core.actors import Actor
from apps.core.problems import ProblemsFound


class Command(BaseCommand):
    help = "Read certificates from a JSON, CSV or XLSX file, show what would change, and write it unless --preview."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", default="national", help="code of the source (default: national)")
        parser.add_argument("--preview", action="store_true", help="read and compare only; confirm on the page")

    def handle(self, *args, file, source, preview, **options):
        actor = Actor.system("import_certificates")
        if not file.is_file():
            raise CommandError(f"{file}: no such file")
        try:
            batch = batches.register_file(actor=actor, now=timezone.now(), path=file, source_code=source)
        except ProblemsFound as found:
            raise CommandError("\n".join(f"{p.value}: {p}" for p in found.problems)) from found
        batch = self._until_done(batch)
        self._show(batch)
        if not preview:
            batches.confirm(actor=actor, now=timezone.now(), batch_id=batch.pk, version=batch.version)
            batch = self._until_done(batch)
            self.stdout.write(f"import {batch.pk}: {batch.get_state_display()}")
            self._show(batch)

    def _until_done(self, batch):
        """Work on it, or wait while another worker does."""
        while not running.work(batch.pk, clock=timezone.now):
            if ImportBatch.objects.get(pk=batch.pk).state not in running.AWAKE:
                break
            time.sleep(1)
        batch = ImportBatch.objects.get(pk=batch.pk)
        if batch.state == ImportState.FAILED:
            raise CommandError(f"import {batch.pk}: {batch.failure}")
        return batch

    def _show(self, batch):
        counts = ", ".join(f"{label} {n}" for _name, label, n in class_counts(batch))
        self.stdout.write(f"import {batch.pk}: {batch.rows_total} = {counts}")
