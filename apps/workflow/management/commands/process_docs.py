"""Write docs/processes.md and the pictures beside it from the process tables: `manage.py process_docs [--check]`."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.workflow.docs import pages


class Command(BaseCommand):
    help = "Writes the docs page of every process from its table; --check fails if it is not up to date."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true")

    def handle(self, *args, check, **options):
        folder = Path(settings.BASE_DIR) / "docs"
        wanted = {folder / name: text for name, text in pages().items()}
        stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
        stale += [path for path in (folder / "processes").glob("*.svg") if path not in wanted]
        if check and stale:
            named = ", ".join(str(path.relative_to(folder.parent)) for path in stale)
            raise CommandError(f"not up to date with the process tables, run manage.py process_docs: {named}")
        if not check:
            (folder / "processes").mkdir(exist_ok=True)
            for path in stale:
                if path in wanted:
                    path.write_text(wanted[path], "utf-8")
                else:
                    path.unlink()
        self.stdout.write(f"{len(wanted)} pages, {len(stale)} " + ("stale" if check else "written"))
