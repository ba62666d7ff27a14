"""States of endpoints and deliveries, limits of sending."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

SIGNATURE_VERSION = "v1"
MOST_ENDPOINTS = 10  # of an organisation that are not ended
MAX_ATTEMPTS = 12  # with the waits below a little over two days
FIRST_BACKOFF = dt.timedelta(minutes=1)
MAX_BACKOFF = dt.timedelta(hours=6)
LEASE = dt.timedelta(seconds=60)  # more than TIMEOUT, or a slow receiver would count as a dead worker
TIMEOUT = 10.0  # seconds that each step of the exchange may take: connecting, sending, the answer
GIVE_UP = dt.timedelta(days=3)  # an endpoint that answered nothing right for so long is paused
KEEP = dt.timedelta(days=90)
ANSWER_KEPT = 300  # characters of an answer that the log shows
PING = "ping"


class EndpointState(models.TextChoices):
    ACTIVE = "active", _("推送中")
    PAUSED = "paused", _("已暂停")
    ENDED = "ended", _("已停用")


class DeliveryState(models.TextChoices):
    PLANNED = "planned", _("待推送")
    SENDING = "sending", _("推送中")
    FAILED = "failed", _("失败，将重试")
    SENT = "sent", _("已送达")
    DEAD = "dead", _("未送达")
