"""An application for certification, what is asked about it, who examines it and what they found."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.certifying.constants import Advice, Grade, Kind, PointKind, Stage, StageResult, TeamRole, TieKind


class Application(models.Model):
    """What an organisation applies for; one to one with its file, which holds status, number and hands.

    `body`: the body chosen while drafting; the file is handed to it by the submission. `certificate`: what came of it.
    `manufacturer`, `factory`: of a CCC product, where they are not the applicant.
    """

    file = models.OneToOneField("workflow.File", models.PROTECT, related_name="certifying")
    project = models.ForeignKey("certifications.Project", models.PROTECT, related_name="+")
    kind = models.CharField(_("申请类型"), max_length=16, choices=Kind.choices)
    body = models.ForeignKey("parties.Organisation", models.PROTECT, null=True, related_name="+")
    predecessor = models.ForeignKey("certifications.Certificate", models.PROTECT, null=True, related_name="+")
    certificate = models.ForeignKey("certifications.Certificate", models.PROTECT, null=True, related_name="+")
    contact_name = models.CharField(_("联系人"), max_length=60, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    standard = models.CharField(_("认证依据"), max_length=200, blank=True)
    scope = models.TextField(_("认证范围"), blank=True)
    scope_codes = models.JSONField(_("范围代码"), default=list, help_text='e.g. ["IAF:03", "GB:C14"]')
    headcount = models.IntegerField(_("覆盖人数"), null=True)
    shifts = models.SmallIntegerField(_("班次"), null=True)
    operating_since = models.DateField(_("体系运行或者有机生产开始日期"), null=True)
    consultant = models.CharField(_("提供咨询的单位或者个人"), max_length=200, blank=True)
    fee_own = models.BooleanField(_("认证费用由本单位自行支付"), default=False)
    product_code = models.CharField(_("CCC 产品代码"), max_length=4, blank=True)
    product_name = models.CharField(_("产品名称"), max_length=200, blank=True)
    models_text = models.TextField(_("规格型号"), blank=True)
    manufacturer = models.ForeignKey("parties.Organisation", models.PROTECT, null=True, related_name="+")
    factory = models.ForeignKey("parties.Organisation", models.PROTECT, null=True, related_name="+")
    statement = models.TextField(_("申请说明"), blank=True)
    plan_from = models.DateField(_("审核开始日期"), null=True)
    plan_to = models.DateField(_("审核结束日期"), null=True)
    plan_days = models.DecimalField(_("审核人日"), max_digits=5, decimal_places=1, null=True)
    plan_note = models.TextField(_("审核计划"), blank=True)
    advice = models.CharField(_("推荐意见"), max_length=8, choices=Advice.choices, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(plan_to=None) | Q(plan_to__gte=F("plan_from")), name="certifying_plan_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.project_id}"


class ApplicationSite(models.Model):
    """A place that the certificate is to cover."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="sites")
    name = models.CharField(_("名称"), max_length=200, blank=True)
    address = models.CharField(_("地址"), max_length=300)
    activity = models.CharField(_("活动"), max_length=200, blank=True)

    def __str__(self) -> str:
        return self.address


class ApplicationLine(models.Model):
    """Food and agriculture: what is produced on which plot, and how much a year."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="lines")
    product = models.CharField(_("产品"), max_length=200)
    place = models.CharField(_("地块或者产地"), max_length=200)
    area_mu = models.DecimalField(_("面积（亩）"), max_digits=12, decimal_places=2, null=True)
    output = models.DecimalField(_("预计年产量"), max_digits=14, decimal_places=3, null=True)
    output_unit = models.CharField(_("单位"), max_length=16, blank=True)

    def __str__(self) -> str:
        return self.product


class Point(models.Model):
    """One thing to complete (contract review), or one finding (examination), with its own answer.

    `told_at`: since when the applicant knows; until then whoever listed it may still change the list.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="points")
    kind = models.CharField(max_length=10, choices=PointKind.choices)
    grade = models.CharField(_("等级"), max_length=12, choices=Grade.choices, blank=True)
    n = models.SmallIntegerField()
    about = models.CharField(_("涉及内容"), max_length=200)
    problem = models.TextField(_("存在问题"))
    remedy = models.TextField(_("要求"), blank=True)
    listed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    listed_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    answer = models.TextField(_("答复"), blank=True)
    answered_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "kind", "n"], name="certifying_point_number"),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(told_at__isnull=False), name="certifying_answered_after_told"
            ),
            models.CheckConstraint(
                condition=Q(kind=PointKind.FINDING) & ~Q(grade="") | Q(kind=PointKind.COMPLETION, grade=""),
                name="certifying_findings_are_graded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.n}"


class Examination(models.Model):
    """What came of one stage. For a type test or samples: by which laboratory, under which report."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="examinations")
    stage = models.CharField(_("阶段"), max_length=10, choices=Stage.choices)
    from_on = models.DateField(_("开始日期"))
    to_on = models.DateField(_("结束日期"))
    result = models.CharField(_("结果"), max_length=16, choices=StageResult.choices)
    summary = models.TextField(_("情况说明"))
    laboratory = models.CharField(_("检测机构"), max_length=200, blank=True)
    report_number = models.CharField(_("报告编号"), max_length=60, blank=True)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "stage"], name="certifying_stage_once"),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="certifying_stage_order"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.stage}"


class AuditTeamMember(models.Model):
    """Somebody on the audit team; workflow names them to the file. `left_at`: since when they are not any more."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(_("分工"), max_length=8, choices=TeamRole.choices)
    field = models.CharField(_("专业"), max_length=100, blank=True)
    added_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "user"], condition=Q(left_at=None), name="certifying_member_once"
            ),
            models.UniqueConstraint(
                fields=["application"], condition=Q(role=TeamRole.LEADER, left_at=None), name="certifying_one_leader"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.user_id} ({self.role})"


class Tie(models.Model):
    """Why one of a body's people may not work on an organisation's files, as declared to the body; until a day."""

    body = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    kind = models.CharField(_("关系"), max_length=12, choices=TieKind.choices)
    until = models.DateField(_("回避至"), null=True, help_text="null: for good")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "user", "organisation", "kind"], name="certifying_tie_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} - {self.organisation_id}: {self.kind}"


class Offer(models.Model):
    """What a body declares of itself in the directory: a project it takes applications for, its fees, its days."""

    body = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    project = models.ForeignKey("certifications.Project", models.PROTECT, related_name="+")
    fee = models.CharField(_("收费标准"), max_length=300)
    days = models.SmallIntegerField(_("承诺办理天数"), null=True)
    accepts = models.BooleanField(_("接受申请"), default=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "project"], name="certifying_offer_once")]

    def __str__(self) -> str:
        return f"{self.body_id}: {self.project_id}"
