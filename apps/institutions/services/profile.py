"""The file of an institution: opened once, its profile by versions, its owners and sites with their days."""

import datetime as dt
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.core.tokens import new_token
from apps.institutions.constants import ChangeKind, LegalForm
from apps.institutions.models import Institution, Profile, Shareholder, Site
from apps.institutions.rules.cma import check_cma_number
from apps.institutions.selectors.files import profile_of
from apps.institutions.services.changes import open_change
from apps.institutions.services.locking import lock_for_edit, lock_for_supervision, note
from apps.parties.constants import OrganisationKind
from apps.parties.policies import can_act_for
from apps.parties.selectors import find_by_id

WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """What the institution is. Empty or None means not known."""

    legal_form: str
    ownership: str
    parent_name: str = ""
    established_on: dt.date | None = None
    phone: str = ""
    website: str = ""
    staff_count: int | None = None
    lab_area: int | None = None
    equipment_count: int | None = None
    equipment_value: Decimal | None = None
    equipment_summary: str = ""


def open_institution(*, actor: Actor, now: dt.datetime, organisation_id: int) -> Institution:
    """Open the file of an inspection and testing institution; the one that is there is answered as it is."""
    organisation = find_by_id(organisation_id)
    if organisation is None or organisation.merged_into_id is not None:
        raise Refused("institution.organisation", _("没有这个组织"))
    if organisation.kind != OrganisationKind.INSTITUTION:
        raise Refused("institution.kind", _("该组织登记的类型不是检验检测机构，请先由窗口更正"))
    on = today(now)
    staff = actor.user is not None and has_permission(actor.user, Permission.INSTITUTION_EDIT)
    if actor.user is not None and not (staff or can_act_for(actor.user, organisation_id, on)):
        raise Refused("scope")
    with transaction.atomic():
        made, new = Institution.objects.get_or_create(
            organisation_id=organisation_id, defaults={"token": new_token(), "created_at": now, "updated_at": now}
        )
        if new:
            note("institution.open", made, actor=actor, now=now, after={"organisation": organisation_id})
        return made


def edit_profile(
    *, actor: Actor, now: dt.datetime, institution_id: int, version: int, since: dt.date, facts: ProfileFacts
) -> Profile:
    """A new version of the profile, in force from `since`. A change of the legal form waits to be filed.

    Writes the profile, an audit row, and what there is to file.
    """
    with transaction.atomic():
        institution = lock_for_edit(actor=actor, now=now, institution_id=institution_id, version=version)
        last = profile_of(institution_id)
        if problems := _profile_problems(facts, since, last, today(now)):
            raise ProblemsFound(*problems)
        n = last.n + 1 if last else 1
        made = Profile.objects.create(
            institution=institution, n=n, since=since, recorded_at=now, recorded_by=actor.user, **asdict(facts)
        )
        if last is not None and last.legal_form != facts.legal_form:
            told = f"{last.get_legal_form_display()} → {made.get_legal_form_display()}"
            open_change(institution, ChangeKind.LEGAL_FORM, since, told)
        _touch(institution, now)
        note("profile.edit", institution, actor=actor, now=now, before=_told(last), after=_told(made))
        return made


def _profile_problems(facts: ProfileFacts, since: dt.date, last: Profile | None, on: dt.date) -> list[Problem]:
    problems = []
    if facts.legal_form == LegalForm.BRANCH and not facts.parent_name.strip():
        rule, remedy = _("非独立法人须写明所属法人"), _("请填写授权其开展检验检测的法人名称")
        problems.append(Problem("profile.parent", "parent_name", "", rule, remedy))
    if since > on:
        problems.append(Problem("profile.later", "since", since.isoformat(), _("日期尚未到来"), _("请在生效后填报")))
    if last is not None and since < last.since:
        rule = _("早于现有记录的生效日期 %(day)s") % {"day": last.since.isoformat()}
        problems.append(Problem("profile.earlier", "since", since.isoformat(), rule, _("请核对变更的日期")))
    if facts.established_on and facts.established_on > on:
        day = facts.established_on.isoformat()
        problems.append(Problem("profile.founded", "established_on", day, _("日期尚未到来"), _("请照登记证书填写")))
    return problems


def _told(profile: Profile | None) -> dict[str, Any] | None:
    if profile is None:
        return None
    names = ["n", "since", *ProfileFacts.__slots__]
    return {name: None if (value := getattr(profile, name)) in (None, "") else str(value) for name in names}


def record_licence_entry(
    *,
    actor: Actor,
    now: dt.datetime,
    institution_id: int,
    version: int,
    cma_number: str,
    cma_from: dt.date | None,
    cma_to: dt.date | None,
    licence_source: str,
) -> Institution:
    """What the register of the licensing authority says of the institution's CMA certificate.

    The public page calls a certificate valid by this entry: staff who supervise copy it, never the institution itself.
    """
    checked = check_cma_number(cma_number, today=today(now)) if cma_number.strip() else None
    problems = list(checked.problems) if checked else []
    if cma_from and cma_to and cma_to < cma_from:
        rule = _("有效期止早于有效期起")
        problems.append(Problem("cma.reversed", "cma_to", cma_to.isoformat(), rule, _("请照证书核对")))
    number = checked.value if checked else ""
    if number and Institution.objects.filter(cma_number=number).exclude(pk=institution_id).exists():
        rule = _("另一机构已登记这个证书编号")
        problems.append(Problem("cma.taken", "cma_number", number, rule, _("请照证书核对")))
    if problems:
        raise ProblemsFound(*problems)
    with transaction.atomic():
        institution = lock_for_supervision(actor, institution_id, version)
        before = {"number": institution.cma_number, "to": str(institution.cma_to or "")}
        institution.cma_number, institution.licence_source = number, licence_source.strip()
        institution.cma_from, institution.cma_to = cma_from, cma_to
        _touch(institution, now, ["cma_number", "cma_from", "cma_to", "licence_source"])
        after = {"number": number, "to": str(cma_to or ""), "source": institution.licence_source}
        note("licence.record", institution, actor=actor, now=now, before=before, after=after)
        return institution


