"""Orders to rectify that stand on a licence, whether a case of its own gave them or a check on site."""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.institutions.licence_constants import LicenceStatus
from apps.institutions.models import Licence
from apps.institutions.rules.commitment_check import CHECK
from apps.institutions.rules.life_rectifying import RECTIFICATION
from apps.institutions.selectors.life import standing_on
from apps.workflow.models import File

# The statuses in which a file's order stands and may still be lifted, or lead to a revocation.
BY_CASE = ("ordered", "overdue", "answered", "rechecked", "handed_on")
BY_CHECK = ("rectification", "recheck", "rechecked", "untrue")


def order_of(licence_id: int) -> File | None:
    """The open file that can still end the order on a licence; None if there is none."""
    case = Q(life_case__licence=licence_id, process=RECTIFICATION.code, status__in=BY_CASE)
    check = Q(post_check__licence=licence_id, process=CHECK.code, status__in=BY_CHECK)
    return File.objects.filter(case | check, closed_at=None).order_by("pk").first()


def order_fault(licence: Licence, on: dt.date) -> str:
    """Why a licence cannot be renewed before its order to rectify is over; empty if there is none.

    An order outlives the term as long as its file is open: otherwise it would be enough to wait for the last day.
    """
    if standing_on(licence, min(on, licence.valid_to)) != LicenceStatus.RECTIFYING:
        return ""
    file = order_of(licence.pk)
    if file is None and on > licence.valid_to:
        return ""
    told = {"number": licence.number, "file": file.number if file is not None else _("已转入撤销程序")}
    return _("资质认定证书 %(number)s 正被责令改正（%(file)s），尚未办结") % told
