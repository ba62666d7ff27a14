"""Recording organisations, their names and codes. Every name written here is found by search at once."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission, require
from apps.audit.services import record
from apps.core.actors import Actor
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.parties.constants import NameKind, OrganisationKind
from apps.parties.models import Organisation, OrganisationName
from apps.parties.policies import can_edit_organisation
from apps.parties.rules.codes import check_org_code, check_uscc, org_code_of
from apps.parties.rules.numbers import check_approval_number
from apps.parties.rules.searching import search_fields
from apps.parties.selectors.organisations import find_by_approval, find_by_code

_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """What is recorded of an organisation besides its name. Empty means not known."""

    kind: str = OrganisationKind.ENTERPRISE
    uscc: str = ""
    org_code: str = ""
    approval_number: str = ""
    division_code: str = ""
    jurisdiction_code: str = ""
    address: str = ""
    legal_representative: str = ""
    country: str = "CN"
    override_reason: str = ""
    codes: tuple[str, ...] = ()  # verbatim, as the source wrote them


Columns = dict[str, Any]


def record_organisation(
    *, actor: Actor, now: dt.datetime, name: str, source: str, facts: OrganisationFacts | None = None
) -> Organisation:
    """The organisation with these codes, made if there is none. Equal codes are one party: the name joins as an alias.

    Writes the organisation, its registered name, its verbatim codes, and one audit row. For imports, claims, staff.
    """
    facts = facts or OrganisationFacts()
    name = " ".join(name.split())
    columns = _checked(actor, name, facts, now)
    with transaction.atomic():
        known = _known(columns)
        if known is None:
            try:
                with transaction.atomic():
                    made = _create(now, name, source, columns)
            except IntegrityError:  # somebody recorded the same code in this moment
                known = _known(columns)
                if known is None:
                    raise
        if known is not None:
            return _join(actor, now, known, name, source, facts.codes)
        _add_codes(made, facts.codes, source, now)
        after = {"name": name, **{key: value for key, value in columns.items() if value}}
        _audit(actor, now, "record", made, after=after, reason=facts.override_reason)
        return made


def _create(now: dt.datetime, name: str, source: str, columns: Columns) -> Organisation:
    text, vector, initials = search_fields([name])
    made = Organisation.objects.create(
        name=name,
        source=source,
        search_text=text,
        search=vector,
        initials=initials,
        created_at=now,
        updated_at=now,
        **columns,
    )
    made.names.create(kind=NameKind.REGISTERED, name=name, source=source)
    return made


def _join(
    actor: Actor, now: dt.datetime, known: Organisation, name: str, source: str, codes: Iterable[str]
) -> Organisation:
    """A known party under (perhaps) another name: keep both."""
    if not known.names.filter(name=name).exists():
        add_name(actor=actor, now=now, organisation_id=known.pk, kind=NameKind.ALIAS, name=name, source=source)
        known.refresh_from_db()
    _add_codes(known, codes, source, now)
    return known


def _known(columns: Columns) -> Organisation | None:
    approval = columns["approval_number"]
    found = find_by_approval(approval) if approval else None
    return found or find_by_code(columns["uscc"] or columns["org_code"] or "")


def _checked(actor: Actor, name: str, facts: OrganisationFacts, now: dt.datetime) -> Columns:
    """The columns to store, or every problem at once."""
    problems = _name_problems(name)
    uscc, org_code, approval = facts.uscc, facts.org_code, facts.approval_number
    if uscc:
        uscc, faults, _warnings = check_uscc(uscc)
        problems += _overridden(actor, faults, facts.override_reason)
    if org_code:
        org_code, faults, _warnings = check_org_code(org_code)
        problems += faults
    if approval:
        approval, faults, _warnings = check_approval_number(approval, this_year=now.year)
        problems += faults
    within = org_code_of(uscc) if uscc else None
    if within and org_code and within != org_code and not problems:
        rule = _("与统一社会信用代码第9至17位不一致")
        problems.append(Problem("org_code.differs", "org_code", org_code, rule, _("请删去旧代码，或核对两者")))
    if problems:
        raise ProblemsFound(*problems)
    return {
        "kind": facts.kind,
        "uscc": uscc or None,
        "org_code": within or org_code or None,
        "approval_number": approval or None,
        "division_code": facts.division_code,
        "jurisdiction_code": facts.jurisdiction_code,
        "address": facts.address,
        "legal_representative": facts.legal_representative,
        "country": facts.country or "CN",
        "code_override_reason": facts.override_reason.strip() if uscc else "",
    }


def _overridden(actor: Actor, problems: list[Problem], reason: str) -> list[Problem]:
    """A failed check may be let through by staff with a reason; a wrong length or alphabet never."""
    may = {"uscc.check", "uscc.org_check"}
    if not problems or not reason.strip() or not may.issuperset(problem.code for problem in problems):
        return problems
    if actor.user is not None and not has_permission(actor.user, Permission.IDENTIFIER_OVERRIDE):
        return problems
    return []


def _name_problems(name: str) -> list[Problem]:
    if not name:
        return [Problem("name.missing", "name", name, _("须填写单位名称"), _("请照营业执照填写全称"))]
    if len(name) > 200 or "\0" in name:
        return [Problem("name.long", "name", name[:50], _("名称最长200字，不含控制字符"), _("请照营业执照填写全称"))]
    return []


def rename_organisation(
    *, actor: Actor, now: dt.datetime, organisation_id: int, version: int, name: str, since: dt.date, reason: str
) -> Organisation:
    """The registered name changes on a day; the old one becomes a former name and still finds the party."""
    name = " ".join(name.split())
    if problems := _name_problems(name):
        raise ProblemsFound(*problems)
    with transaction.atomic():
        organisation = _lock_for_edit(actor, organisation_id, version)
        running = organisation.names.filter(kind=NameKind.REGISTERED, until=None)
        if name == organisation.name:
            raise ProblemsFound(Problem("name.same", "name", name, _("与现用名称相同"), _("请填写变更后的名称")))
        if running.filter(since__gt=since).exists():
            rule = _("早于现用名称的启用日期")
            raise ProblemsFound(Problem("name.since", "since", since.isoformat(), rule, _("请核对变更登记的日期")))
        before = organisation.name
        running.update(kind=NameKind.FORMER, until=since)
        organisation.names.create(kind=NameKind.REGISTERED, name=name, since=since, source="staff")
        organisation.name = name
        _save(organisation, now, ["name"])
        refresh_search([organisation.pk])
        _audit(actor, now, "rename", organisation, before={"name": before}, after={"name": name}, reason=reason)
        return organisation


def add_name(
    *, actor: Actor, now: dt.datetime, organisation_id: int, kind: str, name: str, source: str
) -> OrganisationName:
    """Another name under which the party is known (alias, printed on a certificate). No-op if it is there already."""
    with transaction.atomic():
        organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
        known = organisation.names.filter(kind=kind, name=name).first()
        if known is not None:
            return known
        added = organisation.names.create(kind=kind, name=name, source=source)
        refresh_search([organisation.pk])
        _audit(actor, now, "add_name", organisation, after={"name": name, "kind": str(kind), "source": source})
        return added


def edit_organisation(
    *, actor: Actor, now: dt.datetime, organisation_id: int, version: int, facts: OrganisationFacts, reason: str = ""
) -> Organisation:
    """Staff correct the profile. A code that another living record has is refused: that is for the merge queue."""
    with transaction.atomic():
        organisation = _lock_for_edit(actor, organisation_id, version)
        columns = _checked(actor, organisation.name, facts, now)
        if taken := _taken(organisation, columns):
            raise ProblemsFound(*taken)
        before = {key: getattr(organisation, key) for key in columns}
        changed = [key for key, value in columns.items() if before[key] != value]
        if not changed:
            return organisation
        for key in changed:
            setattr(organisation, key, columns[key])
        _save(organisation, now, changed)
        was, became = ({key: values[key] for key in changed} for values in (before, columns))
        _audit(actor, now, "edit", organisation, before=was, after=became, reason=facts.override_reason or reason)
        return organisation


def _taken(organisation: Organisation, columns: Columns) -> list[Problem]:
    problems = []
    living = Organisation.objects.filter(merged_into=None).exclude(pk=organisation.pk)
    for key in ("uscc", "org_code", "approval_number"):
        value = columns[key]
        other = living.filter(**{key: value}).first() if value else None
        if other is not None:
            rule = _("另一组织“%(name)s”已登记此代码") % {"name": other.name}
            place = "uscc" if key == "org_code" and columns["uscc"] else key
            problems.append(Problem(f"{key}.taken", place, value, rule, _("若为同一主体，请在合并队列中处理")))
    return problems


def _lock_for_edit(actor: Actor, organisation_id: int, version: int) -> Organisation:
    require(actor, Permission.ORGANISATION_EDIT)
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    if actor.user is not None and not can_edit_organisation(actor.user, organisation):
        raise Refused("scope")
    if organisation.merged_into_id is not None:
        raise Refused("organisation.merged", _("该记录已并入另一组织"))
    if organisation.version != version:
        raise StaleVersion
    return organisation


def _save(organisation: Organisation, now: dt.datetime, columns: list[str]) -> None:
    organisation.version += 1
    organisation.updated_at = now
    organisation.save(update_fields=[*columns, "version", "updated_at"])


def _add_codes(organisation: Organisation, codes: Iterable[str], source: str, now: dt.datetime) -> None:
    for value in dict.fromkeys(codes):
        if value and value not in (organisation.uscc, organisation.org_code):
            organisation.codes.get_or_create(value=value[:40], source=source, defaults={"recorded_at": now})


def refresh_search(organisation_ids: Iterable[int]) -> int:
    """Write search_text, search and initials of these organisations from their names, set by set. Answers how many.

    Callers: every name change here, merges, and imports after they wrote names in bulk; they write the audit row.
    """
    ids = list(organisation_ids)
    for start in range(0, len(ids), _BATCH):
        _refresh_batch(ids[start : start + _BATCH])
    return len(ids)


def _refresh_batch(ids: list[int]) -> None:
    names = {pk: [name] for pk, name in Organisation.objects.filter(pk__in=ids).values_list("pk", "name")}
    listed = OrganisationName.objects.filter(organisation_id__in=names).order_by("pk")
    for pk, name in listed.values_list("organisation_id", "name"):
        names[pk].append(name)
    rows = [(pk, *search_fields(each)) for pk, each in names.items()]
    if not rows:
        return
    marks = ", ".join(["(%s::bigint, %s, %s, %s)"] * len(rows))
    update = (
        "UPDATE parties_organisation o SET search_text = v.text, search = v.vector::tsvector, initials = v.initials"
        " FROM (VALUES {}) AS v(id, text, vector, initials) WHERE o.id = v.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(update.format(marks), [value for row in rows for value in row])


def _audit(
    actor: Actor,
    now: dt.datetime,
    verb: str,
    organisation: Organisation,
    *,
    before: Columns | None = None,
    after: Columns | None = None,
    reason: str = "",
) -> None:
    record(
        actor=actor,
        now=now,
        action=f"parties.organisation.{verb}",
        subject_kind="organisation",
        subject_id=organisation.pk,
        before=before,
        after=after,
        reason=reason,
    )
