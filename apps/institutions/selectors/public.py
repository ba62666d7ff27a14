"""An institution as the public may see it: signatories by name, because the certificate shows them; others masked."""

import datetime as dt
from dataclasses import dataclass, field

from apps.institutions.constants import (
    ChangeState,
    CommitmentState,
    HolderKind,
    Position,
    ReportState,
)
from apps.institutions.models import AnnualReport, ChangeFiling, Commitment, Institution, Profile, ReportSample, Site
from apps.institutions.selectors.files import InstitutionFile, file_of
from apps.institutions.selectors.life import Standing, public_licence
from apps.parties.models import Ban
from apps.parties.rules.masking import mask_person_name

SHOWN_COMMITMENTS = (CommitmentState.PUBLISHED, CommitmentState.BREACHED, CommitmentState.REFRESHED)


@dataclass(frozen=True, slots=True)
class PublicPost:
    """A post as the public sees it."""

    position: str
    name: str
    fields: str
    since: dt.date


@dataclass(frozen=True, slots=True)
class PublicInstitution:
    """`standing`: of the licence that this portal knows; only where it knows none, `licence` says valid, expired or
    unknown of the CMA certificate as it was transcribed from the register of the authority.
    """

    standing: Standing | None
    licence: str
    profile: Profile | None
    sites: list[Site]
    owners: list[tuple[str, str]]
    posts: list[PublicPost]
    commitments: list[Commitment]
    reports: list[tuple[AnnualReport, bool]]
    changes: list[ChangeFiling]
    samples: list[ReportSample]
    bans: list[Ban] = field(default_factory=list)


def licence_state(institution: Institution, on: dt.date) -> str:
    """What may be said of the CMA certificate on a day; nothing is said where its dates are not known."""
    if not institution.cma_number or institution.cma_to is None:
        return "unknown"
    return "valid" if on <= institution.cma_to else "expired"


def public_page(institution: Institution, on: dt.date) -> PublicInstitution:
    """What the page shows; in the file everything, here what the public may see of it."""
    file = file_of(institution, on)
    return PublicInstitution(
        standing=public_licence(institution.organisation_id, on),
        licence=licence_state(institution, on),
        profile=file.profile,
        sites=file.sites,
        owners=_owners(file),
        posts=_posts(file),
        commitments=[each for each in file.commitments if each.state in SHOWN_COMMITMENTS],
        reports=[
            (each, bool(each.filed_on and each.filed_on > each.due_on))
            for each in file.annual_reports
            if each.state == ReportState.FILED
        ],
        changes=[each for each in file.changes if each.state != ChangeState.OPEN],
        samples=file.samples,
        bans=[ban for ban in file.bans if ban.public_basis],
    )


def _owners(file: InstitutionFile) -> list[tuple[str, str]]:
    return [
        (mask_person_name(each.name) if each.kind == HolderKind.PERSON else each.name, f"{each.percent}%")
        for each in file.shareholders
    ]


def _posts(file: InstitutionFile) -> list[PublicPost]:
    """A barred holder is not shown as if in office: the file says that the post must be given up."""
    return [
        PublicPost(
            post.appointment.get_position_display(),
            post.appointment.person.name
            if post.appointment.position == Position.SIGNATORY
            else mask_person_name(post.appointment.person.name),
            post.appointment.fields,
            post.appointment.since,
        )
        for post in file.posts
        if post.ban is None
    ]
