"""Extract, check and compile the translations: `manage.py messages [app] [--check | --compile]`."""

from django.core.management.base import BaseCommand, CommandError

from apps.core import catalogues


class Command(BaseCommand):
    help = "Bring the English catalogues up to date with the sources; --check fails on any gap, --compile writes .mo."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("app", nargs="?", help="only this app's catalogue")
        parser.add_argument("--check", action="store_true")
        parser.add_argument("--compile", action="store_true")

    def handle(self, *args, **options):
        if options["app"] is not None and options["app"] not in catalogues.owners():
            raise CommandError(f"No app {options['app']!r}; there are: {', '.join(catalogues.owners()[1:])}.")
        if options["check"]:
            self.check_catalogues(options["app"])
        elif options["compile"]:
            self.stdout.write(f"{catalogues.compile_all()} catalogues compiled")
        else:
            for path, texts, missing in catalogues.extract_all(only=options["app"]):
                self.stdout.write(f"{path.relative_to(catalogues.ROOT)}: {texts} texts, {missing} to translate")

    def check_catalogues(self, app):
        found = [*catalogues.faults(only=app), *catalogues.unwrapped(only=app)]
        for fault in found:
            self.stderr.write(str(fault))
        if found:
            raise CommandError(f"{len(found)} faults in the translations.")
        self.stdout.write("translations are complete")
