"""Testing institutions: the file, the scope in its states, what is owed, the standards library, the public pages."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from apps.accounts.constants import Role
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.institutions.models import Standard
from apps.institutions.services.commitments import draft_commitment, publish_commitment, sign_commitment
from apps.institutions.services.people import PostFacts, appoint
from apps.institutions.services.profile import add_shareholder, add_site
from apps.institutions.services.reference import load_reference
from apps.institutions.services.scopes import approve_scope, take_in_scope
from tests import factories
from tests.e2e.pages import PUBLIC, row
from tests.institutions.sheets import as_csv
from tests.institutions.sheets import row as line

MANAGER = "institution"
FILE = "/institutions/{institution.pk}/"

ROWS = [
    row("/institutions/", Role.SUPERVISOR),
    row("/institutions/new/", Role.WINDOW_CLERK),
    row("/institutions/standards/", PUBLIC, Role.REVIEWER),
    row("/institutions/standards/new/", Role.REVIEWER),
    row("/institutions/standards/{standard.pk}/", Role.REVIEWER),
    row("/institutions/mine/", "several"),
    row(FILE, MANAGER, Role.SUPERVISOR),
    row(FILE + "scope/", MANAGER, Role.REVIEWER),
    row(FILE + "scope/upload/", MANAGER),
    row(FILE + "scope/2/", MANAGER, Role.APPROVER),
    row(FILE + "scope/2/difference/", MANAGER),
    row(FILE + "scope/2/approve/", Role.APPROVER),
    row(FILE + "scope/imports/{faulty.pk}/", MANAGER),
    row(FILE + "commitments/new/", MANAGER),
    row(FILE + "commitments/{pledge.pk}/sign/", MANAGER),
    row(FILE + "commitments/{commitment.pk}/breach/", Role.SUPERVISOR),
    row(FILE + "annual-report/", MANAGER),
    row(FILE + "samples/new/", MANAGER),
    row(FILE + "profile/", MANAGER),
    row(FILE + "licence/", Role.SUPERVISOR),
    row(FILE + "shareholders/new/", MANAGER),
    row(FILE + "shareholders/{owner.pk}/end/", MANAGER),
    row(FILE + "sites/new/", MANAGER),
    row(FILE + "sites/{site.pk}/end/", MANAGER),
    row(FILE + "people/new/", MANAGER),
    row(FILE + "people/{post.pk}/end/", MANAGER),
    row(FILE + "changes/{change.pk}/", MANAGER),
    row("/testing/", PUBLIC),
    row("/testing/?q=大米 铅", PUBLIC),
    row("/testing/?q=没有这一项", PUBLIC),
    row("/i/{institution.token}", PUBLIC),
]

NOT_PAGES: dict[str, str] = {
    "institutions:scope_template": "a file to fill in",
    "institutions:scope_annotated": "a file with its faults",
    "portal:institution_qr": "a picture",
}


def seed(city: SimpleNamespace) -> None:
    call: dict[str, Any] = {"actor": Actor.system("walk"), "now": timezone.now()}
    load_reference(**call)
    city.institution, other = factories.institution("示例·武陵山检测有限公司"), factories.institution()
    since = today(call["now"]) - dt.timedelta(days=30)
    _file(city, call, since)
    _scope(city, call, since)
    _commitments(city, call)
    city.standard = Standard.objects.get(code="GB 175-2007")
    manager, several = factories.person(), factories.person()
    factories.member(manager, city.institution.organisation)
    for made in (city.institution, other):
        factories.member(several, made.organisation)
    city.people |= {MANAGER: manager, "several": several}


def _file(city: SimpleNamespace, call: dict[str, Any], since: dt.date) -> None:
    """Somebody in a post, an owner, and a second site whose opening waits to be filed."""
    to = {**call, "institution_id": city.institution.pk}
    facts = {"name": "示例乙", "position": "top_manager", "fields": "", "since": since}
    city.post = appoint(**to, facts=PostFacts(id_number=factories.resident_id(), **facts))
    city.owner = add_shareholder(**to, kind="person", name="示例丙", percent=60, since=since)
    place = {"address": "示例路1号", "division_code": "520602", "activity": "食品检验", "since": since}
    for name in ("东区实验室", "西区实验室"):
        city.site = add_site(**to, name=name, **place)
    city.change = city.institution.changes.get()


def _scope(city: SimpleNamespace, call: dict[str, Any], since: dt.date) -> None:
    """A version in force that cites a replaced standard, a draft, and a file full of faults."""
    to = {**call, "institution_id": city.institution.pk}
    good = line(site="东区实验室", object="大米", standard="GB 5009.12-2017")
    first = take_in_scope(**to, upload=as_csv([good])).made
    decision = {"decision_number": "示资认〔2026〕1号", "approved_on": since}
    approve_scope(**call, scope_id=first.pk, version=1, **decision)
    take_in_scope(**to, upload=as_csv([good, line(site="西区实验室")]))
    city.faulty = take_in_scope(**to, upload=as_csv([line(standard="GB 1")]))


def _commitments(city: SimpleNamespace, call: dict[str, Any]) -> None:
    """One published, one in the making."""
    text = "本机构承诺依法依规开展检验检测，独立公正，诚实守信，对出具的报告负责。" * 2
    to = {**call, "institution_id": city.institution.pk}
    row = draft_commitment(**to, kind="commitment", text=text)
    row = sign_commitment(**call, commitment_id=row.pk, version=row.version, signed_by="示例乙")
    city.commitment = publish_commitment(**call, commitment_id=row.pk, version=row.version)
    city.pledge = draft_commitment(**to, kind="declaration", text=text)
