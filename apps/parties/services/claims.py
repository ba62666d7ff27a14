"""Binding a person to an organisation: the claim, and who may confirm it.

Lock order: the organisation (if known), then the claim. Files are written inside the transaction and removed again if
it fails, so that no document stays without its row.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.rules import scope_prefix
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.events import publish_event
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.core.uploads import Accepted, Upload, check_documents
from apps.parties.constants import ClaimState, Topic
from apps.parties.models import Claim, Organisation
from apps.parties.policies import can_decide_claim, is_manager
from apps.parties.rules.codes import check_uscc
from apps.parties.selectors.divisions import current_codes
from apps.parties.selectors.memberships import managers_of, membership_of
from apps.parties.selectors.organisations import find_by_code
from apps.parties.services.memberships import begin_membership, term_problems
from apps.parties.services.organisations import OrganisationFacts, record_organisation
from apps.parties.services.trail import note

MOST_OPEN = 5  # open claims of one person
MOST_A_DAY = 10  # claims of one person in a day, whatever became of them


def submit_claim(
    *,
    actor: Actor,
    now: dt.datetime,
    uscc: str,
    organisation_name: str,
    position: str,
    statement: str,
    documents: Sequence[Upload],
) -> Claim:
    """A person asks to act for an organisation. Writes claim, documents, one audit row; tells the confirmers."""
    if actor.user is None or actor.user.is_staff_member:
        raise Refused("claim.staff", _("工作人员账号不能代表组织办理业务"))
    code, problems, _warnings = check_uscc(uscc)
    organisation = find_by_code(code) if not problems else None
    texts = {"organisation_name": organisation_name.strip(), "position": position.strip()}
    problems += _text_problems(texts) + _already(actor, organisation, code, now)
    accepted, faults = check_documents(documents)
    if problems or faults:
        raise ProblemsFound(*problems, *faults)
    claim = Claim(
        user=actor.user,
        uscc=code,
        organisation=organisation,
        division_code=deciding_division(code, organisation),
        statement=statement.strip(),
        submitted_at=now,
        **texts,
    )
    return _store(actor, now, claim, accepted)


def _store(actor: Actor, now: dt.datetime, claim: Claim, accepted: list[Accepted]) -> Claim:
    written: list[Any] = []
    try:
        with transaction.atomic():
            claim.save()
            for document in accepted:
                row = claim.documents.model(
                    claim=claim,
                    original_name=document.original_name,
                    content_type=document.content_type,
                    size=len(document.content),
                    sha256=document.sha256,
                    uploaded_at=now,
                )
                row.file.save(document.stored_name(), document.as_file(), save=False)
                written.append(row.file)
                row.save()
            hashes = [document.sha256 for document in accepted]
            _audit(actor, now, "submit", claim, after={"uscc": claim.uscc, "documents": hashes})
            publish_event(Topic.CLAIM_SUBMITTED, _submitted(claim, now))
    except IntegrityError:
        _remove(written)
        raise ProblemsFound(_open_claim(claim.uscc)) from None
    except BaseException:
        _remove(written)
        raise
    return claim


def _remove(written: list[Any]) -> None:
    for file in written:
        file.storage.delete(file.name)


def deciding_division(uscc: str, organisation: Organisation | None) -> str:
    """Whose window decides: the organisation's county, or the registering one; the bureau if that is unclear."""
    home = scope_prefix(settings.HOME_DIVISION)
    if organisation is not None and organisation.division_code.startswith(home):
        return organisation.division_code
    today_codes = current_codes(uscc[2:8])
    if len(today_codes) == 1 and today_codes[0].startswith(home):
        return today_codes[0]
    return str(settings.HOME_DIVISION)


def _text_problems(texts: dict[str, str]) -> list[Problem]:
    problems = []
    for place, longest in (("organisation_name", 200), ("position", 100)):
        value = texts[place]
        if not value:
            problems.append(Problem("claim.missing", place, "", _("须填写"), _("请照营业执照和任职情况填写")))
        elif len(value) > longest or "\0" in value:
            rule = _("最长%(n)d字，不含控制字符") % {"n": longest}
            problems.append(Problem("claim.long", place, value[:50], rule, _("请缩短后重新填写")))
    return problems


def _already(actor: Actor, organisation: Organisation | None, uscc: str, now: dt.datetime) -> list[Problem]:
    """What this person has already: a membership, an open claim, or too many of them."""
    on = today(now)
    if organisation is not None and membership_of(actor.user, organisation.pk, on) is not None:
        remedy = _("可直接在“我的组织”中切换到该组织")
        return [Problem("claim.member", "uscc", uscc, _("您已可代表该组织"), remedy, barred=True)]
    own = Claim.objects.filter(user=actor.user)
    if own.filter(uscc=uscc, state=ClaimState.SUBMITTED).exists():
        return [_open_claim(uscc)]
    busy = own.filter(state=ClaimState.SUBMITTED).count() >= MOST_OPEN
    if busy or own.filter(submitted_at__gt=now - dt.timedelta(days=1)).count() >= MOST_A_DAY:
        rule = _("待确认的申请或当日申请过多")
        return [Problem("claim.many", "uscc", uscc, rule, _("请等待已提交的申请处理完毕，或明日再试"), barred=True)]
    return []


