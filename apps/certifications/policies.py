"""Who sees the internal file of which certificate. The published part of a certificate is for everybody."""

from django.db.models import Q, QuerySet
from django.http import Http404

from apps.accounts.constants import Permission
from apps.accounts.models import User
from apps.accounts.policies import has_permission, scope_of
from apps.certifications.models import Certificate, ImportBatch, ImportConflict, MismatchReport
from apps.parties.policies import in_scope, sees_everywhere


def visible_certificates(user: User) -> QuerySet[Certificate]:
    """The certificates whose internal file a member of staff may open (ADR 0008, the same rule as for organisations).

    A county branch: those of its county. The bureau: all, because imports bring holders from elsewhere and somebody
    must be able to mend what was imported.
    """
    if not has_permission(user, Permission.CERTIFICATE_VIEW_INTERNAL):
        return Certificate.objects.none()
    return Certificate.objects.filter(in_scope(user))


def listed_certificates(user: User, *, where: str = "inside") -> QuerySet[Certificate]:
    """The daily list. `where`: "inside" the unit's divisions (and, for the bureau, without a recorded place),
    "outside" them, or "everywhere", for a clerk who looks for a name or a number."""
    seen = visible_certificates(user)
    if where == "everywhere":
        return seen
    inside = Q(division_code__startswith=scope_of(user))
    if sees_everywhere(user):
        inside |= Q(division_code="")
    return seen.exclude(inside) if where == "outside" else seen.filter(inside)


def may_see_internal(user: User, certificate: Certificate) -> bool:
    """The same question about one certificate that is in hand."""
    return visible_certificates(user).filter(pk=certificate.pk).exists()


def get_visible_certificate(user: User, certificate_id: int) -> Certificate:
    """404 for absent and for forbidden alike."""
    related = ("project", "body", "holder", "source", "standard")
    found = visible_certificates(user).select_related(*related).filter(pk=certificate_id).first()
    if found is None:
        raise Http404
    return found


def may_change(user: User, certificate: Certificate) -> bool:
    """Whether the buttons that record something are shown."""
    return has_permission(user, Permission.CERTIFICATE_RECORD_STATUS) and may_see_internal(user, certificate)


def visible_mismatches(user: User) -> QuerySet[MismatchReport]:
    """Reports about certificates in scope; the bureau sees all, those about no known certificate too."""
    if not has_permission(user, Permission.MISMATCH_HANDLE):
        return MismatchReport.objects.none()
    return MismatchReport.objects.filter(in_scope(user, "certificate__division_code"))


def get_visible_mismatch(user: User, report_id: int) -> MismatchReport:
    """404 for absent and for forbidden alike."""
    found = visible_mismatches(user).select_related("certificate", "certificate__holder").filter(pk=report_id).first()
    if found is None:
        raise Http404
    return found


def visible_imports(user: User) -> QuerySet[ImportBatch]:
    """Imports concern the whole register: who may import sees them all."""
    allowed = has_permission(user, Permission.IMPORT_MANAGE)
    return ImportBatch.objects.all() if allowed else ImportBatch.objects.none()


def get_visible_import(user: User, batch_id: int) -> ImportBatch:
    """404 for absent and for forbidden alike."""
    found = visible_imports(user).select_related("created_by").filter(pk=batch_id).first()
    if found is None:
        raise Http404
    return found


def visible_conflicts(user: User) -> QuerySet[ImportConflict]:
    """Contradictions wait for whoever may decide them, wherever the holder sits: often that is what is contested."""
    allowed = has_permission(user, Permission.CONFLICT_DECIDE)
    return ImportConflict.objects.all() if allowed else ImportConflict.objects.none()


def get_visible_conflict(user: User, conflict_id: int) -> ImportConflict:
    """404 for absent and for forbidden alike."""
    related = ("batch", "certificate", "decided_by")
    found = visible_conflicts(user).select_related(*related).filter(pk=conflict_id).first()
    if found is None:
        raise Http404
    return found
