"""The file of an institution: what it is today, and what it was."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Prefetch, Q, QuerySet

from apps.institutions.constants import Position, ScopeState
from apps.institutions.models import (
    AnnualReport,
    Appointment,
    ChangeFiling,
    Commitment,
    Institution,
    Person,
    Profile,
    ReportSample,
    ScopeVersion,
    Shareholder,
    Site,
)
from apps.parties.models import Ban, Organisation
from apps.parties.selectors import bans_on_organisation, barred_hashes, running_memberships, search_organisations

ASKED = (Position.LEGAL_REPRESENTATIVE, Position.TOP_MANAGER, Position.TECHNICAL_HEAD)  # posts that applications name


def running(on: dt.date) -> Q:
    """Dated facts that hold on a day."""
    return Q(since__lte=on) & (Q(until=None) | Q(until__gte=on))


def profile_of(institution_id: int) -> Profile | None:
    """The present profile."""
    return Profile.objects.filter(institution_id=institution_id).order_by("-n").first()


def current_sites(institution_id: int, on: dt.date) -> QuerySet[Site]:
    return Site.objects.filter(running(on), institution_id=institution_id).order_by("pk")


def known_of(organisation_id: int, on: dt.date) -> dict[str, str]:
    """What the file of an institution already says that an application asks: its place, and who holds which post."""
    found = institution_of(organisation_id)
    if found is None:
        return {}
    held = Appointment.objects.filter(running(on), institution=found, position__in=ASKED).select_related("person")
    names: dict[str, list[str]] = {}
    for each in held.order_by("since", "pk"):
        names.setdefault(each.position, []).append(each.person.name)
    sites = list(current_sites(found.pk, on)[:2])
    place = {"address": sites[0].address} if len(sites) == 1 else {}
    return {**place, **{str(position): "、".join(holders) for position, holders in names.items()}}


@dataclass(frozen=True, slots=True)
class Post:
    """An appointment, and the ban on its holder if there is one: then the post must be given up."""

    appointment: Appointment
    ban: Ban | None


@dataclass(frozen=True, slots=True)
class InstitutionFile:
    """All of a file that its page shows."""

    profile: Profile | None
    former_profiles: list[Profile] = field(default_factory=list)
    shareholders: list[Shareholder] = field(default_factory=list)
    former_shareholders: list[Shareholder] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    former_sites: list[Site] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    former_posts: list[Appointment] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    scopes: list[ScopeVersion] = field(default_factory=list)
    commitments: list[Commitment] = field(default_factory=list)
    annual_reports: list[AnnualReport] = field(default_factory=list)
    changes: list[ChangeFiling] = field(default_factory=list)
    samples: list[ReportSample] = field(default_factory=list)
    bans: list[Ban] = field(default_factory=list)


def file_of(institution: Institution, on: dt.date) -> InstitutionFile:
    """Read the whole file; the number of queries does not depend on its size."""
    profiles = list(institution.profiles.order_by("-n"))
    shareholders = list(institution.shareholders.order_by("-percent", "pk"))
    sites = list(institution.sites.order_by("pk"))
    appointments = list(institution.appointments.select_related("person").order_by("position", "since", "pk"))
    posts = [each for each in appointments if _holds(each, on)]
    barred = barred_hashes([(post.person.name, post.person.id_hash) for post in posts], on)
    scopes = institution.scopes.exclude(state=ScopeState.DISCARDED).order_by("-n")
    return InstitutionFile(
        profile=profiles[0] if profiles else None,
        former_profiles=profiles[1:],
        shareholders=[each for each in shareholders if _holds(each, on)],
        former_shareholders=[each for each in shareholders if not _holds(each, on)],
        sites=[each for each in sites if _holds(each, on)],
        former_sites=[each for each in sites if not _holds(each, on)],
        posts=[Post(post, barred.get((post.person.name, post.person.id_hash))) for post in posts],
        former_posts=[each for each in appointments if not _holds(each, on)],
        people=list(institution.people.order_by("name", "pk")),
        scopes=list(scopes),
        commitments=list(institution.commitments.order_by("kind", "-year", "-pk")),
        annual_reports=list(institution.annual_reports.order_by("-year")),
        changes=list(institution.changes.order_by("-occurred_on", "-pk")),
        samples=list(institution.samples.prefetch_related(_REPORTS).order_by("-year", "-quarter")),
        bans=list(bans_on_organisation(institution.organisation_id, on)),
    )


_REPORTS = Prefetch("reports")


def _holds(row: Shareholder | Site | Appointment, on: dt.date) -> bool:
    return row.since <= on and (row.until is None or row.until >= on)


def institution_by_token(token: str) -> Institution | None:
    """The institution of a permalink."""
    return Institution.objects.select_related("organisation").filter(token=token).first()


def institution_of(organisation_id: int) -> Institution | None:
    """The file of an organisation, if it has one."""
    return Institution.objects.filter(organisation_id=organisation_id).first()


def find_institutions(
    within: QuerySet[Institution], *, query: str = "", division: str = "", cma: str = ""
) -> QuerySet[Institution]:
    """Files by name or code of the organisation, by division, by the beginning of the CMA number."""
    found = within.order_by("organisation__division_code", "pk")
    if query.strip():
        named = search_organisations(Organisation.objects.all(), query=query)
        found = found.filter(organisation__in=named.values("pk"))
    if division:
        found = found.filter(organisation__division_code__startswith=division)
    return found.filter(cma_number__startswith=cma.strip()) if cma.strip() else found


def organisations_without_file(user_id: int, on: dt.date, kind: str) -> QuerySet[Organisation]:
    """Organisations of the kind that a person acts for and that have no file yet."""
    ids = running_memberships(on).filter(user_id=user_id).values("organisation_id")
    return Organisation.objects.filter(pk__in=ids, kind=kind, merged_into=None, institution=None).order_by("name")