def _open_claim(uscc: str) -> Problem:
    rule = _("您对该代码已有一份待确认的申请")
    return Problem("claim.open", "uscc", uscc, rule, _("请等待处理，或撤回后重新提交"), barred=True)


def _submitted(claim: Claim, now: dt.datetime) -> dict[str, Any]:
    on = today(now)
    managers = managers_of(claim.organisation_id, on) if claim.organisation_id else []
    return {
        "claim_id": claim.pk,
        "claimant_id": claim.user_id,
        "claimant_name": str(claim.user),
        "path": reverse("parties:claim", args=[claim.pk]),
        "uscc": claim.uscc,
        "organisation_id": claim.organisation_id,
        "organisation_name": claim.organisation.name if claim.organisation else claim.organisation_name,
        "confirmer_ids": [manager.pk for manager in managers],
        "division_code": claim.division_code,
        "now": now,
    }


def confirm_claim(
    *,
    actor: Actor,
    now: dt.datetime,
    claim_id: int,
    version: int,
    role: str,
    ends_on: dt.date | None = None,
    division_code: str = "",
    reason: str = "",
) -> Claim:
    """The confirmer lets the person act. An organisation that nobody knew is recorded first - by window staff only."""
    on = today(now)
    if problems := term_problems(role, ends_on, on):
        raise ProblemsFound(*problems)
    with transaction.atomic():
        claim, organisation = _lock(actor, claim_id, version, on)
        if organisation is None:
            facts = OrganisationFacts(uscc=claim.uscc, division_code=division_code or claim.division_code)
            name = claim.organisation_name
            organisation = record_organisation(actor=actor, now=now, name=name, source="claim", facts=facts)
        claim.organisation = organisation
        _close(actor, now, claim, ClaimState.CONFIRMED, reason)
        begin_membership(
            actor=actor,
            now=now,
            user=claim.user,
            organisation=organisation,
            role=role,
            ends_on=ends_on,
            cause=f"claim:{claim.pk}",
        )
        return claim


def refuse_claim(*, actor: Actor, now: dt.datetime, claim_id: int, version: int, reason: str) -> Claim:
    """The confirmer says no, and why; the person may claim again with better documents."""
    if not reason.strip():
        rule = _("须填写理由")
        raise ProblemsFound(Problem("reason.missing", "reason", "", rule, _("请写明缺少什么或哪里不符")))
    with transaction.atomic():
        claim, _organisation = _lock(actor, claim_id, version, today(now))
        _close(actor, now, claim, ClaimState.REFUSED, reason)
        return claim


def withdraw_claim(*, actor: Actor, now: dt.datetime, claim_id: int) -> Claim:
    """The claimant takes the claim back before it is decided."""
    with transaction.atomic():
        claim = Claim.objects.select_for_update().get(pk=claim_id)
        if actor.user_id != claim.user_id:
            raise Refused("permission")
        if claim.state != ClaimState.SUBMITTED:
            raise Refused("claim.decided", _("申请已处理：%(state)s") % {"state": claim.get_state_display()})
        claim.state, claim.decided_at = ClaimState.WITHDRAWN, now
        claim.version += 1
        claim.save(update_fields=["state", "decided_at", "version"])
        _audit(actor, now, "withdraw", claim)
        return claim


def _lock(actor: Actor, claim_id: int, version: int, on: dt.date) -> tuple[Claim, Organisation | None]:
    """The locked claim and its organisation, found again by code: it may have been recorded, or merged, since."""
    peek = Claim.objects.get(pk=claim_id)
    known = find_by_code(peek.uscc) or peek.organisation
    organisation = Organisation.objects.select_for_update().get(pk=known.pk) if known is not None else None
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    if actor.user is None or not (
        can_decide_claim(actor.user, claim, on)
        or (organisation is not None and actor.user_id != claim.user_id and is_manager(actor.user, organisation.pk, on))
    ):
        raise Refused("permission")
    if claim.state != ClaimState.SUBMITTED:
        raise Refused("claim.decided", _("申请已处理：%(state)s") % {"state": claim.get_state_display()})
    if claim.version != version:
        raise StaleVersion
    return claim, organisation


def _close(actor: Actor, now: dt.datetime, claim: Claim, state: str, reason: str) -> None:
    claim.state, claim.decided_at, claim.decided_by, claim.decision_reason = state, now, actor.user, reason.strip()
    claim.version += 1
    claim.save()
    confirmed = state == ClaimState.CONFIRMED
    _audit(actor, now, "confirm" if confirmed else "refuse", claim, reason=reason)
    payload = {
        "claim_id": claim.pk,
        "claimant_id": claim.user_id,
        "uscc": claim.uscc,
        "organisation_id": claim.organisation_id,
        "organisation_name": claim.organisation.name if claim.organisation else claim.organisation_name,
        "path": reverse("parties:claim", args=[claim.pk]),
        "confirmed": confirmed,
        "reason": claim.decision_reason,
        "now": now,
    }
    publish_event(Topic.CLAIM_DECIDED, payload)


def _audit(
    actor: Actor,
    now: dt.datetime,
    verb: str,
    claim: Claim,
    *,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    facts = {"state": str(claim.state), "organisation": claim.organisation_id, "claimant": claim.user_id}
    note(actor=actor, now=now, kind="claim", verb=verb, subject_id=claim.pk, after=after or facts, reason=reason)
