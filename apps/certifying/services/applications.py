"""Applying: begin a draft, write it, choose a body, hand in documents. Steps are taken by workflow.advance alone."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import UnitKind
from apps.accounts.models import Unit
from apps.accounts.selectors import units
from apps.audit import services as audit
from apps.certifications.models import Certificate, Project
from apps.certifying.constants import MAX_ROWS, Kind
from apps.certifying.models import Application, ApplicationLine, ApplicationSite
from apps.certifying.rules.applying import APPLYING
from apps.certifying.rules.materials import materials
from apps.certifying.selectors.applications import applications
from apps.certifying.selectors.bodies import offers_for
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.documents.models import Document
from apps.documents.selectors import current_documents
from apps.documents.services import remove, reuse, store
from apps.parties.models import Organisation
from apps.parties.policies import can_act_for
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File, Transition
from apps.workflow.services import lock_file, open_file

WRITTEN = (
    "contact_name",
    "contact_phone",
    "standard",
    "scope",
    "scope_codes",
    "headcount",
    "shifts",
    "operating_since",
    "consultant",
    "fee_own",
    "product_code",
    "product_name",
    "models_text",
    "statement",
)
KNOWN = ("contact_name", "contact_phone", "headcount", "shifts", "operating_since")
HANDED_IN_WHILE = ("draft", "correction", "rectification")
ROWS: Mapping[str, type[ApplicationSite | ApplicationLine]] = {"sites": ApplicationSite, "lines": ApplicationLine}


def open_draft(
    *,
    actor: Actor,
    now: dt.datetime,
    organisation_id: int,
    project_code: str,
    kind: str,
    predecessor_id: int | None = None,
) -> Application:
    """Begin a draft, filled with what the portal knows: the earlier application, the certificate that it builds on.

    A second draft for the same project and certificate is refused: the first one is still there.
    """
    with transaction.atomic():
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
        project = Project.objects.filter(pk=project_code).first()
        if project is None or kind not in Kind.values:
            raise Refused("project", project_code)
        before = _predecessor(organisation, project, kind, predecessor_id)
        same = applications().filter(file__organisation=organisation, project=project, predecessor=before, kind=kind)
        if same.filter(file__submitted_at=None, file__closed_at=None).exists():
            raise Refused("draft_exists", _("这一项目已有一份草稿，请在“认证申请”中继续填写。"))
        file = open_file(
            actor=actor,
            now=now,
            process=APPLYING.code,
            matter=kind,
            organisation=organisation,
            title=f"{project.name}（{Kind(kind).label}）",
            division_code=organisation.division_code or settings.HOME_DIVISION,
            unit=_bureau(),
        )
        made = Application.objects.create(
            file=file, project=project, kind=kind, predecessor=before, **_known(organisation, project, before, kind)
        )
        _copy_rows(made, before, organisation)
        _record(actor, now, made, "open", {"project": project.code, "kind": kind})
    return made


def write_application(
    *, actor: Actor, now: dt.datetime, application_id: int, version: int, values: Mapping[str, Any]
) -> Application:
    """Keep what the applicant wrote in the draft. Gaps are allowed until it is handed in."""
    with transaction.atomic():
        found = lock_draft(actor=actor, now=now, application_id=application_id)
        if found.version != version:
            raise StaleVersion
        changed = [name for name in WRITTEN if name in values and values[name] != getattr(found, name)]
        for name in changed:
            setattr(found, name, values[name])
        for name in ("manufacturer", "factory"):
            if name in values and values[name] != getattr(found, name):
                setattr(found, name, values[name])
                changed.append(name)
        found.version += 1
        found.save(update_fields=[*changed, "version"])
        _record(actor, now, found, "write", {"changed": sorted(changed)})
    return found


def add_row(*, actor: Actor, now: dt.datetime, application_id: int, what: str, values: Mapping[str, Any]) -> Any:
    """One more site, or one more product line."""
    with transaction.atomic():
        found = lock_draft(actor=actor, now=now, application_id=application_id)
        rows = ROWS[what].objects.filter(application=found)
        if rows.count() >= MAX_ROWS:
            raise Refused("too_many", _("最多 %(most)s 行。") % {"most": MAX_ROWS})
        made = ROWS[what].objects.create(application=found, **values)
        _record(actor, now, found, "add_row", {"what": what, "row": str(made)})
    return made


def remove_row(*, actor: Actor, now: dt.datetime, application_id: int, what: str, row_id: int) -> None:
    """Take a site or a product line out of the draft."""
    with transaction.atomic():
        found = lock_draft(actor=actor, now=now, application_id=application_id)
        row = ROWS[what].objects.filter(application=found, pk=row_id).first()
        if row is None:
            raise Refused("absent", str(row_id))
        _record(actor, now, found, "remove_row", {"what": what, "row": str(row)})
        row.delete()


def choose_body(*, actor: Actor, now: dt.datetime, application_id: int, body_id: int) -> Application:
    """To whom the application goes when it is submitted: one that takes applications for the project here."""
    with transaction.atomic():
        found = lock_draft(actor=actor, now=now, application_id=application_id)
        offer = offers_for(found.project_id, today(now)).filter(body=body_id).first()
        if offer is None or body_id == found.file.organisation_id:
            rule = _("该认证机构没有在本平台接受这一项目的申请")
            raise ProblemsFound(Problem("body", "body", str(body_id), rule, _("请从名录中选择")))
        found.body = offer.body
        found.version += 1
        found.save(update_fields=["body", "version"])
        _record(actor, now, found, "choose_body", {"body": body_id})
    return found


def add_material(
    *,
    actor: Actor,
    now: dt.datetime,
    application_id: int,
    kind: str,
    upload: Any = None,
    resumable_id: object = None,
    stored_id: int | None = None,
) -> Document:
    """Hand in a document: with the form, in pieces, or out of the organisation's own store."""
    with transaction.atomic():
        found = lock_own(actor=actor, now=now, application_id=application_id)
        if found.file.status not in HANDED_IN_WHILE:
            raise Refused("no_material", _("现在不能提交材料。"))
        if kind not in {each.kind for each in materials(found.project.shape)}:
            rule = _("该项目不需要这类材料")
            raise ProblemsFound(Problem("kind", "kind", kind, rule, _("请从列出的材料中选择")))
        place = {"organisation_id": found.file.organisation_id, "subject_kind": SUBJECT, "subject_id": found.file_id}
        common: dict[str, Any] = {"actor": actor, "now": now, "kind": kind, **place}
        if stored_id is not None:
            document = reuse(document_id=stored_id, **common)
        else:
            document = store(upload=upload, resumable_id=resumable_id, **common)
        _record(actor, now, found, "add_material", {"kind": kind, "sha256": document.sha256})
    return document


