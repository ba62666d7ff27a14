"""What follows a licence after issue: who may not apply again, and until when."""

from django.db import models
from django.db.models import F, Q

from apps.audit.models import append_only
from apps.institutions.licence_constants import BarKind


class Bar(models.Model):
    """An organisation may not apply again: from which day, through which, by which decision. Only grows."""

    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="licence_bars")
    kind = models.CharField(max_length=14, choices=BarKind.choices)
    licence = models.ForeignKey("institutions.Licence", models.PROTECT, null=True, related_name="bars")
    article = models.CharField(max_length=200)
    decided_by = models.CharField(max_length=60, help_text="the authority")
    decision_number = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField()
    recorded_at = models.DateTimeField()
    actor_label = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="bar_order"),
            models.UniqueConstraint(fields=["organisation", "kind", "decision_number"], name="bar_once"),
        ]
        triggers = append_only("licence_bar")

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.kind} {self.starts_on}"
