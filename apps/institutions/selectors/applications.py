"""Reads of applications: tasks and their gaps, what is asked, who reviews, and the facts that guards ask."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.accounts.constants import Role
from apps.clock.selectors import limit_on
from apps.core.calendar import today
from apps.documents.constants import GeneratedState
from apps.documents.models import Document
from apps.documents.selectors import current_documents
from apps.institutions.constants import ScopeState
from apps.institutions.licence_constants import (
    WINDOW,
    DemandKind,
    Duty,
)
from apps.institutions.models import (
    Application,
    Demand,
    Item,
    Licence,
    Material,
    Opinion,
    ScopeVersion,
    TeamMember,
)
from apps.institutions.rules import life
from apps.institutions.rules.facts import Facts
from apps.institutions.rules.facts import Opinion as Signature
from apps.institutions.rules.licence import Renewal, Window, renewal
from apps.institutions.selectors.barred import barred_people
from apps.institutions.selectors.certificates import certificates_of, ended_words
from apps.institutions.selectors.life import DEFAULT_WINDOW, application_bars, late_words
from apps.institutions.selectors.orders import order_fault
from apps.parties.selectors.bans import bans_on_organisation
from apps.workflow.constants import SUBJECT, Competence
from apps.workflow.models import File, Named, Recusal

SETS_SCOPE = frozenset({"first", "renewal", "extension", "site", "deletion", "standard"})
MAKES_LICENCE = frozenset({"first", "renewal"})  # a grant is a licence of its own number
REMOVES = frozenset({"deletion"})  # is not reviewed, and so may only take away
KEEPS_SCOPE = frozenset({"renewal", "site"})  # a new scope may be asked for, or the present one kept
DECIDED_IN = frozenset({"proposed", "promised", "forwarded"})


@dataclass(frozen=True, slots=True)
class Task:
    """A part of the application as the task list shows it."""

    code: str
    name: str | Promise
    done: bool
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody of the review team as the case shows them."""

    member: TeamMember
    opinion: Opinion | None
    acting: bool


def items() -> QuerySet[Item]:
    return Item.objects.order_by("position")


def item_by_code(code: str) -> Item | None:
    return Item.objects.filter(pk=code).first()


def applications() -> QuerySet[Application]:
    """Every application with what a page names of it."""
    return Application.objects.select_related("file__organisation", "file__unit", "file__holder", "item", "licence")


def of_file(file: File) -> Application:
    """The application of a file."""
    return applications().get(file=file)


def licences_of(organisation_id: int) -> QuerySet[Licence]:
    return Licence.objects.filter(organisation_id=organisation_id).order_by("-pk")


def usable_licence(organisation_id: int, on: dt.date) -> Licence | None:
    """The licence under which the institution works today; renewals and changes are applied for on it."""
    held = licences_of(organisation_id).filter(valid_from__lte=on, valid_to__gte=on)
    return held.filter(status__in=life.LIVE).first()


def succeeding(licence: Licence) -> QuerySet[Licence]:
    """What the institution holds already for the time after this licence."""
    later = Licence.objects.filter(organisation_id=licence.organisation_id, valid_to__gt=licence.valid_to)
    return later.filter(status__in=life.LIVE)


def renewal_of(licence: Licence, on: dt.date) -> Renewal:
    """Its renewal window by the limit in force on the day."""
    limit = limit_on(WINDOW, on)
    return renewal(licence.valid_to, limit.value if limit else DEFAULT_WINDOW, on)


def materials_of(application: Application) -> list[tuple[Material, list[Document]]]:
    """Each material that the item asks for, with the documents handed in for it."""
    handed = list(current_documents(SUBJECT, application.file_id))
    asked = Material.objects.filter(item_id=application.item_id).order_by("position")
    return [(each, [document for document in handed if document.kind == each.kind]) for each in asked]


def tasks_of(application: Application) -> list[Task]:
    """The task list of a draft: what is complete and what is missing, part by part."""
    basics = [label for name, label in _basics(application.item) if not getattr(application, name).strip()]
    missing = [name_of(each) for each, handed in materials_of(application) if each.required and not handed]
    tasks = [
        Task("basics", _("基本信息"), not basics, tuple(basics)),
        Task("materials", _("申请材料"), not missing, tuple(missing)),
    ]
    if needs_scope(application.item):
        scope = application.scope or asked_scope(application)
        rows = scope.rows_count if scope else 0
        tasks.insert(1, Task("scope", _("能力附表"), rows > 0, () if rows else (_("能力附表"),)))
    return tasks


