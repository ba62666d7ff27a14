"""People, units and roles. A person has one account; what a person may do comes from dated role grants."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.accounts.constants import ADMINISTRATORS, EXPORT_OPEN, ExportState, Realm, Role, SessionEnd, UnitKind


class Unit(models.Model):
    """A bureau, county branch or joint department. `division_code` scopes what its staff see."""

    code = models.CharField(_("代码"), max_length=32, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("类型"), max_length=16, choices=UnitKind.choices)
    division_code = models.CharField(_("行政区划代码"), max_length=6)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """An account. `is_superuser` stays false by constraint: Django's superuser passes every check."""

    realm = models.CharField(_("账号类别"), max_length=16, choices=Realm.choices, default=Realm.EXTERNAL)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="members")
    display_name = models.CharField(_("姓名"), max_length=100, blank=True)
    phone = models.CharField(_("手机号"), max_length=20, blank=True)
    language = models.CharField(_("界面语言"), max_length=10, default="zh-hans")
    password_changed_at = models.DateTimeField(null=True, blank=True)
    demo = models.BooleanField(default=False, help_text="demo account: production refuses to sign it in")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(is_superuser=False), name="no_superuser"),
            models.CheckConstraint(condition=Q(realm=Realm.EXTERNAL) | Q(unit__isnull=False), name="staff_have_a_unit"),
        ]
        indexes = [
            models.Index(Upper("username"), name="user_username_folded"),  # sign-in ignores case
            models.Index(Upper("email"), name="user_email_folded"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    @property
    def is_staff_member(self) -> bool:
        """A person of the bureau, a branch or a joint department."""
        return self.realm == Realm.STAFF


class RoleGrant(models.Model):
    """A role held by a person from one day until it is ended or runs out. Delegation is a grant with an end."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="role_grants")
    role = models.CharField(_("角色"), max_length=32, choices=Role.choices)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("理由"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], condition=Q(ended_at=None), name="one_grant_per_role"),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(ended_at=None, role__in=[str(role) for role in ADMINISTRATORS]),
                name="administrators_are_three_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"


class UserSession(models.Model):
    """One sign-in, from its start to its end. The browser's session holds this row's id; ending the row ends it.

    Rows stay after the end: they tell the person why, and which addresses the person is known to come from.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="sessions")
    started_at = models.DateTimeField(_("登录时间"))
    seen_at = models.DateTimeField(_("最近活动"), help_text="written at most once a minute")
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    ended_because = models.CharField(_("结束原因"), max_length=20, choices=SessionEnd.choices, blank=True)
    second_factor = models.BooleanField(_("已通过第二因素"), default=False)
    ip = models.GenericIPAddressField(_("登录地址"), null=True)
    user_agent = models.CharField(_("浏览器"), max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "started_at"], condition=Q(ended_at=None), name="session_running"),
            models.Index(fields=["user", "ip"], name="session_address"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.started_at:%Y-%m-%d %H:%M}"


class PasswordHistory(models.Model):
    """A password a person had, as its hash: staff may not go back to the last five."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "-at"], name="password_history_user")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.at:%Y-%m-%d}"


class Export(models.Model):
    """A list that somebody asked for as a file: made by a worker, for that person alone, deleted after a week.

    `query` is the list's filter as its address has it. `claim` counts the attempts and fences off a worker that was
    thought dead.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="exports")
    organisation_id = models.BigIntegerField(null=True, help_text="the organisation the person acted for")
    source = models.CharField(_("清单"), max_length=60, help_text="apps.accounts.exporting")
    file_format = models.CharField(_("格式"), max_length=4)
    query = models.TextField(blank=True)
    key = models.CharField(max_length=64, help_text="sha256 of what was asked: source, format, query")
    language = models.CharField(max_length=10)
    state = models.CharField(_("状态"), max_length=8, choices=ExportState.choices, default=ExportState.WAITING)
    requested_at = models.DateTimeField(_("申请时间"))
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(_("保留至"), null=True)
    claim = models.SmallIntegerField(default=0)
    rows = models.IntegerField(_("行数"), null=True)
    file = models.CharField(max_length=100, blank=True, help_text="its name in the storage, ours and unguessable")
    size = models.BigIntegerField(_("大小"), null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"],
                condition=Q(state__in=EXPORT_OPEN),
                name="one_open_export_of_a_list",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-requested_at"], name="export_of_person"),
            models.Index(
                fields=["state"], condition=~Q(state__in=[ExportState.FAILED, ExportState.EXPIRED]), name="export_live"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}.{self.file_format} {self.state}"

    @property
    def query_dict(self) -> QueryDict:
        return QueryDict(self.query)
