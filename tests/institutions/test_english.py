"""Every page of institutions in English: no Chinese but that of the register, which is marked as such. No browser."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.constants import Role
from tests.e2e.pages.institutions import seed as make
from tests.institutions.house import browse, staff

HAN = re.compile("[\u3400-\u9fff\u3000-\u303f\uff01-\uff5e]+")
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "use", "wbr"}
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-label")
OWN = ["file", "profile", "licence", "shareholder_add", "site_add", "post_add", "scope", "scope_upload"]
OWN += ["commitment_draft", "annual_report", "sample"]


class Left(HTMLParser):
    """Collects Chinese outside elements that say lang="zh"."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    @property
    def inside(self) -> bool:
        return any(marked for _tag, marked in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        marked = (given.get("lang") or "").startswith("zh") or tag in {"script", "style", "title"}
        if not marked and not self.inside:
            self.found += [f"{name}={given[name]}" for name in SPOKEN if HAN.search(given.get(name) or "")]
        if tag not in VOID:
            self.open.append((tag, marked))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self.inside and HAN.search(data):
            self.found.append(data.strip()[:80])


def left_in(client: Any, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    reader = Left()
    reader.feed(answer.content.decode())
    return [f"{address}: {text}" for text in reader.found]


@pytest.mark.django_db
def test_no_chinese_is_left(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    city = SimpleNamespace(people={})
    make(city)
    made = city.institution
    client = browse(staff(Role.SUPERVISOR))
    approver, public = browse(staff(Role.APPROVER)), browse(None)
    for each in (client, approver, public):
        each.cookies["django_language"] = "en"
    pages = [reverse(f"institutions:{name}", args=[made.pk]) for name in OWN]
    pages += [reverse(f"institutions:{name}") for name in ("list", "standards", "standard_new", "create")]
    pages += [reverse(f"institutions:{name}", args=[made.pk, 2]) for name in ("scope_version", "scope_difference")]
    pages += [reverse("institutions:scope_import", args=[made.pk, city.faulty.pk])]
    pages += [reverse("institutions:commitment_sign", args=[made.pk, city.pledge.pk])]
    pages += [reverse("institutions:post_end", args=[made.pk, city.post.pk])]
    pages += [reverse("institutions:change_file", args=[made.pk, city.change.pk])]
    found = [text for page in pages for text in left_in(client, page)]
    found += left_in(approver, reverse("institutions:scope_approve", args=[made.pk, 2]))
    shown = [f"{reverse('portal:testing')}?{query}" for query in ("", "q=%E5%A4%A7%E7%B1%B3", "q=x1", "q=%E6%B1%9E")]
    for page in [*shown, reverse("portal:institution", args=[made.token]), reverse("portal:bans")]:
        found += left_in(public, page)
    assert found == []
