"""Vocabulary of apps.schemes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class System(models.TextChoices):
    GB = "gb", _("国民经济行业（GB/T 4754）")
    IAF = "iaf", _("IAF 行业")


class Activity(models.TextChoices):
    GROW = "grow", _("种植、养殖、采集")
    MAKE = "make", _("生产、加工")
    BUILD = "build", _("施工、安装")
    SERVE = "serve", _("提供服务")
    SELL = "sell", _("批发、零售")
    IMPORT = "import", _("进口")


class Market(models.TextChoices):
    CONSUMERS = "consumers", _("消费者")
    BUSINESS = "business", _("企业客户")
    GOVERNMENT = "government", _("政府采购、招标")
    EXPORT = "export", _("出口")


class ChangeKind(models.TextChoices):
    ADDED = "added", _("新列入目录")
    WIDENED = "widened", _("扩大适用范围")
    REMOVED = "removed", _("调出目录")


class ProposalState(models.TextChoices):
    OPEN = "open", _("待审核")
    APPROVED = "approved", _("已通过")
    REJECTED = "rejected", _("未通过")
    WITHDRAWN = "withdrawn", _("已撤回")
