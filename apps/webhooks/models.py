"""Addresses to which an organisation has events pushed, and each event on its way to one."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.webhooks.constants import DeliveryState, EndpointState


class Endpoint(models.Model):
    """Where an organisation has events pushed. The secret is derived (services.endpoints.secret_of), never stored."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="webhooks")
    name = models.CharField(_("名称"), max_length=60)
    url = models.CharField(_("接收地址"), max_length=500)
    topics = models.JSONField(_("事件"), default=list, help_text="codes of apps.webhooks.topics")
    generation = models.IntegerField(default=1, help_text="of the secret; one more at each change")
    state = models.CharField(_("状态"), max_length=8, choices=EndpointState.choices, default=EndpointState.ACTIVE)
    failing_since = models.DateTimeField(null=True, help_text="of the first failure after the last success")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("创建时间"))
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"], condition=~Q(state=EndpointState.ENDED), name="webhook_name_once"
            ),
            models.CheckConstraint(condition=~Q(topics=[]), name="webhook_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.name}"


class Delivery(models.Model):
    """One event for one endpoint. `body` is what is signed and sent, byte for byte, also when it is sent again."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="deliveries", db_index=False)
    topic = models.CharField(_("事件"), max_length=40)
    key = models.CharField(max_length=120, help_text="of the occasion: one delivery each, however often it is told")
    body = models.TextField()
    state = models.CharField(_("状态"), max_length=8, choices=DeliveryState.choices, default=DeliveryState.PLANNED)
    attempts = models.SmallIntegerField(default=0)
    claim = models.IntegerField(default=0)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    status_code = models.SmallIntegerField(_("应答"), null=True)
    answer = models.CharField(max_length=300, blank=True)
    failure = models.CharField(_("失败原因"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("产生时间"))
    sent_at = models.DateTimeField(_("送达时间"), null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "key"], name="webhook_delivery_once")]
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_log"),
            models.Index(
                fields=["next_at"],
                condition=Q(state__in=[DeliveryState.PLANNED, DeliveryState.FAILED]),
                name="webhook_delivery_due",
            ),
            models.Index(
                fields=["lease_until"], condition=Q(state=DeliveryState.SENDING), name="webhook_delivery_leased"
            ),
            models.Index(fields=["created_at"], name="webhook_delivery_age"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} -> {self.endpoint_id}"
