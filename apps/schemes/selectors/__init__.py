"""Reads of the rules, of what bars an applicant, and of what a holder must do next."""

from apps.certifications.selectors.schemes import rule_set
from apps.schemes.selectors.applying import losses_of
from apps.schemes.selectors.steps import HeldStep, next_step, steps_of

__all__ = ["HeldStep", "losses_of", "next_step", "rule_set", "steps_of"]
