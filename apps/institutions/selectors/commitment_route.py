"""Reads for the commitment route: is it open, what would be signed, what was signed, what the guards ask."""

import datetime as dt
import hashlib
import json
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from apps.clock.selectors import limit_on
from apps.core.problems import Refused
from apps.documents.constants import GeneratedState
from apps.documents.models import GeneratedDocument
from apps.documents.selectors import current_documents, generated_of
from apps.institutions.licence_constants import Change, Route
from apps.institutions.models import (
    Application,
    InformedCommitment,
    InformedText,
    Institution,
    Licence,
    LicenceChange,
    ScopeVersion,
)
from apps.institutions.rules.commitment_route import Line, RecordRule, Refusal, Situation, refusals
from apps.institutions.selectors.applications import asked_scope, needs_scope
from apps.institutions.selectors.route_records import entries_on
from apps.workflow.constants import SUBJECT

PAPER = "cma_commitment"
RECORD = "CMA.COMMITMENT.RECORD"


def text_on(on: dt.date) -> InformedText:
    """The text in force on a day."""
    found = InformedText.objects.filter(effective_from__lte=on).order_by("-effective_from").first()
    if found is None:
        raise Refused("commitment.no_text", _("尚未登记告知承诺书文本，请联系系统管理员。"))
    return found


def refusals_of(application: Application, on: dt.date) -> tuple[Refusal, ...]:
    """Why the application may not take the commitment route on a day; empty if it may."""
    limit = limit_on(RECORD, on)
    if limit is None:
        raise Refused("no_limit", _("没有登记处罚记录的年限（%(code)s）。") % {"code": RECORD})
    return refusals(situation_of(application, on), on, RecordRule(limit.value, limit.article))


def situation_of(application: Application, on: dt.date) -> Situation:
    """The application and its institution as the rules see them."""
    organisation_id = application.file.organisation_id
    granted = LicenceChange.objects.filter(
        licence__organisation_id=organisation_id,
        kind__in=[Change.GRANTED, Change.RENEWED],
        application__route=Route.GENERAL,
    )
    return Situation(
        offered=application.item.commitment,
        first_timer=not _held_before(organisation_id),
        field=application.field,
        lines=_lines(scope_asked(application)),
        entries=entries_on(organisation_id, on),
        general_since=granted.aggregate(last=Max("on"))["last"],
    )


def _held_before(organisation_id: int) -> bool:
    """Whether it ever held a licence: one that this portal granted, or one whose number stands in its file."""
    transcribed = Institution.objects.filter(organisation_id=organisation_id).exclude(cma_number="")
    return Licence.objects.filter(organisation_id=organisation_id).exists() or transcribed.exists()


def scope_asked(application: Application) -> ScopeVersion | None:
    """The scope that was handed in, or would be."""
    if not needs_scope(application.item):
        return None
    return application.scope or asked_scope(application)


def _lines(scope: ScopeVersion | None) -> tuple[Line, ...]:
    if scope is None:
        return ()
    pairs = scope.rows.order_by().values_list("capability__field", "capability__object").distinct()
    return tuple(Line(field, what) for field, what in sorted(pairs))


def statement_of(application: Application) -> dict[str, Any]:
    """The facts that a signature stands for: who, what for, with which scope and which documents."""
    organisation, scope = application.file.organisation, scope_asked(application)
    documents = current_documents(SUBJECT, application.file_id).values_list("kind", "sha256")
    return {
        "application": application.file.number,
        "item": application.item_id,
        "organisation": organisation.name,
        "uscc": organisation.uscc or "",
        "legal_representative": application.legal_representative,
        "address": application.address,
        "field": application.field,
        "change_to": application.change_to,
        "scope": _scope_digest(scope),
        "documents": sorted([kind, sha256] for kind, sha256 in documents),
    }


def _scope_digest(scope: ScopeVersion | None) -> str:
    if scope is None:
        return ""
    rows = scope.rows.order_by("n").values_list("n", "capability__key", "clause", "restriction", "site")
    return digest([list(row) for row in rows])


def digest(content: Any) -> str:
    """SHA-256 of a content in canonical JSON."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def seal_of(text_sha256: str, statement: dict[str, Any]) -> str:
    """The hash that is signed: of the text and of the facts together."""
    return digest([text_sha256, statement])


def latest_signature(application: Application) -> InformedCommitment | None:
    return application.informed.select_related("text", "signed_by").order_by("-pk").first()


def is_current(signature: InformedCommitment, application: Application) -> bool:
    """Whether the signature stands for the application as it is now."""
    return signature.sha256 == seal_of(signature.text.sha256, statement_of(application))


def paper_of(signature: InformedCommitment) -> GeneratedDocument | None:
    """The commitment as a document, once it was asked for."""
    return generated_of(SUBJECT, signature.application.file_id).filter(request_key=paper_key(signature)).first()


def paper_key(signature: InformedCommitment) -> str:
    return f"{SUBJECT}:{signature.application.file_id}:informed-{signature.pk}:{PAPER}"


def route_facts(application: Application, on: dt.date) -> dict[str, Any]:
    """The part of the guards' facts that only this route has (rules.facts.Facts)."""
    if application.route != Route.COMMITMENT:
        return {}
    signature = latest_signature(application)
    paper = paper_of(signature) if signature else None
    return {
        "commitment": True,
        "route_refusals": tuple(each.told for each in refusals_of(application, on)),
        "signed": signature is not None and is_current(signature, application),
        "signed_before": signature is not None,
        "commitment_paper": paper is not None and paper.state == GeneratedState.DONE,
    }
