"""Organisations and the people who act for them, divisions, and what joins or keeps apart two records of one firm."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from apps.parties.constants import (
    BanSubject,
    ClaimState,
    DivisionLevel,
    IdentityKind,
    MembershipRole,
    MergeState,
    NameKind,
    OrganisationKind,
)


class Division(models.Model):
    """An administrative division of GB/T 2260, current or historical (a repealed code keeps its last name)."""

    code = models.CharField(_("代码"), max_length=12, primary_key=True)
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("级别"), max_length=8, choices=DivisionLevel.choices)
    parent_code = models.CharField(_("上级"), max_length=12, blank=True, db_index=True)
    since = models.IntegerField(_("启用年份"), null=True)
    until = models.IntegerField(_("弃用年份"), null=True, help_text="null while in use")
    successors = models.JSONField(_("新代码"), default=list)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Jurisdiction(models.Model):
    """A development zone or other area that supervises like a county but has no GB/T 2260 code (大龙, 高新)."""

    code = models.CharField(_("代码"), max_length=12, primary_key=True)
    name = models.CharField(_("名称"), max_length=60)
    division_code = models.CharField(_("所在行政区划"), max_length=6)

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """An enterprise, institution, certification body, department or foreign manufacturer: one record for one party.

    `org_code` is the nine-character organisation code (GB 11714), which is also characters 9 to 17 of the USCC: two
    records with equal codes are one party and join automatically; nothing else joins without a person's decision.
    """

    kind = models.CharField(_("类型"), max_length=16, choices=OrganisationKind.choices)
    name = models.CharField(_("名称"), max_length=200)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, null=True, blank=True)
    org_code = models.CharField(_("组织机构代码"), max_length=9, null=True, blank=True)
    approval_number = models.CharField(_("认证机构批准号"), max_length=20, null=True, blank=True)
    division_code = models.CharField(_("行政区划"), max_length=6, blank=True)
    jurisdiction_code = models.CharField(_("监管区域"), max_length=12, blank=True)
    address = models.CharField(_("地址"), max_length=300, blank=True)
    legal_representative = models.CharField(_("法定代表人"), max_length=100, blank=True)
    country = models.CharField(_("国家或地区"), max_length=2, default="CN")
    code_override_reason = models.TextField(_("代码放行理由"), blank=True)
    search_text = models.TextField(blank=True, help_text="every name folded (core.grams), one a line")
    search = SearchVectorField(null=True)
    initials = models.CharField(max_length=200, blank=True, help_text="pinyin initials of the name, lower case")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    source = models.CharField(_("来源"), max_length=32, help_text="code of the feed or register that first named it")
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["uscc"], condition=Q(merged_into=None), name="one_party_per_uscc"),
            models.UniqueConstraint(fields=["org_code"], condition=Q(merged_into=None), name="one_party_per_org_code"),
            models.UniqueConstraint(fields=["approval_number"], name="one_body_per_approval"),
        ]
        permissions = [
            ("manage_organisation", "管理成员与代理人"),
            ("act_for_organisation", "代表组织办理业务"),
        ]
        indexes = [
            GinIndex(fields=["search"], name="organisation_search"),
            models.Index(fields=["division_code", "id"], name="organisation_division"),
            models.Index(fields=["initials"], name="organisation_initials", opclasses=["text_pattern_ops"]),
            models.Index(fields=["uscc"], name="organisation_uscc", opclasses=["text_pattern_ops"]),
            models.Index(fields=["org_code"], name="organisation_org_code", opclasses=["text_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationName(models.Model):
    """A name the organisation has or had. `until` null means in use."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="names")
    kind = models.CharField(_("类型"), max_length=16, choices=NameKind.choices)
    name = models.CharField(_("名称"), max_length=200)
    since = models.DateField(_("启用日期"), null=True, blank=True)
    until = models.DateField(_("停用日期"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "name", "since"], name="organisation_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationCode(models.Model):
    """A code under which a source knew the organisation, verbatim: old, foreign, or unusable ("000000000")."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="codes")
    value = models.CharField(_("代码"), max_length=40, db_index=True)
    source = models.CharField(_("来源"), max_length=32)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "value", "source"], name="organisation_code_once")
        ]

    def __str__(self) -> str:
        return self.value


class MergeCandidate(models.Model):
    """Two records that may be one party. Merging moves `duplicate` into `kept`; `moved` is what an undo needs."""

    kept = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    duplicate = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    reason = models.CharField(_("怀疑理由"), max_length=64)
    state = models.CharField(_("状态"), max_length=16, choices=MergeState.choices, default=MergeState.OPEN)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision_reason = models.TextField(_("处理理由"), blank=True)
    moved = models.JSONField(default=dict)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kept", "duplicate"], name="merge_pair_once"),
            models.CheckConstraint(condition=~Q(kept=models.F("duplicate")), name="merge_two_records"),
        ]

    def __str__(self) -> str:
        return f"{self.kept_id} + {self.duplicate_id}: {self.state}"


class Membership(models.Model):
    """A person may act for an organisation, in a role, until a day. Guardian grants mirror the running ones."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(_("角色"), max_length=16, choices=MembershipRole.choices)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"], condition=Q(ended_at=None), name="one_membership_per_organisation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.organisation_id}: {self.role}"


