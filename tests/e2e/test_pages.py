"""The walk: every page, as each of its roles, in light and dark, Chinese and English, wide and 320 px, by keyboard."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Trouble, axe_violations
from tests.e2e.pages import PAGES, PUBLIC, person_of, seed

WALK = [pytest.param(path, role, id=f"{path} {role}") for path, roles in PAGES for role in roles]

CHINESE_LEFT = """() => {
  const cjk = /[\\u3400-\\u9fff\\u3000-\\u303f\\uff01-\\uff5e]/;
  const found = [];
  const isData = (element) => element.closest('[lang|=zh],[data-lang=zh],script,style,noscript');
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (cjk.test(node.data) && !isData(node.parentElement)) found.push(node.data.trim());
  }
  for (const element of document.querySelectorAll('[aria-label],[title],[placeholder],[alt],[data-label]')) {
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'data-label']) {
      const value = element.getAttribute(name) || '';
      if (cjk.test(value) && !isData(element)) found.push(`${name}=${value}`);
    }
  }
  return found;
}"""

UNSEEN_FOCUS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const seen = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
  return seen && box.width > 0 ? null : element.outerHTML.slice(0, 160);
}"""


@pytest.mark.parametrize(("path", "role"), WALK)
def test_page(page: Page, signed_in: Callable[[Any], Page], trouble: Trouble, path: str, role: str) -> None:
    city = seed()
    if role != PUBLIC:
        signed_in(person_of(role, city))
    address = path.format(**vars(city))

    answer = page.goto(address)
    assert answer is not None
    assert answer.status < 500
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert page.locator("h1").count() == 1
    problems = [f"light: {violation}" for violation in axe_violations(page)]
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    problems += [f"dark: {violation}" for violation in axe_violations(page)]
    broken = "Array.from(document.images).filter(i => i.complete && !i.naturalWidth).map(i => i.src)"
    problems += [f"image does not show: {source}" for source in page.evaluate(broken)]
    problems += unseen_focus(page)
    problems += sideways(page)

    page.context.add_cookies([{"name": "django_language", "value": "en", "url": page.url}])
    page.goto(address)
    assert page.locator("html").get_attribute("lang") == "en"
    problems += [f"Chinese left in English: {text}" for text in page.evaluate(CHINESE_LEFT)]
    problems += [text for text in trouble if answer.ok or "the server responded with a status" not in text]
    assert not problems, "\n".join(problems)


def unseen_focus(page: Page) -> list[str]:
    """Tab through the first controls; each must show that it has the focus."""
    found = []
    for _ in range(15):
        page.keyboard.press("Tab")
        hidden = page.evaluate(UNSEEN_FOCUS)
        if hidden:
            found.append(f"focus not visible: {hidden}")
    return found


def sideways(page: Page) -> list[str]:
    """At 320 px (400 % zoom of 1280) the page itself must not scroll sideways."""
    page.set_viewport_size({"width": 320, "height": 640})
    width = page.evaluate("document.documentElement.scrollWidth")
    if width <= 320:
        return []
    wide = page.evaluate(
        "() => Array.from(document.querySelectorAll('body *')).filter(e => e.getBoundingClientRect().right > 321"
        " && !e.closest('.tablewrap,pre,.vh,.skip')).slice(0, 3).map(e => e.outerHTML.slice(0, 120))"
    )
    return [f"scrolls sideways at 320 px ({width}): {wide}"]
