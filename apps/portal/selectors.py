"""What the home pages show, read through the selectors of the apps that own the facts."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.constants import Permission
from apps.accounts.models import User
from apps.accounts.policies import has_permission, scope_of
from apps.certifications.policies import visible_mismatches
from apps.certifications.selectors import obligations, workload
from apps.core.alarms import Alarm, standing
from apps.core.calendar import today
from apps.core.models import Draft
from apps.core.selectors import drafts_of_person, late_jobs
from apps.institutions.selectors.duties import duties_of as institution_duties
from apps.institutions.selectors.files import institution_of
from apps.notifications.constants import MessageState
from apps.notifications.policies import visible_messages
from apps.parties.constants import ClaimState, OrganisationKind
from apps.parties.models import Organisation
from apps.parties.policies import visible_claims, visible_merges
from apps.parties.selectors import organisations_of
from apps.parties.selectors.merges import undecided
from apps.portal.charts import Tile, county_tiles
from apps.schemes.selectors import HeldStep, steps_of
from apps.workflow.bindings import path_of
from apps.workflow.policies import visible_files
from apps.workflow.selectors import worklist

P = Permission
WHOLE_CITY = 4  # characters of the prefix that a unit of the whole city sees


@dataclass(frozen=True, slots=True)
class Figure:
    """A number on the staff home and the list it counts. `tone`: "", warn or bad."""

    label: str | Promise
    value: int
    url: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """The staff home of one person: what waits for them, what ends soon where they watch, what does not run."""

    waiting: list[Figure] = field(default_factory=list)
    expiring: list[Figure] = field(default_factory=list)
    tiles: list[Tile] = field(default_factory=list)
    late: list[str | Promise] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to do that is not about a certificate. `word`: what stands in place of a last day that is not set."""

    text: str | Promise
    url: str
    about: str | Promise = ""
    due_on: dt.date | None = None
    days_left: int | None = None
    word: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Duties:
    """What is due for one organisation."""

    organisation: Organisation
    obligations: list[obligations.Obligation]
    errands: list[Errand]
    steps: list[HeldStep] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Writing:
    """A form that the person has begun, and the organisation that it is for, if it is for one."""

    draft: Draft
    organisation: Organisation | None


def drafts_of(user: User, organisations: Iterable[Organisation] = ()) -> list[Writing]:
    """What the person has begun and not sent, whichever of the organisations it is for. Drafts for one that the person
    no longer acts for stay out of sight."""
    known = {each.pk: each for each in organisations}
    return [Writing(draft, known.get(draft.organisation_id)) for draft in drafts_of_person(user.pk, known)]


def desk_of(user: User, now: dt.datetime) -> Desk:
    """Only what the person's roles let them open, so that every number leads somewhere."""
    desk = Desk(waiting=_waiting(user, today(now)))
    if has_permission(user, P.CERTIFICATE_VIEW_INTERNAL):
        scope = scope_of(user)
        counts = obligations.expiring_counts(scope, today(now))
        desk.expiring.extend(
            Figure(
                _WITHIN[days], number, expiring_url(days), "warn" if days == obligations.WINDOWS[0] and number else ""
            )
            for days, number in counts.within.items()
        )
        if len(scope) <= WHOLE_CITY:
            urls = {code: expiring_url(obligations.WINDOWS[-1], code) for code in counts.by_division}
            desk.tiles.extend(county_tiles(counts.by_division, urls))
    if has_permission(user, P.OPERATIONS_VIEW):
        desk.late.extend(state.job.label for state in late_jobs(now))
        desk.alarms.extend(standing(now))
    return desk


_WITHIN: dict[int, Promise] = {30: _("30 天内到期"), 60: _("60 天内到期"), 90: _("90 天内到期")}


def expiring_url(within: int, division: str = "") -> str:
    """The list behind a number of the desk."""
    asked = {"within": within, "division": division} if division else {"within": within}
    return f"{reverse('portal:expiring')}?{urlencode(asked)}"


