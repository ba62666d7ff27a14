"""The certificate, its validity periods, its status history and its four detail shapes."""

import datetime as dt

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import (
    MismatchState,
    PeriodKind,
    ReasonClass,
    Shape,
    Status,
    SurveillanceResult,
)
from apps.certifications.models.reference import Project, Source, Standard

_TOLD = ["id", "holder", "division_code", "body", "shape", "project"]  # what a reminder needs to know besides its date
UNDATED = dt.date(1900, 1, 1)  # where a source gave no date at all: last in a list of newest first


class Certificate(models.Model):
    """One certificate, unique by body and number. Dates are those of the current validity period.

    `status` is what was last recorded; a certificate past `valid_to` is expired from the next day on even before the
    sweep records it: ask rules.effective_status. Foreign keys to small reference tables, and from the history rows
    that are written in one statement with their certificate, carry no database constraint: each check costs about
    4 µs a row, together as much as the rows of a million-row import; the import checks them set by set instead.
    """

    body = models.ForeignKey(
        "parties.Organisation", models.PROTECT, related_name="certificates_issued", db_index=False, db_constraint=False
    )
    holder = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="certificates_held", db_index=False)
    number = models.CharField(_("证书编号"), max_length=64, help_text="verbatim")
    number_key = models.CharField(max_length=64, help_text="rules.number_key(number)")
    token = models.CharField(_("查询码"), max_length=12, help_text="unguessable, in the QR and the permalink")
    shape = models.SmallIntegerField(_("信息模板"), choices=Shape.choices)
    project = models.ForeignKey(Project, models.PROTECT, db_constraint=False, db_index=False)
    standard = models.ForeignKey(Standard, models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False)
    standard_text = models.CharField(_("认证依据"), max_length=300, blank=True)
    holder_name = models.CharField(_("证书所载持证单位"), max_length=200)
    scope = models.TextField(_("认证范围"), blank=True)
    scope_codes = models.JSONField(_("范围代码"), default=list, help_text='e.g. ["IAF:03", "GB:C14"]')
    products = models.TextField(_("产品"), blank=True)
    search_text = models.TextField(blank=True, help_text="scope and products folded (core.grams)")
    search = SearchVectorField(null=True)
    division_code = models.CharField(_("行政区划"), max_length=6, blank=True)
    first_issued_on = models.DateField(_("初次获证日期"), null=True)
    issued_on = models.DateField(_("发证日期"), null=True)
    valid_from = models.DateField(_("有效期自"), null=True)
    valid_to = models.DateField(_("有效期至"), null=True)
    listed_on = models.GeneratedField(
        expression=Coalesce("issued_on", "valid_from", "first_issued_on", Value(UNDATED, models.DateField())),
        output_field=models.DateField(),
        db_persist=True,
        help_text="the date that lists order by: never null, so that a page can begin after any row",
    )
    status = models.CharField(_("状态"), max_length=9, choices=Status.choices)
    status_since = models.DateField(_("状态日期"), null=True)
    suspended_until = models.DateField(_("暂停期至"), null=True)
    surveillance_due = models.DateField(_("下次监督最后期限"), null=True)
    main = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="sub_certificates", db_index=False
    )
    predecessor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="successors", db_index=False
    )
    source = models.ForeignKey(Source, models.PROTECT, db_constraint=False, db_index=False)
    confirmed_at = models.DateTimeField(_("最近核对"))
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number_key", "body"],
                name="certificate_number_per_body",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
            models.UniqueConstraint(fields=["token"], name="certificate_token"),
        ]
        indexes = [
            models.Index(fields=["holder", "-listed_on", "-id"], name="certificate_holder"),
            models.Index(fields=["-listed_on", "-id"], include=["holder"], name="certificate_listed"),
            models.Index(fields=["body", "-listed_on", "-id"], name="certificate_body"),
            models.Index(fields=["division_code", "-listed_on", "-id"], name="certificate_division"),
            models.Index(fields=["project", "-listed_on", "-id"], name="certificate_project"),
            # With everything that the daily sweep of reminders reads: else it visits a quarter of all certificates.
            models.Index(
                fields=["valid_to"],
                include=_TOLD,
                condition=Q(status__in=[Status.VALID, Status.SUSPENDED]),
                name="certificate_running_until",
            ),
            models.Index(
                fields=["valid_to"], include=_TOLD, condition=Q(status=Status.EXPIRED), name="certificate_expired_on"
            ),
            models.Index(
                fields=["surveillance_due"],
                include=[*_TOLD, "status", "valid_to"],
                condition=Q(surveillance_due__isnull=False),
                name="certificate_surveillance_due",
            ),
            models.Index(
                fields=["suspended_until"], condition=Q(status=Status.SUSPENDED), name="certificate_suspended_until"
            ),
            # Few certificates have one: a whole index would be a million entries an import for nothing.
            models.Index(fields=["main"], condition=Q(main__isnull=False), name="certificate_main"),
            models.Index(
                fields=["predecessor"], condition=Q(predecessor__isnull=False), name="certificate_predecessor"
            ),
            # Most records of the national lookup tell neither scope nor products.
            GinIndex(fields=["search"], condition=Q(search__isnull=False), name="certificate_search"),
        ]

    def __str__(self) -> str:
        return self.number


