"""Reference data, each row with its source. Loaded by `manage.py load_reference` from apps/certifications/data/."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import UNVERIFIED, Shape


class Source(models.Model):
    """A feed or register that tells us about certificates, and how often it promises to."""

    code = models.CharField(_("代码"), max_length=32, primary_key=True)
    name = models.CharField(_("名称"), max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    cadence_days = models.IntegerField(_("承诺更新间隔（天）"), help_text="a record confirmed longer ago is stale")
    authority = models.IntegerField(_("权威顺序"), help_text="a lower number wins a disagreement by default")
    last_received_at = models.DateTimeField(_("最近报送"), null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Project(models.Model):
    """A certification project (认证项目) under its national scheme code: A010101 is QMS."""

    code = models.CharField(_("代码"), max_length=16, primary_key=True)
    name = models.CharField(_("名称"), max_length=100)
    name_en = models.CharField(max_length=100)
    group = models.CharField(_("类别"), max_length=32, help_text="published class, e.g. qms, ems, ccc, food, service")
    shape = models.IntegerField(_("信息模板"), choices=Shape.choices)
    compulsory = models.BooleanField(_("强制性"), default=False)
    source_note = models.TextField(_("出处"))

    def __str__(self) -> str:
        return self.name

    @property
    def verified(self) -> bool:
        """Whether the code stands in a public record; if not, its end is a placeholder of ours."""
        return not self.source_note.startswith(UNVERIFIED)


class Standard(models.Model):
    """A standard that certificates cite, with what replaced it."""

    code = models.CharField(_("标准号"), max_length=40, primary_key=True)
    title = models.CharField(_("名称"), max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    effective_on = models.DateField(_("实施日期"), null=True)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaces")
    source_note = models.TextField(_("出处"))

    def __str__(self) -> str:
        return self.code


class IafSector(models.Model):
    """An IAF/EA sector, 01 to 39."""

    code = models.CharField(_("代码"), max_length=2, primary_key=True)
    name = models.CharField(_("名称"), max_length=100)
    name_en = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Industry(models.Model):
    """An industry of GB/T 4754-2017: a letter, then two to four digits."""

    code = models.CharField(_("代码"), max_length=5, primary_key=True)
    name = models.CharField(_("名称"), max_length=100)
    parent_code = models.CharField(max_length=5, blank=True)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class CatalogueVersion(models.Model):
    """An edition of the CCC catalogue and the day from which it holds."""

    code = models.CharField(_("版本"), max_length=16, primary_key=True)
    effective_on = models.DateField(_("实施日期"))
    categories = models.IntegerField(_("大类数"))
    products = models.IntegerField(_("产品种数"))
    announcement = models.CharField(_("公告"), max_length=100)

    def __str__(self) -> str:
        return self.code


class CatalogueProduct(models.Model):
    """A four-digit code of one edition of the CCC catalogue. A product can have several codes under one serial."""

    version = models.ForeignKey(CatalogueVersion, models.CASCADE, related_name="entries")
    serial = models.SmallIntegerField(
        _("序号"), default=0, help_text="in the announcement; codes of one product share it"
    )
    code = models.CharField(_("产品代码"), max_length=4)
    name = models.CharField(_("产品"), max_length=200)
    category = models.CharField(_("大类"), max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="catalogue_product_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
