"""What a surveillance audit found: written down by whoever audits, closed once verified; the class of a factory."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.audit import services as audit
from apps.certifications.constants import Shape
from apps.certifications.models import Certificate
from apps.certifying.models import CertificateCase, FactoryClass, WatchFinding
from apps.certifying.models.life import FactoryGrade, Grade
from apps.certifying.policies import can_classify, can_close_finding, can_write_findings
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.workflow.constants import SUBJECT
from apps.workflow.services import lock_file

LONGEST = 2_000


def add_finding(
    *, actor: Actor, now: dt.datetime, case_id: int, grade: str, clause: str, text: str, correct_by: dt.date
) -> WatchFinding:
    """Write down one nonconformity of an audit that is not reported yet."""
    with transaction.atomic():
        case = _locked(case_id)
        if not can_write_findings(actor.user, case, today(now)):
            raise Refused("permission", _("只有本件的审核人员可以登记不符合项。"))
        problems = [_missing(name) for name, value in (("clause", clause), ("text", text)) if not value.strip()]
        if grade not in Grade.values:
            problems.append(Problem("choice", "grade", grade, _("等级只能是列出的两种之一"), _("请从列表中选择")))
        if correct_by < today(now):
            problems.append(
                Problem("past", "correct_by", str(correct_by), _("整改期限已经过去"), _("请填写今天或者以后的日期"))
            )
        if len(text) > LONGEST:
            rule = _("不能超过 %(most)s 字") % {"most": LONGEST}
            problems.append(Problem("too_long", "text", text[:20], rule, _("请精简，详情可作为材料上传")))
        if problems:
            raise ProblemsFound(*problems)
        made = WatchFinding.objects.create(
            case=case,
            grade=grade,
            clause=clause.strip()[:100],
            text=text.strip(),
            correct_by=correct_by,
            recorded_at=now,
            recorded_by=actor.label,
        )
        _record(actor, now, case, "find", {"finding": made.pk, "grade": grade, "clause": made.clause})
    return made


def close_finding(*, actor: Actor, now: dt.datetime, finding_id: int, closing: str) -> WatchFinding:
    """The correction was verified. Also after the audit was settled: a minor one may take its time."""
    with transaction.atomic():
        known = WatchFinding.objects.select_related("case").filter(pk=finding_id).first()
        if known is None:
            raise Refused("absent", str(finding_id))
        case = _locked(known.case_id)
        found = WatchFinding.objects.select_for_update().get(pk=finding_id)
        if not can_close_finding(actor.user, case, today(now)):
            raise Refused("permission", _("只有发证机构的审核或者方案管理人员可以关闭不符合项。"))
        if found.closed_at is not None:
            raise Refused("closed", _("该不符合项已经关闭。"))
        if not closing.strip():
            raise ProblemsFound(_missing("closing"))
        found.closed_at, found.closed_by, found.closing = now, actor.label, closing.strip()[:LONGEST]
        found.save(update_fields=["closed_at", "closed_by", "closing"])
        _record(actor, now, case, "close_finding", {"finding": found.pk})
    return found


def set_factory_class(
    *, actor: Actor, now: dt.datetime, certificate_id: int, grade: str, reason: str, version: int
) -> FactoryClass:
    """Put the factory of a CCC certificate into a class; its follow-up inspections are planned by it.

    `version`: of the class that the person saw, 0 if there was none.
    """
    with transaction.atomic():
        certificate = Certificate.objects.select_for_update(of=("self",)).filter(pk=certificate_id).first()
        if certificate is None or certificate.shape != Shape.CCC:
            raise Refused("absent", str(certificate_id))
        if not can_classify(actor.user, certificate, today(now)):
            raise Refused("permission", _("只有发证机构的方案管理人员可以划分工厂类别。"))
        problems = [] if reason.strip() else [_missing("reason")]
        if grade not in FactoryGrade.values:
            problems.append(Problem("choice", "grade", grade, _("没有这一类别"), _("请从列表中选择")))
        if problems:
            raise ProblemsFound(*problems)
        known = FactoryClass.objects.filter(certificate=certificate).first()
        if (known.version if known else 0) != version:
            raise StaleVersion
        before = {"grade": known.grade} if known else None
        fields = {"grade": grade, "reason": reason.strip()[:LONGEST], "set_at": now, "set_by": actor.label}
        made, _fresh = FactoryClass.objects.update_or_create(
            certificate=certificate, defaults={**fields, "version": version + 1}
        )
        audit.record(
            actor=actor,
            now=now,
            action="certifying.factory_class.set",
            subject_kind="certificate",
            subject_id=certificate.pk,
            before=before,
            after={"grade": grade},
            reason=made.reason,
        )
    return made


def _locked(case_id: int) -> CertificateCase:
    """The case, its file locked."""
    case = CertificateCase.objects.select_related("certificate").get(pk=case_id)
    case.file = lock_file(case.file_id)
    return case


def _missing(name: str) -> Problem:
    return Problem("required", name, "", _("此项必须填写"), _("请填写后再办理"))


def _record(actor: Actor, now: dt.datetime, case: CertificateCase, verb: str, after: dict[str, Any]) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"certifying.certificate_case.{verb}",
        subject_kind=SUBJECT,
        subject_id=case.file_id,
        after=after,
    )