def remove_material(*, actor: Actor, now: dt.datetime, application_id: int, document_id: int) -> None:
    """Take a document out of the draft; after submission it stays."""
    with transaction.atomic():
        found = lock_draft(actor=actor, now=now, application_id=application_id)
        if not current_documents(SUBJECT, found.file_id).filter(pk=document_id).exists():
            raise Refused("absent", str(document_id))
        remove(actor=actor, now=now, document_id=document_id)
        _record(actor, now, found, "remove_material", {"document": document_id})


def submitted(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Effect of the submission: the file goes to the chosen body."""
    application = Application.objects.get(file=file)
    file.handler = application.body
    file.save(update_fields=["handler"])


def lock_draft(*, actor: Actor, now: dt.datetime, application_id: int) -> Application:
    """The applicant's own, as long as it is a draft."""
    found = lock_own(actor=actor, now=now, application_id=application_id)
    if found.file.status != APPLYING.start:
        raise Refused("submitted", _("申请已经提交，不能再修改。"))
    return found


def lock_own(*, actor: Actor, now: dt.datetime, application_id: int) -> Application:
    """The application with its file locked, for who acts for its organisation; absent and forbidden alike."""
    found = lock_application(application_id)
    if actor.user is not None and not can_act_for(actor.user, found.file.organisation_id, today(now)):
        raise Refused("absent", str(application_id))
    return found


def lock_application(application_id: int) -> Application:
    """The application, its file's row locked first, as every act on a file does."""
    file_id = Application.objects.filter(pk=application_id).values_list("file_id", flat=True).first()
    if file_id is None:
        raise Refused("absent", str(application_id))
    lock_file(file_id)
    Application.objects.select_for_update().get(pk=application_id)
    return applications().get(pk=application_id)


def _predecessor(organisation: Organisation, project: Project, kind: str, pk: int | None) -> Certificate | None:
    """The certificate that the application builds on: the organisation's own, of the project; none at the first."""
    found = Certificate.objects.filter(pk=pk, holder=organisation, project=project).first() if pk else None
    if (found is None) == (kind == Kind.INITIAL):
        return found
    rule = _("再认证、变更范围和转换以本单位该项目的证书为基础，初次认证没有原证书")
    raise ProblemsFound(Problem("predecessor", "predecessor", str(pk or ""), rule, _("请从本单位的证书中选择")))


def _known(organisation: Organisation, project: Project, before: Certificate | None, kind: str) -> dict[str, Any]:
    """From the latest application of the organisation, over it the certificate that this one builds on."""
    latest = applications().filter(file__organisation=organisation).order_by("-pk").first()
    known = {name: getattr(latest, name) for name in KNOWN} if latest else {}
    if before is not None:
        known |= {"scope": before.scope, "scope_codes": before.scope_codes, "standard": before.standard_text}
        known |= {"body": before.body} if kind in (Kind.RECERTIFICATION, Kind.SCOPE) else {}
        detail = getattr(before, "ccc", None) or getattr(before, "industrial", None)
        if detail is not None:
            known |= {"product_name": detail.product_name, "models_text": detail.models_text}
            known |= {"product_code": getattr(detail, "product_code", "")}
    return known


def _copy_rows(made: Application, before: Certificate | None, organisation: Organisation) -> None:
    """Sites and lines of the certificate; else the registered address as the first site."""
    for site in before.sites.order_by("pk") if before else ():
        made.sites.create(name=site.name, address=site.address, activity=site.activity)
    for line in before.product_lines.order_by("pk") if before else ():
        values = {name: getattr(line, name) for name in ("product", "area_mu", "output", "output_unit")}
        made.lines.create(place=line.place, **values)
    if not made.sites.exists() and organisation.address:
        made.sites.create(address=organisation.address)


def _bureau() -> Unit:
    """The bureau that looks on."""
    found = units().filter(kind=UnitKind.BUREAU, division_code=settings.HOME_DIVISION).order_by("pk").first()
    if found is None:
        raise Refused("no_unit", _("本平台尚未登记监管单位，请联系系统管理员。"))
    return found


def _record(actor: Actor, now: dt.datetime, application: Application, verb: str, after: dict[str, Any]) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"certifying.application.{verb}",
        subject_kind=SUBJECT,
        subject_id=application.file_id,
        after=after,
    )