class CertificatePeriod(models.Model):
    """One validity period. An organic certificate keeps its number at recertification: only a period is added."""

    certificate = models.ForeignKey(
        Certificate, models.CASCADE, related_name="periods", db_index=False, db_constraint=False
    )
    n = models.SmallIntegerField(help_text="1 for the first period known here")
    kind = models.CharField(_("类型"), max_length=16, choices=PeriodKind.choices)
    issued_on = models.DateField(_("发证日期"), null=True)
    valid_from = models.DateField(_("有效期自"), null=True)
    valid_to = models.DateField(_("有效期至"), null=True)
    source_code = models.CharField(_("来源"), max_length=32)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certificate", "n"], name="certificate_period_number")]

    def __str__(self) -> str:
        return f"{self.certificate_id}#{self.n}: {self.valid_from} - {self.valid_to}"


class StatusChange(models.Model):
    """One move of the status: what, when, why, by which rule, says who. Only legal moves (rules.may_move)."""

    certificate = models.ForeignKey(
        Certificate, models.CASCADE, related_name="status_changes", db_index=False, db_constraint=False
    )
    n = models.SmallIntegerField(help_text="1 for the first status known here")
    from_status = models.CharField(max_length=9, choices=Status.choices, blank=True)
    to_status = models.CharField(max_length=9, choices=Status.choices)
    on = models.DateField(_("日期"), null=True)
    until = models.DateField(_("暂停期至"), null=True)
    reason_class = models.CharField(_("原因类别"), max_length=24, choices=ReasonClass.choices)
    reason = models.TextField(_("原因"), blank=True)
    legal_basis = models.CharField(_("依据"), max_length=200, blank=True)
    source_code = models.CharField(_("来源"), max_length=32)
    recorded_by = models.CharField(_("登记人"), max_length=200)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certificate", "n"], name="certificate_status_number")]

    def __str__(self) -> str:
        return f"{self.certificate_id}#{self.n}: {self.from_status} -> {self.to_status}"


class Site(models.Model):
    """A place that the certificate covers."""

    certificate = models.ForeignKey(Certificate, models.CASCADE, related_name="sites")
    name = models.CharField(_("名称"), max_length=200, blank=True)
    address = models.CharField(_("地址"), max_length=300)
    activity = models.CharField(_("活动"), max_length=200, blank=True)
    division_code = models.CharField(_("行政区划"), max_length=6, blank=True)

    def __str__(self) -> str:
        return self.address


