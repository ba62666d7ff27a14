"""What follows a licence after issue: who may not apply again, and until when."""

from django.db import models
from django.db.models import F, Q

from apps.audit.models import append_only
from apps.institutions.licence_constants import BarKind, Cause


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


class LifeCase(models.Model):
    """A case about an issued licence: revocation, cancellation, order to rectify; one to one with its file.

    `facts`: what was found, and what is asked; at the holder's wish, why. `safety`: the licence is a matter of public
    safety, health, life or property, without which fraud bars nobody (ALL 79).
    """

    file = models.OneToOneField("workflow.File", models.PROTECT, related_name="life_case")
    licence = models.ForeignKey("institutions.Licence", models.PROTECT, related_name="life_cases")
    cause = models.CharField(max_length=20, choices=Cause.choices)
    facts = models.TextField()
    requirements = models.TextField(blank=True)
    safety = models.BooleanField(default=True)
    hearing_on = models.DateField(null=True)
    hearing_place = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return f"{self.file_id} {self.licence_id}"
