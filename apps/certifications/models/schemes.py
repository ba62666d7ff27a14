"""The rules of the certification schemes, each value a dated row with its article."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import RuleCode, RuleUnit


class SchemeRule(models.Model):
    """What a scheme lays down, in force from one day to another. A change ends this row and begins the next.

    `scheme`: a project group ("qms"), a detail template ("shape:3"), or "*". The narrowest row answers. `value` null:
    the narrower scheme has no such rule, whatever the wider one says. Yes and no are 1 and 0.
    """

    scheme = models.CharField(_("适用制度"), max_length=32)
    code = models.CharField(_("规则"), max_length=40, choices=RuleCode.choices)
    value = models.SmallIntegerField(_("数值"), null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=8, choices=RuleUnit.choices)
    effective_from = models.DateField(_("生效日期"))
    effective_to = models.DateField(_("失效日期"), null=True, blank=True)
    basis = models.CharField(_("依据"), max_length=200)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    verified = models.BooleanField(_("已核对原文"), default=False)
    applies_to_running = models.BooleanField(
        _("适用于已颁发的证书"),
        default=False,
        help_text="replaces the earlier rule for what is running on its first day",
    )
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code", "effective_from"], name="scheme_rule_start"),
            models.UniqueConstraint(
                fields=["scheme", "code"], condition=Q(effective_to=None), name="scheme_rule_one_open"
            ),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")), name="scheme_rule_order"
            ),
            models.CheckConstraint(condition=Q(value=None) | Q(value__gte=0), name="scheme_rule_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.code}: {self.value}"