class SurveillanceActivity(models.Model):
    """An audit or inspection in the life of the certificate, as the national history table shows it."""

    certificate = models.ForeignKey(Certificate, models.CASCADE, related_name="surveillance")
    activity = models.CharField(_("活动"), max_length=60)
    description = models.TextField(_("说明"), blank=True)
    on = models.DateField(_("日期"))
    result = models.CharField(_("结果"), max_length=12, choices=SurveillanceResult.choices)
    audit_team = models.CharField(_("审核组"), max_length=200, blank=True)
    source_code = models.CharField(_("来源"), max_length=32)

    def __str__(self) -> str:
        return f"{self.on} {self.activity}"


class ManagementDetail(models.Model):
    """What only a management system or service certificate has."""

    certificate = models.OneToOneField(Certificate, models.CASCADE, primary_key=True, related_name="management")
    headcount = models.IntegerField(_("覆盖人数"), null=True)
    surveillance_count = models.SmallIntegerField(_("监督次数"), null=True)
    recertification_count = models.SmallIntegerField(_("再认证次数"), null=True)
    accreditation_mark = models.CharField(_("认可标识"), max_length=60, blank=True)

    def __str__(self) -> str:
        return str(self.certificate_id)


class CccDetail(models.Model):
    """Compulsory product certificate: applicant, manufacturer and factory may be three parties."""

    certificate = models.OneToOneField(Certificate, models.CASCADE, primary_key=True, related_name="ccc")
    applicant = models.ForeignKey("parties.Organisation", models.PROTECT, null=True, related_name="+")
    manufacturer = models.ForeignKey("parties.Organisation", models.PROTECT, null=True, related_name="+")
    factory = models.ForeignKey("parties.Organisation", models.PROTECT, null=True, related_name="+")
    product_code = models.CharField(_("产品代码"), max_length=4, blank=True)
    product_name = models.CharField(_("产品名称"), max_length=200, blank=True)
    models_text = models.TextField(_("规格型号"), blank=True)

    def __str__(self) -> str:
        return str(self.certificate_id)


class ProductLine(models.Model):
    """Food and agriculture: what is produced where, how much a year."""

    certificate = models.ForeignKey(Certificate, models.CASCADE, related_name="product_lines")
    product = models.CharField(_("产品"), max_length=200)
    place = models.CharField(_("产地"), max_length=200, blank=True)
    area_mu = models.DecimalField(_("面积（亩）"), max_digits=12, decimal_places=2, null=True)
    output = models.DecimalField(_("年产量"), max_digits=14, decimal_places=3, null=True)
    output_unit = models.CharField(_("单位"), max_length=16, blank=True)

    def __str__(self) -> str:
        return self.product


class IndustrialDetail(models.Model):
    """Voluntary industrial product certificate."""

    certificate = models.OneToOneField(Certificate, models.CASCADE, primary_key=True, related_name="industrial")
    product_name = models.CharField(_("产品名称"), max_length=200)
    models_text = models.TextField(_("规格型号"), blank=True)
    mode = models.CharField(_("认证模式"), max_length=200, blank=True)

    def __str__(self) -> str:
        return self.product_name


class MismatchReport(models.Model):
    """Somebody found that a product, a page or a paper does not match the certificate. Contact is for staff only."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, null=True, related_name="mismatches")
    number_seen = models.CharField(_("所见证书编号"), max_length=64, blank=True)
    description = models.TextField(_("不符之处"))
    place = models.CharField(_("发现地点"), max_length=200, blank=True)
    contact = models.CharField(_("联系方式"), max_length=100, blank=True)
    receipt = models.CharField(_("回执号"), max_length=16, unique=True)
    state = models.CharField(_("状态"), max_length=16, choices=MismatchState.choices, default=MismatchState.RECEIVED)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    answer = models.TextField(_("答复"), blank=True)
    version = models.IntegerField(default=1)

    def __str__(self) -> str:
        return self.receipt