def add_shareholder(
    *, actor: Actor, now: dt.datetime, institution_id: int, kind: str, name: str, percent: Decimal, since: dt.date
) -> Shareholder:
    """Somebody holds a share from a day on. The shares of one day never exceed the whole."""
    with transaction.atomic():
        institution = lock_for_edit(actor=actor, now=now, institution_id=institution_id)
        held = institution.shareholders.filter(until=None).aggregate(n=Sum("percent"))["n"] or Decimal(0)
        problems = _later(since, now)
        if held + percent > WHOLE:
            rule = _("出资比例合计将达 %(sum)s%%，超过 100%%") % {"sum": held + percent}
            problems.append(Problem("share.sum", "percent", str(percent), rule, _("请先终止已转出的股东记录")))
        if problems:
            raise ProblemsFound(*problems)
        made = Shareholder.objects.create(
            institution=institution, kind=kind, name=name.strip(), percent=percent, since=since, recorded_at=now
        )
        _touch(institution, now)
        note("shareholder.add", institution, actor=actor, now=now, after={"name": made.name, "percent": str(percent)})
        return made


def end_shareholder(*, actor: Actor, now: dt.datetime, shareholder_id: int, until: dt.date) -> Shareholder:
    """A share ends on a day; the record stays."""
    row = Shareholder.objects.get(pk=shareholder_id)
    with transaction.atomic():
        institution = lock_for_edit(actor=actor, now=now, institution_id=row.institution_id)
        row = Shareholder.objects.select_for_update().get(pk=shareholder_id)
        _end(row, until, now)
        _touch(institution, now)
        note("shareholder.end", institution, actor=actor, now=now, after={"name": row.name, "until": until.isoformat()})
        return row


def add_site(
    *,
    actor: Actor,
    now: dt.datetime,
    institution_id: int,
    name: str,
    address: str,
    division_code: str,
    activity: str,
    since: dt.date,
) -> Site:
    """A place where it tests, from a day on. A further one, or one in place of another, waits to be filed."""
    with transaction.atomic():
        institution = lock_for_edit(actor=actor, now=now, institution_id=institution_id)
        problems = _later(since, now)
        if institution.sites.filter(until=None, name=name.strip()).exists():
            rule = _("已有同名的场所")
            problems.append(Problem("site.name", "name", name, rule, _("请换一个能区分的名称")))
        if problems:
            raise ProblemsFound(*problems)
        first = not institution.sites.exists()
        made = Site.objects.create(
            institution=institution,
            name=name.strip(),
            address=address.strip(),
            division_code=division_code,
            activity=activity.strip(),
            since=since,
            recorded_at=now,
        )
        if not first:
            open_change(institution, ChangeKind.SITE, since, f"+ {made.name} {made.address}")
        _touch(institution, now)
        note("site.add", institution, actor=actor, now=now, after={"name": made.name, "address": made.address})
        return made


def end_site(*, actor: Actor, now: dt.datetime, site_id: int, until: dt.date) -> Site:
    """A site is given up on a day. Waits to be filed."""
    row = Site.objects.get(pk=site_id)
    with transaction.atomic():
        institution = lock_for_edit(actor=actor, now=now, institution_id=row.institution_id)
        row = Site.objects.select_for_update().get(pk=site_id)
        _end(row, until, now)
        open_change(institution, ChangeKind.SITE, until, f"- {row.name} {row.address}")
        _touch(institution, now)
        note("site.end", institution, actor=actor, now=now, after={"name": row.name, "until": until.isoformat()})
        return row


def _end(row: Shareholder | Site, until: dt.date, now: dt.datetime) -> None:
    if row.until is not None:
        raise Refused("row.ended", _("这条记录已经终止"))
    problems = _later(until, now, "until")
    if until < row.since:
        rule = _("早于起始日期 %(day)s") % {"day": row.since.isoformat()}
        problems.append(Problem("row.reversed", "until", until.isoformat(), rule, _("请核对日期")))
    if problems:
        raise ProblemsFound(*problems)
    row.until = until
    row.save(update_fields=["until"])


def _later(day: dt.date, now: dt.datetime, place: str = "since") -> list[Problem]:
    if day <= today(now):
        return []
    return [Problem("row.later", place, day.isoformat(), _("日期尚未到来"), _("请在生效后填报"))]


def _touch(institution: Institution, now: dt.datetime, columns: list[str] | None = None) -> None:
    institution.version += 1
    institution.updated_at = now
    institution.save(update_fields=[*(columns or []), "version", "updated_at"])