def files_of(user: User, day: dt.date) -> list[Figure]:
    """What the worklist holds for the person, by its own counts, so that each number leads to the list it counts."""
    leads = has_permission(user, P.FILE_ASSIGN)
    desk = worklist.desk_for(user, day, leads=leads)
    words = {"mine": (_("我承办的件"), ""), "pool": (_("待领取的件"), ""), "overdue": (_("已超期的件"), "bad")}
    counts = worklist.counts(visible_files(user, day), [worklist.Asked(tab=tab) for tab in words], desk)
    address = reverse("workflow:worklist")
    return [
        Figure(label, count, f"{address}?tab={tab}", tone if count else "")
        for (tab, (label, tone)), count in zip(words.items(), counts, strict=True)
    ]


def _waiting(user: User, day: dt.date) -> list[Figure]:
    figures = files_of(user, day) if has_permission(user, P.FILE_WORK) else []
    if has_permission(user, P.CLAIM_CONFIRM):
        claims = visible_claims(user, day).filter(state=ClaimState.SUBMITTED)
        figures.append(_to_do(_("待确认的绑定申请"), claims.count(), reverse("parties:claims")))
    if has_permission(user, P.ORGANISATION_MERGE):
        pairs = undecided(visible_merges(user))
        figures.append(_to_do(_("疑似重复的组织"), pairs.count(), reverse("parties:merges")))
    if has_permission(user, P.CONFLICT_DECIDE):
        figures.append(_to_do(_("待处理的数据冲突"), workload.open_conflicts(), reverse("certifications:conflicts")))
    if has_permission(user, P.IMPORT_MANAGE):
        figures.append(Figure(_("进行中的导入"), workload.imports_in_progress(), reverse("certifications:imports")))
    if has_permission(user, P.MISMATCH_HANDLE):
        reports = workload.unanswered(visible_mismatches(user))
        figures.append(_to_do(_("待处理的公众报告"), reports, reverse("certifications:mismatches")))
    if has_permission(user, P.REMINDER_VIEW):
        failed = visible_messages(user).filter(state=MessageState.DEAD)
        figures.append(_to_do(_("发送失败的消息"), failed.count(), f"{reverse('notifications:deliveries')}?state=dead"))
    return figures


def _to_do(label: Promise, number: int, url: str) -> Figure:
    """A number that should be zero."""
    return Figure(label, number, url, "warn" if number else "")


def duties_of(user: User, now: dt.datetime) -> list[Duties]:
    """What is due, organisation by organisation that the person acts for; those with nothing due come too."""
    day = today(now)
    organisations = list(organisations_of(user, day))
    due = defaultdict(list)
    for duty in obligations.obligations_of([organisation.pk for organisation in organisations], day):
        due[duty.certificate.holder_id].append(duty)
    errands = _errands(organisations, day)
    steps = defaultdict(list)
    for held in steps_of([organisation.pk for organisation in organisations], day):
        steps[held.certificate.holder_id].append(held)
    return [Duties(each, due[each.pk], errands[each.pk], steps[each.pk]) for each in organisations]


def _errands(organisations: list[Organisation], day: dt.date) -> dict[int, list[Errand]]:
    """Applications that wait for their applicant, then what a testing institution owes."""
    found: dict[int, list[Errand]] = defaultdict(list)
    for row in worklist.waiting_for_applicants([each.pk for each in organisations], day):
        left = (row.file.due_on - day).days if row.file.due_on else None
        address = path_of(row.file)
        about = row.file.number
        found[row.file.organisation_id].append(Errand(row.file.title, address, about, row.file.due_on, left, row.stage))
    for each in organisations:
        if each.kind == OrganisationKind.INSTITUTION and (institution := institution_of(each.pk)) is not None:
            address = reverse("institutions:file", args=[institution.pk])
            for duty in institution_duties(institution, day):
                place, left = f"{address}#{duty.anchor}", duty.days_left(day)
                found[each.pk].append(Errand(duty.text, place, duty.basis, duty.due_on, left, _("尚未办理")))
    return found
