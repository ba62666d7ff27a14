"""Cases about an issued certificate, what its surveillance found, and the class of a CCC factory."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import SurveillanceResult


class Grade(models.TextChoices):
    """How grave a nonconformity is; the words of the registry's results."""

    MINOR = SurveillanceResult.MINOR.value, _("轻微不符合")
    MAJOR = SurveillanceResult.MAJOR.value, _("严重不符合")


class FactoryGrade(models.TextChoices):
    """How closely the body watches a CCC factory, A least."""

    A = "A", _("A 类")
    B = "B", _("B 类")
    C = "C", _("C 类")
    D = "D", _("D 类")


class CertificateCase(models.Model):
    """A case about an issued certificate: one of the processes of rules.life_acts; one to one with its file.

    `reason`: a reason class of the registry, or the matter of the process. `facts`: what was found or is asked, for the
    holder to read once told. `until`, `seasonal`: of a suspension, as proposed. `receiving`: to whom a certificate is
    to pass, with the holder's consent that this body sees its audits; `successor`: what the receiving body issued.
    """

    file = models.OneToOneField("workflow.File", models.PROTECT, related_name="certificate_case")
    certificate = models.ForeignKey("certifications.Certificate", models.PROTECT, related_name="cases")
    reason = models.CharField(max_length=24)
    facts = models.TextField()
    until = models.DateField(null=True)
    seasonal = models.BooleanField(default=False)
    planned_on = models.DateField(null=True)
    source = models.ForeignKey("self", models.PROTECT, null=True, related_name="led_to")
    receiving = models.ForeignKey("parties.Organisation", models.PROTECT, null=True, related_name="+")
    successor = models.ForeignKey("certifications.Certificate", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["receiving"], condition=Q(receiving__isnull=False), name="certificate_case_receiving")
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.certificate_id}"


class WatchFinding(models.Model):
    """A nonconformity of a surveillance audit: what, against which clause, corrected until when, closed by whom."""

    case = models.ForeignKey(CertificateCase, models.PROTECT, related_name="findings")
    grade = models.CharField(_("等级"), max_length=12, choices=Grade.choices)
    clause = models.CharField(_("条款"), max_length=100)
    text = models.TextField(_("不符合事实"))
    correct_by = models.DateField(_("整改期限"))
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=200, blank=True)
    closing = models.TextField(_("验证结论"), blank=True)

    def __str__(self) -> str:
        return f"{self.case_id} {self.clause}"


class FactoryClass(models.Model):
    """The class in which the body put the factory of a CCC certificate; it sets how often the factory is inspected."""

    certificate = models.OneToOneField(
        "certifications.Certificate", models.PROTECT, primary_key=True, related_name="factory_class"
    )
    grade = models.CharField(_("工厂类别"), max_length=1, choices=FactoryGrade.choices)
    reason = models.TextField(_("分类理由"))
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=200)
    version = models.IntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.grade}"
