"""Whether a licence can be renewed today, and what the portal already knows of the renewal."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.documents.models import Document
from apps.documents.selectors import current_documents
from apps.institutions.constants import Position
from apps.institutions.licence_constants import GRANTED_IN
from apps.institutions.models import Application, Appointment, Institution, Licence, Material
from apps.institutions.rules import life
from apps.institutions.rules.licence import DRAFT_DAYS, Renewal, Window
from apps.institutions.selectors.applications import applications, renewal_of, succeeding
from apps.institutions.selectors.files import current_sites, running
from apps.institutions.selectors.life import late_words
from apps.workflow.constants import SUBJECT

# Papers that stay true until somebody replaces them; the signed form and the sample reports are new each time.
CARRIED = frozenset({"legal", "premises", "equipment", "people", "manual"})
POSTS = {
    Position.LEGAL_REPRESENTATIVE: "legal_representative",
    Position.TOP_MANAGER: "top_manager",
    Position.TECHNICAL_HEAD: "technical_head",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """The renewal of a licence on a day: `open` if it may be drafted, else `why` not. `filed`: already handed in."""

    window: Renewal
    opens_on: dt.date
    draft: Application | None
    filed: Application | None
    why: str

    @property
    def open(self) -> bool:
        return not self.why and self.draft is None


def offer_of(licence: Licence, on: dt.date) -> Offer:
    """The window, the draft, and what was handed in; a renewal that is filed or granted closes it."""
    window = renewal_of(licence, on)
    asked = applications().filter(licence=licence, item="renewal", file__closed_at=None).order_by("-pk")
    draft = asked.filter(file__submitted_at=None).first()
    filed = asked.filter(file__submitted_at__isnull=False).first()
    opens_on = licence.valid_to - dt.timedelta(days=DRAFT_DAYS)
    return Offer(window, opens_on, draft, filed, _why_not(licence, window, opens_on, filed, on))


def _why_not(licence: Licence, window: Renewal, opens_on: dt.date, filed: Application | None, on: dt.date) -> str:
    status = life.standing(licence.status, licence.valid_to, on)
    if status not in life.LIVE:
        return _("证书现为“%(status)s”，请按首次申请办理") % {"status": status.label}
    if succeeding(licence).exists():
        return _("已取得有效期更晚的证书")
    if filed is not None:
        return _("延续申请 %(number)s 正在办理") % {"number": filed.file.number}
    if window.state == Window.LATE:
        return late_words(window.last_day, on)
    if window.state == Window.EARLY:
        return _("%(day)s 起可以办理延续") % {"day": opens_on}
    return ""


def prefill(licence: Licence, on: dt.date) -> dict[str, str]:
    """What the institution's file says today: people in their posts, the first site; nothing that it does not say."""
    institution = Institution.objects.filter(organisation_id=licence.organisation_id).first()
    known = {"address": licence.address, "field": licence.field}
    if institution is not None:
        site = current_sites(institution.pk, on).first()
        posts = Appointment.objects.filter(running(on), institution=institution, position__in=POSTS)
        names = {POSTS[Position(each.position)]: each.person.name for each in posts.select_related("person")}
        known |= {**names, **({"address": site.address} if site is not None else {})}
    return {name: value for name, value in known.items() if value}


def materials_to_carry(application: Application) -> list[Document]:
    """The newest paper of each kind that the renewal asks for and that stays true, from earlier applications."""
    asked = set(Material.objects.filter(item_id=application.item_id).values_list("kind", flat=True)) & CARRIED
    earlier = applications().filter(file__organisation=application.file.organisation).exclude(pk=application.pk)
    granted = earlier.filter(file__status__in=GRANTED_IN).order_by("-pk")
    found: dict[str, list[Document]] = {}
    for each in granted[:20]:
        handed: dict[str, list[Document]] = {}
        for document in current_documents(SUBJECT, each.file_id):
            if document.kind in asked and document.kind not in found:
                handed.setdefault(document.kind, []).append(document)
        found |= handed
    return [document for documents in found.values() for document in documents]