class Claim(models.Model):
    """A person asks to act for an organisation: its USCC, their position, and documents that show it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="claims")
    uscc = models.CharField(_("统一社会信用代码"), max_length=18)
    organisation_name = models.CharField(_("单位名称"), max_length=200)
    division_code = models.CharField(_("行政区划"), max_length=6, blank=True, help_text="whose window staff decide")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="claims")
    position = models.CharField(_("职务"), max_length=100)
    statement = models.TextField(_("说明"), blank=True)
    state = models.CharField(_("状态"), max_length=16, choices=ClaimState.choices, default=ClaimState.SUBMITTED)
    submitted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision_reason = models.TextField(_("处理理由"), blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "uscc"], condition=Q(state=ClaimState.SUBMITTED), name="one_open_claim"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} -> {self.uscc}: {self.state}"


class ClaimDocument(models.Model):
    """Evidence for a claim. Content was checked (core.uploads); seen by the claimant and the confirmer only."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="documents")
    file = models.FileField(upload_to="claims/%Y/%m/")
    original_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.original_name


class Invitation(models.Model):
    """A manager invites somebody by e-mail to act for the organisation. The token is stored hashed, works once."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="invitations")
    email = models.EmailField(_("邮箱"))
    role = models.CharField(_("角色"), max_length=16, choices=MembershipRole.choices)
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.email} -> {self.organisation_id}"


class Ban(models.Model):
    """A decision that bars a person or an organisation from the trade.

    What was decided never changes here; a ban ends early only by another decision (`lift_*`). A person's document
    number is not stored: `id_hash` (apps.parties.identity) recognises it, `id_masked` shows it.
    """

    subject = models.CharField(_("对象"), max_length=12, choices=BanSubject.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="bans")
    person_name = models.CharField(_("姓名"), max_length=100, blank=True)
    id_kind = models.CharField(_("证件类型"), max_length=8, choices=IdentityKind.choices, blank=True)
    id_hash = models.CharField(max_length=64, blank=True)
    id_masked = models.CharField(_("证件号码"), max_length=20, blank=True)
    basis = models.CharField(_("法律依据"), max_length=32, help_text="code of parties.rules.bans.BASES")
    basis_text = models.CharField(_("所引条款"), max_length=200)
    starts_on = models.DateField(_("自"))
    ends_on = models.DateField(_("至"), null=True, help_text="last day; null is for life, with its cited basis")
    decision_number = models.CharField(_("决定文号"), max_length=100)
    authority = models.CharField(_("决定机关"), max_length=200)
    decided_on = models.DateField(_("决定日期"))
    facts = models.TextField(_("事由"), blank=True, help_text="for staff only")
    public_basis = models.CharField(_("公开依据"), max_length=200, blank=True, help_text="empty: not public")
    lifted_on = models.DateField(_("解除日期"), null=True)
    lift_number = models.CharField(_("解除决定文号"), max_length=100, blank=True)
    lift_authority = models.CharField(_("解除决定机关"), max_length=200, blank=True)
    lift_reason = models.TextField(_("解除理由"), blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision_number", "authority", "id_hash", "organisation"],
                name="ban_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(subject=BanSubject.PERSON, organisation=None) & ~Q(id_hash="")
                | Q(subject=BanSubject.ORGANISATION, organisation__isnull=False, id_hash=""),
                name="ban_on_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")), name="ban_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(lifted_on=None) | ~Q(lift_number=""), name="ban_lifted_by_decision_only"
            ),
        ]
        indexes = [
            models.Index(fields=["id_hash"], condition=~Q(id_hash=""), name="ban_person"),
            models.Index(fields=["-decided_on", "-id"], name="ban_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.decision_number} {self.subject}"


class OrganisationUserObjectPermission(UserObjectPermissionBase):
    """Guardian's direct foreign-key table: who may act for which organisation."""

    content_object = models.ForeignKey(Organisation, on_delete=models.CASCADE)


class OrganisationGroupObjectPermission(GroupObjectPermissionBase):
    """Guardian asks for the pair of tables; the portal grants to people only."""

    content_object = models.ForeignKey(Organisation, on_delete=models.CASCADE)
