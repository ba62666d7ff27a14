"""People, units and roles. A person has one account; what a person may do comes from dated role grants."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.constants import ADMINISTRATORS, Realm, Role, UnitKind


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
