"""When a certificate may pass to another body without a gap. Pure.

Only a certificate of a management system that is valid: one under suspension is first cleared, one that ended cannot be
carried on. The old one ends on the day on which the new one begins.
"""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.certifications.constants import Shape, Status
from apps.core.problems import Problem


@dataclass(frozen=True, slots=True)
class Passing:
    """A certificate that is to pass: how it stands, and to whom."""

    status: str
    shape: int
    valid_to: dt.date | None
    body_id: int
    receiving_id: int | None
    receiving_is_body: bool = True
    must_suspend: bool = False  # a surveillance was missed; the body has yet to suspend


def obstacles(passing: Passing, on: dt.date) -> list[Problem]:
    """Everything that stands against the transfer on a day, at once."""
    found = []
    if passing.shape != Shape.MANAGEMENT:
        rule = _("转换认证机构只适用于管理体系认证证书")
        found.append(Problem("shape", "certificate", "", rule, _("其他证书请向新的认证机构重新申请")))
    if passing.status == Status.SUSPENDED:
        rule = _("证书处于暂停状态，不能转换认证机构")
        found.append(Problem("suspended", "certificate", "", rule, _("请先完成整改，恢复证书之后再申请")))
    elif passing.status != Status.VALID or (passing.valid_to is not None and passing.valid_to < on):
        rule = _("证书已经失效，不能转换认证机构")
        found.append(Problem("ended", "certificate", "", rule, _("请向新的认证机构申请初次认证")))
    elif passing.must_suspend:
        rule = _("监督审核已经逾期，证书应当暂停，不能以转换认证机构代替")
        found.append(Problem("overdue", "certificate", "", rule, _("请先接受原发证机构的监督审核")))
    if passing.receiving_id is not None and passing.receiving_id == passing.body_id:
        rule = _("接收机构就是现在的发证机构")
        found.append(Problem("same", "receiving", "", rule, _("请选择另一家认证机构")))
    elif passing.receiving_id is None or not passing.receiving_is_body:
        rule = _("接收机构应当是经批准的认证机构")
        found.append(Problem("not_a_body", "receiving", "", rule, _("请从认证机构名录中选择")))
    return found
