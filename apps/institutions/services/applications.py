"""Applying: begin, write, hand in materials. Steps of the process itself are taken by workflow.advance alone."""

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
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.documents.models import Document
from apps.documents.selectors import current_documents
from apps.documents.services import remove, reuse, store
from apps.institutions.licence_constants import Route
from apps.institutions.models import Application, Item
from apps.institutions.rules.licensing import LICENSING
from apps.institutions.selectors import applications as selectors
from apps.institutions.selectors.barred import barred_people
from apps.institutions.selectors.files import known_of
from apps.parties.models import Organisation
from apps.parties.policies import can_act_for
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File
from apps.workflow.policies import exclusions
from apps.workflow.selectors.hands import hands_of
from apps.workflow.services import lock_file, open_file

WRITTEN = (
    "contact_name",
    "contact_phone",
    "address",
    "field",
    "legal_representative",
    "top_manager",
    "technical_head",
    "change_from",
    "change_to",
    "statement",
)
HANDED_IN_WHILE = ("draft", "correction", "rectification")
KNOWN = ("contact_name", "contact_phone", "address", "field", "legal_representative", "top_manager", "technical_head")


def open_application(*, actor: Actor, now: dt.datetime, organisation: Organisation, item: Item) -> Application:
    """Begin a draft, filled with what the portal already knows: nothing is asked twice.

    A second draft of the same item is refused: the first one is still there.
    """
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        drafts = File.objects.filter(organisation=organisation, process=LICENSING.code, matter=item.code)
        if drafts.filter(submitted_at=None, closed_at=None).exists():
            raise Refused("application.draft_exists", _("该事项已有一份草稿，请在“我的申请”中继续填写。"))
        file = open_file(
            actor=actor,
            now=now,
            process=LICENSING.code,
            matter=item.code,
            organisation=organisation,
            title=f"检验检测机构资质认定（{item.name}）",
            division_code=organisation.division_code or settings.HOME_DIVISION,
            unit=bureau(),
            competence=item.competence,
        )
        licence = selectors.usable_licence(organisation.pk, today(now)) if item.licence_needed else None
        made = Application.objects.create(
            file=file, item=item, route=Route.GENERAL, licence=licence, **_known(organisation, today(now))
        )
        _record(actor, now, made, "open", {"item": item.code})
    return made


def write_application(
    *, actor: Actor, now: dt.datetime, application_id: int, version: int, values: Mapping[str, Any]
) -> Application:
    """Keep what the applicant wrote in the draft. Gaps are allowed until it is handed in."""
    with transaction.atomic():
        found = lock_own(actor=actor, now=now, application_id=application_id)
        if found.file.status != LICENSING.start:
            raise Refused("application.submitted", _("申请已经提交，不能再修改。"))
        if found.version != version:
            raise StaleVersion
        before = {name: getattr(found, name) for name in WRITTEN}
        changed = {name: str(values[name]) for name in WRITTEN if name in values and str(values[name]) != before[name]}
        for name, value in changed.items():
            setattr(found, name, value)
        if barred := [each for each in barred_people(found, today(now)) if each.place in changed]:
            raise ProblemsFound(*barred)
        found.version += 1
        found.save(update_fields=[*changed, "version"])
        _record(actor, now, found, "write", {"changed": sorted(changed)})
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
    replaces: int | None = None,
) -> Document:
    """Hand in a document: while drafting, and again with a correction or a rectification.

    It comes with the form (`upload`), was sent in pieces (`resumable_id`), or lies in the organisation's own store
    (`stored_id`): nobody hands in the same paper twice.
    """
    with transaction.atomic():
        found = lock_own(actor=actor, now=now, application_id=application_id)
        if found.file.status not in HANDED_IN_WHILE:
            raise Refused("application.no_material", _("现在不能提交材料。"))
        if not found.item.materials.filter(kind=kind).exists():
            raise ProblemsFound(Problem("kind", "kind", kind, _("该事项不需要这类材料"), _("请从列出的材料中选择")))
        place = {"organisation_id": found.file.organisation_id, "subject_kind": SUBJECT, "subject_id": found.file_id}
        common: dict[str, Any] = {"actor": actor, "now": now, "kind": kind, **place}
        if stored_id is not None:
            document = reuse(document_id=stored_id, **common)
        else:
            document = store(upload=upload, resumable_id=resumable_id, replaces=replaces, **common)
        _record(actor, now, found, "add_material", {"kind": kind, "sha256": document.sha256})
    return document


def remove_material(*, actor: Actor, now: dt.datetime, application_id: int, document_id: int) -> None:
    """Take a document out of the draft; after submission it stays."""
    with transaction.atomic():
        found = lock_own(actor=actor, now=now, application_id=application_id)
        if found.file.status != LICENSING.start:
            raise Refused("application.submitted", _("申请已经提交，材料不能移除。"))
        if not current_documents(SUBJECT, found.file_id).filter(pk=document_id).exists():
            raise Refused("absent", str(document_id))
        remove(actor=actor, now=now, document_id=document_id)
        _record(actor, now, found, "remove_material", {"document": document_id})


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
    rows = Application.objects.select_for_update(of=("self",))
    return rows.select_related("file__organisation", "item", "licence", "scope").get(pk=application_id)


def refuse_excluded(*, actor: Actor, now: dt.datetime, file: File) -> None:
    """Whoever is kept off a file is kept off the acts beside its steps too: the own case, recusal, conflicts."""
    if actor.user is None:
        return
    on = today(now)
    against = list(exclusions(file, actor.user, on, hands_of(file, on)))
    if against:
        raise Refused(str(against[0].obstacle), _("；").join(str(found) for found in against))


def bureau() -> Unit:
    """The unit that receives applications: the bureau of this installation."""
    found = units().filter(kind=UnitKind.BUREAU, division_code=settings.HOME_DIVISION).order_by("pk").first()
    if found is None:
        raise Refused("no_unit", _("本平台尚未登记受理单位，请联系系统管理员。"))
    return found


def _known(organisation: Organisation, on: dt.date) -> dict[str, str]:
    """From the register of organisations, over it the latest application, over both the institution's own file."""
    latest = selectors.applications().filter(file__organisation=organisation).order_by("-pk").first()
    written = {name: getattr(latest, name) for name in KNOWN} if latest else {}
    ours = {"address": organisation.address, "legal_representative": organisation.legal_representative}
    every = (ours, written, known_of(organisation.pk, on))
    return {name: value for source in every for name, value in source.items() if value}


def _record(actor: Actor, now: dt.datetime, application: Application, verb: str, after: dict[str, Any]) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"institutions.application.{verb}",
        subject_kind=SUBJECT,
        subject_id=application.file_id,
        after=after,
    )
