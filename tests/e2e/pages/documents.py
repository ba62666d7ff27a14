"""Documents handed in, and papers that the portal made."""

from types import SimpleNamespace

from django.db import transaction
from django.utils import timezone

from apps.accounts.constants import Role
from apps.core.actors import Actor
from apps.documents import services
from apps.documents.constants import ORGANISATION, GeneratedState
from apps.documents.models import GeneratedDocument
from apps.documents.samples import sample
from tests.core.packages import xlsx
from tests.e2e.pages import ENTERPRISE, row
from tests.parties.papers import PDF, image, upload

CLERK = Role.WINDOW_CLERK

ROWS = [
    row("/documents/of/organisation/{organisation.pk}/", ENTERPRISE, CLERK),
    row("/documents/of/organisation/{organisation.pk}/?replaces={stored_document.uid}", ENTERPRISE),
    row("/documents/of/organisation/0/", ENTERPRISE, status=404),
    row("/documents/papers/", CLERK),
    row("/documents/papers/?state=failed", CLERK),
    row("/documents/papers/?q=没有这一份", CLERK),
    row("/documents/papers/{paper_done.uid}/", CLERK),
    row("/documents/papers/{paper_failed.uid}/", CLERK),
]

NOT_PAGES = {
    "documents:mine": "a redirect to the only store",
    "documents:download": "a download",
    "documents:preview": "a picture",
    "documents:upload": "for the script of uploads, PUT and HEAD only",
    "documents:paper_file": "a download",
}


def seed(city: SimpleNamespace) -> None:
    city.stored_document = store(city, PDF, "营业执照.pdf", "licence")
    first = store(city, image(size=(400, 300)), "场所照片.png", "premises")
    store(city, image(size=(420, 300)), "场所照片（新）.png", "premises", replaces=first.pk)
    store(city, xlsx(), "设备一览表.xlsx", "equipment")
    city.paper_done = paper(city, "done", {})
    city.paper_failed = paper(city, "failed", {"addressee": "示例·\U00020021"})
    paper(city, "waiting", {}, state=GeneratedState.REQUESTED)


def store(city, content, name, kind, **more):
    return services.store(
        actor=Actor.system("demo"),
        now=timezone.now(),
        organisation_id=city.organisation.pk,
        subject_kind=ORGANISATION,
        subject_id=city.organisation.pk,
        kind=kind,
        upload=upload(content, name),
        **more,
    )


def paper(city, key, change, state=""):
    with transaction.atomic():
        made = services.request(
            actor=Actor.system("demo"),
            now=timezone.now(),
            request_key=f"demo:{key}",
            template="notice_acceptance",
            subject_kind=ORGANISATION,
            subject_id=city.organisation.pk,
            params={**sample("notice_acceptance"), **change},
        )
    if not state:
        services.render_due()
    return GeneratedDocument.objects.get(pk=made.pk)
