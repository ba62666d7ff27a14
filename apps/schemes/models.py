"""Changes of the rules, which two people make; the table of the guide; what the catalogue of CCC changed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import RuleCode, RuleUnit
from apps.schemes.constants import Activity, ChangeKind, Market, ProposalState, System


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


class GuideRule(models.Model):
    """Which certification suits whom (rules.guiding). A change ends the row and begins its successor: a reader of an
    old answer can see what it stood on."""

    system = models.CharField(_("代码表"), max_length=4, choices=System.choices)
    match = models.CharField(_("代码开头"), max_length=5, blank=True)
    activity = models.CharField(_("做什么"), max_length=8, choices=Activity.choices, blank=True)
    market = models.CharField(_("卖给谁"), max_length=12, choices=Market.choices, blank=True)
    group = models.CharField(_("建议的认证"), max_length=32)
    weight = models.SmallIntegerField(_("排序分"))
    months_from = models.SmallIntegerField(_("最快（月）"))
    months_to = models.SmallIntegerField(_("最慢（月）"))
    reason = models.CharField(_("理由"), max_length=400)
    reason_en = models.CharField(_("理由（英文）"), max_length=600)
    basis = models.CharField(_("依据或来源"), max_length=200)
    verified = models.BooleanField(_("已核对原文"), default=False)
    effective_from = models.DateField(_("生效日期"))
    effective_to = models.DateField(_("失效日期"), null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["system", "match", "activity", "market", "group"],
                condition=Q(effective_to=None),
                name="guide_rule_one_open",
            ),
            models.CheckConstraint(
                condition=Q(months_from__gte=0, months_to__gte=F("months_from")), name="guide_rule_months"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system}:{self.match} {self.group}"


class CatalogueChange(models.Model):
    """What an announcement changed in the CCC catalogue, and from when an uncertified product may no longer be sold.
    No day: not verified, nobody is reminded."""

    announcement = models.CharField(_("公告"), max_length=100)
    code = models.CharField(_("产品代码"), max_length=4)
    kind = models.CharField(_("变化"), max_length=8, choices=ChangeKind.choices)
    compulsory_from = models.DateField(_("强制实施日期"), null=True)
    note = models.CharField(_("说明"), max_length=200)
    note_en = models.CharField(max_length=200, blank=True)
    industries = models.CharField(
        _("可能涉及的行业"), max_length=100, blank=True, help_text="codes of GB/T 4754, apart by blanks"
    )
    verified = models.BooleanField(_("已核对原文"), default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["announcement", "code"], name="catalogue_change_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.kind}"
