"""Which places of a certificate's record may be corrected here, and what may stand there. Pure.

Never the status: that is the body's (ADR 0018). Never what ties the record to another register (division, codes).
"""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PLACES = {
    "number": gettext_lazy("证书编号"),
    "holder_name": gettext_lazy("证书所载持证单位"),
    "standard_text": gettext_lazy("认证依据"),
    "scope": gettext_lazy("认证范围"),
    "products": gettext_lazy("产品"),
    "first_issued_on": gettext_lazy("初次获证日期"),
    "issued_on": gettext_lazy("发证日期"),
    "valid_from": gettext_lazy("有效期自"),
    "valid_to": gettext_lazy("有效期至"),
}
DAYS = frozenset({"first_issued_on", "issued_on", "valid_from", "valid_to"})
MOST = {"number": 64, "holder_name": 200, "standard_text": 300}


def value_at(place: str, right: str) -> str | dt.date:
    """What is to stand there, as the registry keeps it; ValueError for a day that is none."""
    return dt.date.fromisoformat(right) if place in DAYS else right.strip()


def correction_fault(place: str, right: str, written: str) -> str:
    """Why this cannot be written there; empty if it can. `written`: what stands there now."""
    if not place or not right.strip():
        return ""  # a gap: the task list names it
    if place in DAYS:
        try:
            value_at(place, right)
        except ValueError:
            return _("“%(place)s”应是日期，请按 2026-01-31 的格式填写") % {"place": PLACES[place]}
    if len(right.strip()) > MOST.get(place, 2_000):
        return _("“%(place)s”过长") % {"place": PLACES[place]}
    if right.strip() == written:
        return _("证书上现在就是这样记载的，不需要更正")
    return ""
