"""The official calendar and the statutory limits, both as rows: rules change, and a case keeps the rule of its day."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.clock.constants import DayKind, LimitUnit


class CalendarDay(models.Model):
    """One date: worked or not, by which notice of the State Council. Provisional: by weekday, not announced yet."""

    date = models.DateField(_("日期"), primary_key=True)
    kind = models.CharField(_("类型"), max_length=8, choices=DayKind.choices)
    name = models.CharField(_("名称"), max_length=40, blank=True)
    notice = models.CharField(_("通知文号"), max_length=60, blank=True)
    provisional = models.BooleanField(_("暂定"), default=False)
    edited = models.BooleanField(default=False, help_text="changed by a person: loading leaves it alone")
    version = models.IntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"


class StatutoryLimit(models.Model):
    """A limit that the law sets, in force from one day to another. A change ends this row and begins the next."""

    code = models.CharField(_("代码"), max_length=60)
    name = models.CharField(_("名称"), max_length=100)
    value = models.SmallIntegerField(_("时限"))
    unit = models.CharField(_("单位"), max_length=12, choices=LimitUnit.choices)
    effective_from = models.DateField(_("生效日期"))
    effective_to = models.DateField(_("失效日期"), null=True, blank=True)
    article = models.CharField(_("依据"), max_length=200)
    consequence = models.CharField(_("逾期后果"), max_length=300, blank=True)
    verified = models.BooleanField(_("已核对原文"), default=False)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "effective_from"], name="statutory_limit_start"),
            models.UniqueConstraint(fields=["code"], condition=Q(effective_to=None), name="statutory_limit_one_open"),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")), name="statutory_limit_order"
            ),
            models.CheckConstraint(condition=Q(value__gt=0), name="statutory_limit_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.value} {self.unit}"
