"""The trail (who did what) and the public facts (what anyone may rely on). Both only grow."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def append_only(name: str) -> list[pgtrigger.Trigger]:
    """The triggers that refuse UPDATE, DELETE and TRUNCATE on an append-only table, whoever asks.

    pgtrigger lets a session switch its triggers off by a setting; `declare` runs first and takes that setting away.
    """
    common: dict[str, Any] = {
        "when": pgtrigger.Before,
        "func": "RAISE EXCEPTION '% on % refused: append-only', TG_OP, TG_TABLE_NAME;",
        "declare": [("no_bypass", "TEXT := set_config('pgtrigger.ignore', '{}', true)")],
    }
    rows = pgtrigger.Update | pgtrigger.Delete
    return [
        pgtrigger.Trigger(name=f"{name}_append_only", operation=rows, level=pgtrigger.Row, **common),
        pgtrigger.Trigger(
            name=f"{name}_never_emptied", operation=pgtrigger.Truncate, level=pgtrigger.Statement, **common
        ),
    ]


class AuditEntry(models.Model):
    """One act. Ids are plain numbers, not foreign keys: the trail outlives what it speaks of and imports nothing."""

    at = models.DateTimeField(_("时间"))
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(_("操作人"), max_length=200)
    organisation_id = models.BigIntegerField(null=True, help_text="the organisation the actor acted for")
    action = models.CharField(_("操作"), max_length=64, help_text="app.object.verb, e.g. parties.organisation.merge")
    subject_kind = models.CharField(_("对象类型"), max_length=64)
    subject_id = models.CharField(_("对象"), max_length=64)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(_("理由"), blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    ip = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_at"),
            models.Index(fields=["subject_kind", "subject_id", "id"], name="audit_subject"),
            models.Index(fields=["actor_id", "-at"], name="audit_actor"),
            models.Index(fields=["action", "-at"], name="audit_action"),
            models.Index(fields=["actor_label", "-at"], condition=Q(actor_id=None), name="audit_system"),
            models.Index(fields=["request_id"], condition=~Q(request_id=""), name="audit_request"),
        ]
        triggers = append_only("audit_entry")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.subject_kind}:{self.subject_id}"


class PublicFact(models.Model):
    """One public fact as canonical JSON (RFC 8785), numbered per subject from 1 so that a gap shows.

    `payload` is the exact text that will be hashed into the transparency log: never re-serialise it.
    """

    kind = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    n = models.IntegerField()
    at = models.DateTimeField()
    payload = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_kind", "subject_id", "n"], name="public_fact_number")]
        triggers = append_only("public_fact")

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind}:{self.subject_id}#{self.n}"
