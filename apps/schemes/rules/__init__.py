"""Who may apply, what the holder must do next, what one should choose: pure functions over dated rules."""

from apps.certifications.rules.schemes import RuleRow, RuleSet
from apps.schemes.rules.applying import (
    OWN_FAULT,
    Facts,
    Kind,
    Loss,
    Obstacle,
    first_day_after,
    obstacles,
)
from apps.schemes.rules.steps import LegalStep, Situation, next_step

__all__ = [
    "OWN_FAULT",
    "Facts",
    "Kind",
    "LegalStep",
    "Loss",
    "Obstacle",
    "RuleRow",
    "RuleSet",
    "Situation",
    "first_day_after",
    "next_step",
    "obstacles",
]
