import signal
import threading

from django.core.management.base import BaseCommand

from apps.notifications.pacemaker import Pacemaker


class Command(BaseCommand):
    help = "Wake planning and delivery by the steady clock, whatever the wall clock and the queue do."

    def add_arguments(self, parser):
        parser.add_argument("--every", type=float, default=2, help="seconds between two looks (default: 2)")

    def handle(self, every, **options):
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        Pacemaker(every=every).run(stop)
