"""Choosing the route of an application, and signing the informed commitment (告知承诺书)."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.audit import services as audit
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.documents.services import request
from apps.institutions.licence_constants import Capacity, Route
from apps.institutions.licence_papers import authority_of
from apps.institutions.models import Application, InformedCommitment, InformedText
from apps.institutions.selectors.commitment_route import (
    PAPER,
    digest,
    paper_key,
    refusals_of,
    seal_of,
    statement_of,
    text_on,
)
from apps.institutions.services.applications import lock_own
from apps.parties.rules.masking import mask_person_name
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File, Transition

DATA = Path(__file__).resolve().parent.parent / "data" / "informed_texts.json"
SIGNED_IN = ("draft", "correction")
SIGNER_LENGTH = 60


def load_informed_texts(*, actor: Actor, now: dt.datetime) -> int:
    """Add the versions of the text that are not there yet. A version that is there never changes."""
    rows = json.loads(DATA.read_text(encoding="utf-8"))
    with transaction.atomic():
        known = set(InformedText.objects.values_list("version", flat=True))
        new = [row for row in rows if row["version"] not in known]
        for row in new:
            InformedText.objects.create(**row, sha256=digest([row["zh"], row["en"]]))
        if new:
            audit.record(
                actor=actor,
                now=now,
                action="institutions.informed_text.load",
                subject_kind="informed_text",
                subject_id="*",
                after={"versions": [row["version"] for row in new]},
            )
    return len(new)


def choose_route(*, actor: Actor, now: dt.datetime, application_id: int, version: int, route: str) -> Application:
    """The applicant's choice, while the application is a draft. A closed route is refused with every reason."""
    if route not in Route.values:
        raise ProblemsFound(Problem("choice", "route", route, _("没有这种办理程序"), _("请从两种程序中选择")))
    with transaction.atomic():
        found = lock_own(actor=actor, now=now, application_id=application_id)
        if found.file.status != "draft":
            raise Refused("application.submitted", _("申请已经提交，不能再改变办理程序。"))
        if found.version != version:
            raise StaleVersion
        closed = refusals_of(found, today(now)) if route == Route.COMMITMENT else ()
        if closed:
            raise ProblemsFound(*(each.problem() for each in closed))
        before, found.route = found.route, Route(route)
        found.version += 1
        found.save(update_fields=["route", "version"])
        _record(actor, now, found, "route", {"route": str(before)}, {"route": route})
    return found


def sign_informed(
    *,
    actor: Actor,
    now: dt.datetime,
    application_id: int,
    seen: str,
    signer: str,
    capacity: str,
    language: str = "zh-hans",
) -> InformedCommitment:
    """Sign the text in force for the application as it stands; the paper is typeset from what was signed.

    `seen`: the hash that the person's second look showed. If text or application moved since, nothing is signed.
    """
    with transaction.atomic():
        found = lock_own(actor=actor, now=now, application_id=application_id)
        _signable(found)
        if problems := _problems(found, signer, capacity):
            raise ProblemsFound(*problems)
        text, statement = text_on(today(now)), statement_of(found)
        seal = seal_of(text.sha256, statement)
        if seal != seen:
            raise StaleVersion
        assert actor.user is not None, "a person signs"
        made = InformedCommitment.objects.create(
            application=found,
            text=text,
            language=language,
            statement=statement,
            sha256=seal,
            signer=signer.strip(),
            capacity=capacity,
            signed_by=actor.user,
            signed_at=now,
        )
        _ask_for_paper(actor, now, made)
        after = {"text": text.version, "sha256": seal, "signer": mask_person_name(made.signer), "capacity": capacity}
        _record(actor, now, found, "sign_informed", None, after)
    return made


def turned_general(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """The application goes on by the general route. Effect of the step "to_general"."""
    application = Application.objects.select_for_update().get(file=file)
    application.route = Route.GENERAL
    application.version += 1
    application.save(update_fields=["route", "version"])
    _record(actor, now, application, "route", {"route": str(Route.COMMITMENT)}, {"route": str(Route.GENERAL)})


def _signable(application: Application) -> None:
    if application.route != Route.COMMITMENT:
        raise Refused("route.general", _("本件按一般程序办理，不需要签署告知承诺书。"))
    if application.file.status not in SIGNED_IN:
        raise Refused("informed.state", _("只有在填写申请或者补正时才能签署告知承诺书。"))


def _problems(application: Application, signer: str, capacity: str) -> list[Problem]:
    """Who signs: a name, and as what; the legal representative signs under the name that the application gives."""
    found = []
    name, fill = signer.strip(), _("请填写后再签署")
    if not name:
        found.append(Problem("required", "signer", "", _("请填写签署人姓名"), fill))
    if len(name) > SIGNER_LENGTH:
        rule = _("签署人姓名不能超过 %(most)s 字") % {"most": SIGNER_LENGTH}
        found.append(Problem("too_long", "signer", name[:20], rule, fill))
    if capacity not in Capacity.values:
        found.append(Problem("choice", "capacity", capacity, _("请选择签署人身份"), fill))
    if capacity == Capacity.REPRESENTATIVE and name and name != application.legal_representative.strip():
        rule = _("签署人姓名与申请中的法定代表人不一致")
        found.append(Problem("signer", "signer", name, rule, _("请核对姓名，或者由经授权的代理人签署")))
    missing = [
        label
        for label, value in (
            (_("法定代表人"), application.legal_representative),
            (_("检验检测地址"), application.address),
            (_("统一社会信用代码"), application.file.organisation.uscc or ""),
        )
        if not value.strip()
    ]
    if missing:
        rule = _("签署前须填写：%(names)s") % {"names": _("、").join(missing)}
        found.append(Problem("incomplete", "signer", "", rule, _("请先补全基本信息")))
    return found


def _ask_for_paper(actor: Actor, now: dt.datetime, made: InformedCommitment) -> None:
    """A worker typesets the commitment as it was signed."""
    application, text = made.application, made.text.zh
    count = application.informed.count()
    request(
        actor=actor,
        now=now,
        request_key=paper_key(made),
        template=PAPER,
        subject_kind=SUBJECT,
        subject_id=application.file_id,
        params={
            "authority": authority_of(application.file),
            "number": f"{application.file.number}-CN{count:02d}",
            "matter": application.file.title,
            "organisation": made.statement["organisation"],
            "uscc": made.statement["uscc"],
            "legal_representative": made.statement["legal_representative"],
            "address": made.statement["address"],
            **{name: text[name] for name in ("basis", "conditions", "consequences", "commitments")},
            "signed_by": made.signer,
            "date": today(made.signed_at).isoformat(),
        },
    )


def _record(
    actor: Actor,
    now: dt.datetime,
    application: Application,
    verb: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"institutions.application.{verb}",
        subject_kind=SUBJECT,
        subject_id=application.file_id,
        before=before,
        after=after,
    )
