"""What the people of a certification body may do on the files that it works."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.parties.constants import BodyDuty
from apps.parties.models.records import Organisation


class DutyGrant(models.Model):
    """A member of a body holds a duty there, until a day. Counts only while the person is a member (selectors)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="duty_grants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="duty_grants")
    duty = models.CharField(_("职责"), max_length=20, choices=BodyDuty.choices)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user", "duty"], condition=Q(ended_at=None), name="duty_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="duty_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["user"], condition=Q(ended_at=None), name="duty_running")]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.organisation_id}: {self.duty}"
