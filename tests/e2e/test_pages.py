"""The walk: every page of tests/e2e/pages as each of its roles, loaded once in Chinese and once in English.

`make walk` looks further (tests/e2e/walking.py): English with axe, every width in every theme, what forms refuse.
"""

from types import SimpleNamespace
from urllib.parse import quote

import pytest

from tests.e2e.conftest import Visitors
from tests.e2e.looking import BROKEN_PICTURES, CHINESE_LEFT, in_both_themes, on_paper, sideways, unseen_focus
from tests.e2e.pages import Row, rows
from tests.e2e.reading import dead_anchors, double_ids, english_left, unlabelled

WALK = [pytest.param(row, role, id=f"{row.path} {role}") for row in rows() for role in row.roles]


@pytest.mark.parametrize(("row", "role"), WALK)
def test_page(visitors: Visitors, city: SimpleNamespace, row: Row, role: str) -> None:
    page, trouble = visitors.visit(role)
    address = row.path.format(**vars(city))

    answer = page.goto(address)
    assert answer is not None
    assert (answer.status, page.url.removeprefix(visitors.server)) == (row.status, quote(address, safe="/?=&%.:-"))
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert page.locator("h1").count() == 1
    problems = english_left(page) + dead_anchors(page) + double_ids(page)
    problems += in_both_themes(page) + unseen_focus(page) + sideways(page, 720, 320) + unlabelled(page) + on_paper(page)
    problems += [f"picture does not show: {source}" for source in page.evaluate(BROKEN_PICTURES)]

    page.context.add_cookies([{"name": "django_language", "value": "en", "url": visitors.server}])
    page.goto(address)
    assert page.locator("html").get_attribute("lang") == "en"
    problems += [f"Chinese left in English: {text}" for text in page.evaluate(CHINESE_LEFT)]
    problems += [f"in English it {text}" for text in sideways(page, 320)]
    problems += [text for text in trouble if answer.ok or "the server responded with a status" not in text]
    assert not problems, "\n".join(problems)
