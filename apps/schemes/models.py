"""Changes of the rules, which two people make: one proposes, another approves."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import RuleCode, RuleUnit
from apps.schemes.constants import ProposalState


class RuleProposal(models.Model):
    """A new value for one rule of one scheme. Approved, it becomes the next row of certifications.SchemeRule.

    `value` null: the scheme shall have no such rule. Nobody approves their own (constraint and service).
    """

    scheme = models.CharField(_("适用制度"), max_length=32)
    code = models.CharField(_("规则"), max_length=40, choices=RuleCode.choices)
    value = models.SmallIntegerField(_("数值"), null=True)
    unit = models.CharField(_("单位"), max_length=8, choices=RuleUnit.choices)
    effective_from = models.DateField(_("生效日期"))
    basis = models.CharField(_("依据"), max_length=200)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    verified = models.BooleanField(_("已核对原文"), default=False)
    applies_to_running = models.BooleanField(_("适用于已颁发的证书"), default=False)
    reason = models.CharField(_("修改理由"), max_length=300)
    state = models.CharField(_("状态"), max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("提出时间"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("审核时间"), null=True)
    opinion = models.CharField(_("审核意见"), max_length=300, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "code"], condition=Q(state=ProposalState.OPEN), name="rule_proposal_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.APPROVED) | ~Q(decided_by=F("proposed_by")),
                name="rule_proposal_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.OPEN, decided_at=None)
                | (~Q(state=ProposalState.OPEN) & Q(decided_at__isnull=False)),
                name="rule_proposal_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.code}: {self.value}"
