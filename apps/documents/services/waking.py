"""What the pacemaker asks of documents: whether a paper or a scan waits, and a few of them where no queue is."""

import datetime as dt

from django.db.models import Q

from apps.clock.source import database_now
from apps.core.actors import Actor
from apps.documents.constants import GeneratedState
from apps.documents.models import GeneratedDocument
from apps.documents.scanners import configured
from apps.documents.services.generating import render_due
from apps.documents.services.scanning import due, scan_due

FEW = 5


def waiting(now: dt.datetime) -> bool:
    """A paper that is due or whose worker's lease ran out, or a document that the scanner should look at."""
    asked = Q(state=GeneratedState.REQUESTED, next_at__lte=now)
    left = Q(state=GeneratedState.RENDERING, lease_until__lte=now)
    if GeneratedDocument.objects.filter(asked | left).exists():
        return True
    return configured() is not None and any(documents.exists() for documents in due(now))


def do_a_few() -> None:
    """Typeset and scan a few, within seconds: the caller has other things to look at."""
    render_due(limit=FEW, seconds=5)
    scan_due(actor=Actor.system("documents.scan"), now=database_now(), limit=FEW)
