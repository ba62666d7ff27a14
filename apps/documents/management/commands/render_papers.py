"""Every paper with sample parameters as PDF in a folder, to look at: manage.py render_papers FOLDER."""

import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from apps.documents import seals
from apps.documents.papers import PAPERS
from apps.documents.rendering import CannotRender, render
from apps.documents.samples import sample


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)
        parser.add_argument("--only", choices=sorted(PAPERS))
        parser.add_argument("--rows", type=int, default=24, help="rows of the scope appendix")

    def handle(self, *, folder, only, rows, **options):
        folder.mkdir(parents=True, exist_ok=True)
        seal = seals.configured()
        for code in [only] if only else sorted(PAPERS):
            started = time.perf_counter()
            try:
                content = render(PAPERS[code], sample(code, rows), mark=seal.mark)
            except CannotRender as fault:
                raise CommandError(f"{code}: {fault}") from fault
            took = (time.perf_counter() - started) * 1000
            (folder / f"{code}.pdf").write_bytes(content)
            self.stdout.write(f"{code}: {len(content):,} bytes, {took:.0f} ms")
