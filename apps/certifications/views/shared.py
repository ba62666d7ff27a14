"""What the staff views have in common: a service's refusals become errors on the form, with the right status."""

from collections.abc import Callable
from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext as _

from apps.core.problems import ProblemsFound, Refused, StaleVersion


def attempt(form: BaseForm, call: Callable[[], Any]) -> int:
    """Run the service. 200 if it did its work, else the status of the page that shows why it did not.

    422: the input is faulty. 409: somebody else was faster, or the state does not allow it.
    """
    try:
        call()
    except ProblemsFound as found:
        for problem in found.problems:
            place = problem.place if problem.place in form.fields else None
            form.add_error(place, str(problem))
        return 422
    except StaleVersion:
        form.add_error(None, _("在您填写期间，他人修改了这份记录。请核对最新内容后重新提交。"))
        return 409
    except Refused as refused:
        form.add_error(None, refused.reason)
        return 409
    return 200
