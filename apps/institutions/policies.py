"""Who sees an institution's file, who may change it, who approves its scope.

Members of the organisation see and edit their own; staff see by permission within their division, edit by another one.
Absent and forbidden look alike (404).
"""

import datetime as dt
from typing import TypeVar

from django.db.models import QuerySet
from django.http import Http404

from apps.accounts.constants import Permission
from apps.accounts.models import User
from apps.accounts.policies import has_permission
from apps.institutions.models import Institution, Licence
from apps.parties.policies import can_act_for, in_scope
from apps.parties.selectors import own_organisation_ids

Held = TypeVar("Held", Institution, Licence)
SEES_INSTITUTIONS = (Permission.INSTITUTION_VIEW, Permission.INSTITUTION_EDIT)


def visible_institutions(user: User, on: dt.date) -> QuerySet[Institution]:
    """The files that the user may open on the staff's or the members' pages."""
    return _seen_by(user, Institution.objects.select_related("organisation"), on)


def get_visible_institution(user: User, institution_id: int, on: dt.date) -> Institution:
    """The file, or 404."""
    found = visible_institutions(user, on).filter(pk=institution_id).first()
    if found is None:
        raise Http404
    return found


def visible_licences(user: User, on: dt.date) -> QuerySet[Licence]:
    """The licences that the user may open beyond their public page: staff in their scope, the holder's own people."""
    return _seen_by(user, Licence.objects.select_related("organisation"), on)


def get_visible_licence(user: User, licence_id: int, on: dt.date) -> Licence:
    """The licence, or 404."""
    found = visible_licences(user, on).filter(pk=licence_id).first()
    if found is None:
        raise Http404
    return found


def can_edit_institution(user: User | None, institution: Institution, on: dt.date) -> bool:
    """Whoever acts for the organisation today; staff who maintain institutions of their division."""
    return can_act_for(user, institution.organisation_id, on) or can_supervise(user, institution)


def can_supervise(user: User | None, institution: Institution) -> bool:
    """Staff who maintain institutions, inside their scope: acknowledge changes, record breaches."""
    return _staff_with(user, Permission.INSTITUTION_EDIT, institution)


def can_approve_scope(user: User | None, institution: Institution, on: dt.date) -> bool:
    """Staff who approve scopes, inside their scope, and never somebody who acts for the institution."""
    return _staff_with(user, Permission.SCOPE_APPROVE, institution) and not can_act_for(
        user, institution.organisation_id, on
    )


def _staff_with(user: User | None, permission: Permission, institution: Institution) -> bool:
    if user is None or not has_permission(user, permission):
        return False
    return Institution.objects.filter(in_scope(user, "organisation__division_code"), pk=institution.pk).exists()


def _seen_by(user: User, found: QuerySet[Held], on: dt.date) -> QuerySet[Held]:
    """Of rows with an organisation, what is in a staff member's scope or belongs to the user's own organisations."""
    if user.is_staff_member:
        allowed = any(has_permission(user, permission) for permission in SEES_INSTITUTIONS)
        return found.filter(in_scope(user, "organisation__division_code")) if allowed else found.none()
    if not user.is_active:
        return found.none()
    return found.filter(organisation_id__in=own_organisation_ids(user, on))
