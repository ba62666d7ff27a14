"""A moved status, pushed to the systems of the certificate's holder and of its body (apps.webhooks)."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import FACT_STATUS
from apps.certifications.models import StatusChange
from apps.certifications.services.facts import iso, status_facts
from apps.webhooks.selectors import listening
from apps.webhooks.services import emit
from apps.webhooks.topics import Topic, register


def push_status(*, change_ids: Collection[int], now: dt.datetime) -> None:
    """Promise an event for each move that somebody listens for, in the transaction of the moves. Most have nobody."""
    ears = listening(FACT_STATUS)
    if not ears:
        return
    concerned = Q(certificate__holder__in=ears) | Q(certificate__body__in=ears)
    moves = StatusChange.objects.filter(concerned, pk__in=change_ids).select_related("certificate__body")
    for move in moves.order_by("pk"):
        certificate = move.certificate
        data = {
            "number": certificate.number,
            "body": certificate.body.approval_number,
            "project": certificate.project_id,
            "address": f"/c/{certificate.token}",
            **status_facts(move),
            "valid_to": iso(certificate.valid_to),
        }
        to = {certificate.holder_id, certificate.body_id}
        emit(topic=FACT_STATUS, key=f"status:{certificate.pk}:{move.n}", organisation_ids=to, data=data, now=now)


def register_topic() -> None:
    """Called by CertificationsConfig.ready."""
    told = _("本单位持有或者颁发的证书状态变化时发送：证书编号、原状态、现状态、日期和原因类别。")
    register(Topic(FACT_STATUS, _("证书状态变化"), told))
