"""A service's refusals on a form, with the right status."""

from collections.abc import Callable
from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext_lazy as _

from apps.accounts.constants import NEVER_YOURS
from apps.core.forms import put_problems, status_of
from apps.core.problems import ProblemsFound, Refused

# The clock's refusals name a limit by its code; people are told what it means.
CLOCK_WORDS = {
    "clock.lapsed": _("该期限已届满，不能再办理这一步。"),
    "clock.running": _("该期限已在计算。"),
    "clock.extended_already": _("该期限已经延长过一次。"),
}


def attempt(form: BaseForm, call: Callable[[], Any]) -> int:
    """Run the service. 200 if it did its work; 403 if never this person's; 409 or 422; the words are on the form."""
    try:
        call()
    except ProblemsFound as found:
        put_problems(form, found)
    except Refused as refused:
        if refused.code in NEVER_YOURS and refused.reason:
            form.add_error(None, refused.reason)
            return 403
        if refused.code in CLOCK_WORDS:
            refused.reason = str(CLOCK_WORDS[refused.code])
        put_problems(form, refused)
    return status_of(form)
