"""Holding an organisation while something of its own is written, so that no merge moves it from under the act.

A merge locks both organisations and then what belongs to them. Whoever locks such a row first and then writes another
that names the organisation waits for the merge, while the merge waits for the row. So the organisation is held first.
"""

import datetime as dt

from django.db import connection
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Refused
from apps.parties.models import Organisation
from apps.parties.policies import is_manager

_HOLD = "SELECT id FROM parties_organisation WHERE id = %s FOR KEY SHARE"


def hold_organisation(organisation_id: int) -> None:
    """Until the end of the transaction no merge begins with this organisation; others may hold it too."""
    assert connection.in_atomic_block, "a lock lasts as long as its transaction"
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [organisation_id])


def lock_managed(*, actor: Actor, organisation_id: int, now: dt.datetime) -> Organisation:
    """The organisation's row, locked for what one of its managers changes of it. Refuses everybody else."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    if not is_manager(actor.user, organisation.pk, today(now)):
        raise Refused("permission")
    if organisation.merged_into_id is not None:
        raise Refused("organisation.merged", _("该记录已并入另一组织"))
    return organisation
