"""What others ask of the rules, and how the rules are changed."""

from apps.schemes.selectors.steps import next_step
from apps.schemes.services.applying import may_apply

__all__ = ["may_apply", "next_step"]
