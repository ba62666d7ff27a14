"""Tokens with which a machine acts for an organisation, and the calls that were answered under an idempotency key."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.parties.models.records import Organisation


class ApiToken(models.Model):
    """A machine may act for the organisation within `scopes`, on the word of the manager who made it.

    The token itself is shown once and not kept: `prefix` finds the row, `digest` (SHA-256 of 256 random bits) proves
    the rest. It ends with its day, by revocation, with its maker's management of the organisation, or in a merge; only
    revocation is stored (rules.tokens.state_of says the rest).
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="api_tokens")
    name = models.CharField(_("名称"), max_length=60)
    prefix = models.CharField(_("识别码"), max_length=8, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(_("权限范围"), default=list, help_text="codes of apps.parties.scopes")
    networks = models.JSONField(_("允许的来源地址"), default=list, help_text="addresses and networks; empty: any")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("创建时间"))
    expires_on = models.DateField(_("有效期至"), help_text="the last day")
    last_used_at = models.DateTimeField(_("最近使用"), null=True, help_text="written at most once a minute")
    last_used_ip = models.GenericIPAddressField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"], condition=Q(revoked_at=None), name="api_token_name_once"
            ),
            models.CheckConstraint(condition=~Q(scopes=[]), name="api_token_may_something"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.name}"


class AnsweredCall(models.Model):
    """What a call changed is answered once: the same key and body get the same answer again, for a while.

    Written in the transaction of the change itself, so neither exists without the other. Calls that changed nothing
    are not kept: trying them again harms nobody.
    """

    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and content")
    status = models.SmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="answered_call_once")]
        indexes = [models.Index(fields=["at"], name="answered_call_age")]

    def __str__(self) -> str:
        return f"{self.token_id}: {self.key}"
