"""Reads of certificates: which are typeset, which of them is the present one, and what they say."""

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from apps.core.tokens import token_key
from apps.documents.models import GeneratedDocument
from apps.documents.selectors import generated_of
from apps.institutions.licence_constants import CERTIFICATE, GRANTED_IN, LicenceStatus
from apps.institutions.models import Application, Licence, ScopeVersion
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File


def certificates_of(file: File) -> tuple[list[GeneratedDocument], list[GeneratedDocument]]:
    """The certificates that were typeset for a file: the newest of each licence number, and those they replace.

    A change reaches the licence that was renewed early too, so that a file can hold certificates of two licences.
    """
    newest: dict[str, GeneratedDocument] = {}
    replaced = []
    for each in generated_of(SUBJECT, file.pk).filter(template=CERTIFICATE):
        if newest.setdefault(each.number, each) is not each:
            replaced.append(each)
    return list(newest.values()), replaced


def awaiting_seal(licence: Licence) -> QuerySet[Application]:
    """The granted applications that hold a certificate of the licence and were not sealed yet."""
    typeset = GeneratedDocument.objects.filter(subject_kind=SUBJECT, template=CERTIFICATE, number=licence.number)
    found = Application.objects.select_related("file__organisation", "item", "scope")
    return found.filter(file__in=typeset.values("subject_id"), file__status="decided").order_by("pk")


def renamed_since(application: Application) -> tuple[Q, ...]:
    """The changes of what a certificate says of its holder, decided after an application was handed in."""
    since = application.file.submitted_at or application.file.opened_at
    return Q(at__gte=since), Q(application__item__in=["name", "address", "site"])


def ended_words(application: Application) -> str:
    """By which act the licence ended before its certificate was sealed; empty if it did not."""
    licence = application.licence
    if licence is None or licence.status not in (LicenceStatus.REVOKED, LicenceStatus.CANCELLED):
        return ""
    told = {"number": licence.number, "state": licence.get_status_display(), "day": licence.status_since}
    return _("资质认定证书 %(number)s %(state)s（%(day)s）") % told


def scope_rows(scope: ScopeVersion | None) -> list[dict[str, str]]:
    """A scope as the certificate prints it, row by row."""
    if scope is None:
        return []
    rows = scope.rows.select_related("capability").order_by("n")
    return [
        {
            "n": str(row.n),
            "category": str(row.capability.get_field_display()),
            "object": row.capability.object,
            "parameter": row.capability.parameter,
            "standard": row.capability.standard,
            "restriction": row.restriction,
            "site": row.site,
        }
        for row in rows
    ]


def licence_by_token(token: str) -> Licence | None:
    """A licence by the code of its certificate, once the certificate left the house."""
    found = Licence.objects.select_related("organisation").filter(token=token_key(token))
    return found.exclude(sealed_at=None, authority=settings.BUREAU_NAME).first()


def public_scope(licence: Licence) -> list[dict[str, str]]:
    """The scope that was granted last under a licence."""
    return scope_rows(granted_scope(licence))


def granted_scope(licence: Licence) -> ScopeVersion | None:
    """The scope of the last application that set one and was granted: under the licence, or, where it was renewed
    early, under the one before it, as its history says."""
    told = (
        licence.changes.filter(application__scope__isnull=False)
        .select_related("application__scope")
        .order_by("-n")
        .first()
    )
    if told is not None and told.application is not None:
        return told.application.scope
    granted = licence.applications.filter(scope__isnull=False, file__status__in=GRANTED_IN)
    latest = granted.select_related("scope").order_by("-pk").first()
    return latest.scope if latest else None
