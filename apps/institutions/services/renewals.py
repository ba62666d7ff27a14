"""The renewal draft: one press, and everything that the portal knows already stands in it."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Refused
from apps.documents.models import Document
from apps.documents.services import reuse
from apps.institutions.models import Application, Item, Licence
from apps.institutions.rules.licence import Window
from apps.institutions.selectors import renewals
from apps.institutions.selectors.life import late_words
from apps.institutions.services.applications import open_application
from apps.parties.models import Organisation
from apps.parties.policies import can_act_for
from apps.workflow.constants import SUBJECT


def draft_renewal(*, actor: Actor, now: dt.datetime, licence_id: int) -> Application:
    """A renewal draft of a licence, filled in: the scope in force, people and site of today, and the materials of the
    last granted application. The same draft again where there is one.

    After the last day to apply it is refused with the rule: what follows is a first application.
    """
    with transaction.atomic():
        licence = Licence.objects.select_related("organisation").filter(pk=licence_id).first()
        if licence is None or not can_act_for(actor.user, licence.organisation_id, today(now)):
            raise Refused("absent", str(licence_id))
        Organisation.objects.select_for_update(no_key=True).get(pk=licence.organisation_id)
        offer = renewals.offer_of(licence, today(now))
        if offer.draft is not None:
            return offer.draft
        if offer.window.state == Window.LATE:
            raise Refused("renewal.late", late_words(offer.window.last_day, today(now)))
        if not offer.open:
            raise Refused("renewal.closed", _("现在不能办理延续：%(why)s") % {"why": offer.why})
        item = Item.objects.get(pk="renewal")
        made = open_application(actor=actor, now=now, organisation=licence.organisation, item=item)
        _fill(made, renewals.prefill(licence, today(now)))
        for document in renewals.materials_to_carry(made):
            _carry(actor, now, made, document)
    return made


def _fill(application: Application, known: dict[str, str]) -> None:
    """What the file of the institution says today goes before what an older application said."""
    for name, value in known.items():
        setattr(application, name, value)
    application.save(update_fields=list(known))


def _carry(actor: Actor, now: dt.datetime, application: Application, document: Document) -> None:
    where: dict[str, Any] = {"subject_kind": SUBJECT, "subject_id": application.file_id}
    reuse(
        actor=actor,
        now=now,
        document_id=document.pk,
        organisation_id=application.file.organisation_id,
        kind=document.kind,
        taken_from=(SUBJECT, document.subject_id),
        **where,
    )