def name_of(thing: Item | Material) -> str:
    """Its name in the reader's language."""
    return thing.name_en if (get_language() or "").startswith("en") else thing.name


def needs_scope(item: Item) -> bool:
    """Whether the item sets or changes what may be tested."""
    return item.code in SETS_SCOPE


def _basics(item: Item) -> list[tuple[str, str]]:
    asked = [
        ("contact_name", _("联系人")),
        ("contact_phone", _("联系电话")),
        ("address", _("检验检测地址")),
        ("legal_representative", _("法定代表人")),
    ]
    if item.code == "first":
        asked.append(("field", _("主要领域")))
    if item.describes_change:
        asked += [("change_from", _("变更前内容")), ("change_to", _("变更后内容"))]
    return asked


def bars_of(application: Application, on: dt.date) -> list[str]:
    """Why this may not be applied for today: a running ban, no licence, a window that is closed, a twin."""
    file, item = application.file, application.item
    barred = _("机构在禁止申请期内（%(number)s，至 %(until)s）")
    bans = bans_on_organisation(file.organisation_id, on)
    bars = [barred % {"number": ban.decision_number, "until": _until(ban.ends_on)} for ban in bans]
    bars += application_bars(file.organisation_id, item.code, on)
    bars += [str(each.rule) for each in barred_people(application, on)]
    if item.licence_needed and application.licence is None:
        bars.append(_("机构没有可以办理本事项的有效资质认定"))
    if fault := licence_fault(application, on):
        bars.append(fault)
    if needs_scope(item) and (fault := scope_fault(application, asked_scope(application))):
        bars.append(fault)
    if item.code == "renewal" and application.licence is not None:
        bars += _renewal_bars(application.licence, on)
    twins = File.objects.filter(organisation_id=file.organisation_id, process=file.process, matter=file.matter)
    if twins.filter(submitted_at__isnull=False, closed_at=None).exclude(pk=file.pk).exists():
        bars.append(_("同一事项已有一件正在办理"))
    return bars


def _renewal_bars(licence: Licence, on: dt.date) -> list[str]:
    window = renewal_of(licence, on)
    bars = [late_words(window.last_day, on)] if window.state in (Window.LATE, Window.EXPIRED) else []
    return [*bars, _("已取得有效期更晚的证书")] if succeeding(licence).exists() else bars


def licence_fault(application: Application, on: dt.date) -> str:
    """Why the licence that is to be changed or renewed does not carry that on a day; empty if it does."""
    licence = application.licence
    if licence is None or not application.item.licence_needed:
        return ""
    standing = life.standing(licence.status, licence.valid_to, on)
    if life.carries(standing, renews=application.item_id == "renewal"):
        return ""
    told = {"number": licence.number, "state": standing.label}
    return _("资质认定证书 %(number)s %(state)s，不能据以延续或者变更，须按首次申请办理") % told


def renewal_fault(application: Application, on: dt.date) -> str:
    """The order to rectify that has to be over before this renewal is granted; empty if there is none."""
    licence = application.licence
    return order_fault(licence, on) if licence is not None and application.item_id == "renewal" else ""


def _until(day: dt.date | None) -> str:
    return day.isoformat() if day else _("永久")


def demands_of(application: Application, kind: DemandKind) -> QuerySet[Demand]:
    return application.demands.filter(kind=kind).order_by("n")


def told_demands_of(application: Application, kind: DemandKind) -> QuerySet[Demand]:
    """The points that the applicant knows of: those of a notice that went out, and not what is being listed."""
    return demands_of(application, kind).filter(told_at__isnull=False)


def acting_team(application: Application) -> QuerySet[TeamMember]:
    """The review team without those who stepped back from the file."""
    stepped_back = Recusal.objects.filter(file=application.file_id).values("user")
    return application.team.exclude(user__in=stepped_back)


def team_changes(application: Application) -> int:
    """How often somebody joined or left the team; it only grows, and stands still under the file's lock."""
    namings = Named.objects.filter(file=application.file_id, role=Role.REVIEW_EXPERT)
    return int(namings.aggregate(n=Count("pk") + Count("until"))["n"])


def latest_opinions(application: Application) -> dict[int, Opinion]:
    """The opinion in force of each member: their latest."""
    found = Opinion.objects.filter(member__application=application).order_by("pk")
    return {opinion.member_id: opinion for opinion in found}


def team_standing(application: Application) -> list[Standing]:
    """The review team, the leader first, each with the opinion in force; who stepped back is still of the record."""
    signed, acting = latest_opinions(application), set(acting_team(application).values_list("pk", flat=True))
    team = application.team.select_related("user").order_by("pk")
    found = [Standing(member, signed.get(member.pk), member.pk in acting) for member in team]
    return sorted(found, key=lambda each: (not each.acting, each.member.duty != Duty.LEADER))


