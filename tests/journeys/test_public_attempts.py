"""What the public lookup tells and what a code on paper proves: attempts 36, 37 and 39."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.certifications.models import Certificate
from apps.certifications.rules import TOKEN_ALPHABET
from tests import factories

pytestmark = pytest.mark.django_db
TOKEN = "7Q4KM2XD9A1B"


@pytest.mark.parametrize(
    ("held", "unheld"), [("11010519491231002X", "110105194912310038"), ("13812341234", "13812341235")]
)
def test_a_persons_number_costs_the_same_statements_whether_somebody_holds_it(
    client: Client, counted, held: str, unheld: str
) -> None:
    """Attempt 36: the same answer by the same work; statements are compared, for the clock depends on the machine."""
    holder = factories.organisation(legal_representative=held, search_text=f"示例{held}", org_code=None)
    holder.codes.create(value=held, source="test", recorded_at=timezone.now())
    factories.certificate(holder, scope=f"联系 {held}")
    seen = {}
    for number in (held, unheld, held, unheld):  # twice: the first may fill what is kept for everybody
        with counted() as asked:
            answer = client.get(reverse("portal:lookup"), {"q": number})
        statements = [query["sql"].replace(number, "#") for query in asked.captured_queries]
        seen[number] = (answer.status_code, answer.content.decode().replace(number, "#"), statements)
    assert re.sub(r"[0-9a-zA-Z]{64}", "", seen[held][1]) == re.sub(r"[0-9a-zA-Z]{64}", "", seen[unheld][1])
    assert seen[held][2] == seen[unheld][2]
    for path in (f"/o/{held}", f"/c/{held}", f"/api/v1/organisations/{held}/", f"/api/v1/certificates/?q={held}"):
        there, not_there = client.get(path), client.get(path.replace(held, unheld))
        assert there.status_code == not_there.status_code, path
        assert holder.name not in there.content.decode(), path


def test_a_code_with_one_character_changed_is_no_certificate(client: Client) -> None:
    """Attempt 37: nobody gets from one genuine code to another by a small change."""
    certificate = factories.certificate(token=TOKEN)
    assert client.get(f"/c/{TOKEN}").status_code == 200
    for at in range(len(TOKEN)):
        other = TOKEN_ALPHABET[(TOKEN_ALPHABET.index(TOKEN[at]) + 1) % len(TOKEN_ALPHABET)]
        changed = TOKEN[:at] + other + TOKEN[at + 1 :]
        answer = client.get(f"/c/{changed}")
        assert answer.status_code == 404, changed
        assert certificate.number not in answer.content.decode()
    for other in (TOKEN[:-1], TOKEN[::-1], TOKEN[1:] + "A"):
        assert client.get(f"/c/{other}").status_code == 404, other


def test_the_official_host_stands_beside_the_code_and_nobody_else_can_put_theirs_there(
    client: Client, settings: Any
) -> None:
    """Attempts 37 and 39: code and printed address come from the settings, whatever host was asked and whoever sent
    the visitor. A look-alike's page cannot show our host in the address that the reader compares."""
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://register.example.org", ["*"]
    certificate = factories.certificate(token=TOKEN)
    told = {"host": "evil.example", "x-forwarded-host": "evil.example", "referer": "https://evil.example/"}
    page = client.get(reverse("portal:certificate", args=[certificate.token]), headers=told).content.decode()
    address = f"https://register.example.org/c/{TOKEN}"
    section = page[page.index('aria-labelledby="permalink"') - 200 : page.index('aria-labelledby="permalink"') + 900]
    assert f">{address}</a>" in section, "in letters beside the code"
    assert 'class="noprint" aria-labelledby="permalink"' not in section, "on paper too"
    assert "evil.example" not in page
    code = reverse("portal:certificate_qr", args=[TOKEN])
    plain = client.get(code).content
    assert client.get(code, headers=told).content == plain


def test_the_verdict_of_a_copied_code_is_todays(client: Client) -> None:
    certificate = factories.certificate(token=TOKEN)
    Certificate.objects.filter(pk=certificate.pk).update(status="revoked", version=2, updated_at=timezone.now())
    page = client.get(f"/c/{TOKEN}").content.decode()
    assert "<strong>撤销</strong>" in page
    assert "<strong>有效</strong>" not in page