def facts_of(file: File, on: dt.date) -> Facts:
    """What the guards of the process ask, read under the file's lock."""
    application = of_file(file)
    kind = DemandKind.RECTIFICATION if file.status in ("review", "rectification") else DemandKind.CORRECTION
    demands = list(demands_of(application, kind))
    draft = file.status == "draft"
    return Facts(
        relay=file.competence == Competence.RELAY,
        review=application.item.review,
        gaps=tuple(str(gap) for task in tasks_of(application) for gap in task.gaps) if draft else (),
        bars=tuple(bars_of(application, on)) if draft else (),
        correction_rounds=application.correction_rounds,
        open_demands=sum(demand.told_at is None for demand in demands),
        unanswered=sum(demand.told_at is not None and demand.answered_at is None for demand in demands),
        unsettled=sum(demand.settled_at is None for demand in demands),
        review_from=application.review_from,
        review_days=application.review_days,
        opinions=signatures_of(application),
        makes_licence=application.item_id in MAKES_LICENCE,
        licence_fault=licence_fault(application, on) if file.status in DECIDED_IN else "",
        order_fault=renewal_fault(application, on) if file.status in DECIDED_IN else "",
        barred=tuple(str(each.rule) for each in barred_people(application, on)) if file.status in DECIDED_IN else (),
        ended=ended_words(application) if file.status == "decided" else "",
        submitted_on=today(file.submitted_at) if file.submitted_at is not None else on,
        on=on,
        **_paper(file),
    )


def signatures_of(application: Application) -> tuple[Signature, ...]:
    """Who of the acting team signed, in the order of signing."""
    signed, changes = latest_opinions(application), team_changes(application)
    found = ((each.duty == Duty.LEADER, signed.get(each.pk)) for each in acting_team(application))
    return tuple(
        Signature(leader, opinion.pk if opinion else None, opinion is None or opinion.team_changes == changes)
        for leader, opinion in found
    )


def _paper(file: File) -> dict[str, Any]:
    current = certificates_of(file)[0] if file.status == "decided" else []
    return {
        "paper_done": bool(current) and all(each.state == GeneratedState.DONE for each in current),
        "paper_failed": any(each.state == GeneratedState.FAILED for each in current),
    }


def asked_scope(application: Application) -> ScopeVersion | None:
    """The scope that is asked for: the institution's draft; where nothing need change, else the one in force.

    A draft that another file asks for is not asked for twice.
    """
    draft = _versions(application, ScopeState.DRAFT).first()
    if draft is not None and other_file(application, draft) is None:
        return draft
    return scope_in_force(application) if application.item_id in KEEPS_SCOPE else None


def scope_in_force(application: Application) -> ScopeVersion | None:
    """The scope under which the institution works."""
    return _versions(application, ScopeState.APPROVED).first()


def other_file(application: Application, scope: ScopeVersion) -> File | None:
    """The open file of another application that asks for this scope."""
    others = File.objects.filter(application__scope=scope, closed_at=None)
    return others.exclude(pk=application.file_id).first()


def scope_fault(application: Application, scope: ScopeVersion | None) -> str:
    """Why a scope cannot be asked for, or put in force, by this application; empty if it can."""
    if scope is None:
        draft = _versions(application, ScopeState.DRAFT).first()
        taken = other_file(application, draft) if draft is not None else None
        told = _("能力附表草稿已随申请 %(file)s 提交，一份草稿只能用于一件申请")
        return told % {"file": taken.number} if taken is not None else ""
    if application.item_id not in REMOVES or not (added := _added(scope, scope_in_force(application))):
        return ""
    told = _("取消项目只能减少，能力附表中有 %(n)s 行不在生效的附表中（第 %(row)s 行等）；增加或者变更的，请办理扩项")
    return told % {"n": len(added), "row": added[0]}


def _added(scope: ScopeVersion, present: ScopeVersion | None) -> list[int]:
    """The rows of a scope that the present one does not hold exactly so: a lifted restriction adds as well."""
    columns = ("capability_id", "clause", "restriction", "site")
    held = set(present.rows.values_list(*columns)) if present is not None else set()
    return [n for n, *row in scope.rows.order_by("n").values_list("n", *columns) if tuple(row) not in held]


def _versions(application: Application, state: ScopeState) -> QuerySet[ScopeVersion]:
    return ScopeVersion.objects.filter(institution__organisation_id=application.file.organisation_id, state=state)
