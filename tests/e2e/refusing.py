"""Sending the forms of a page faultily, to look at what comes back. Nothing stays of it: the answer is taken back."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from playwright.sync_api import Error, Page

HEADER = "X-Taken-Back"
FORMS = "main form[method=post]"
HOW = ("empty", "nonsense")

# How to spoil each control: leave it out, or put in what no field of its kind takes. form.submit() asks no script and
# no constraint of the browser.
SEND = """([form, how]) => {
  for (const each of form.elements) {
    if (['hidden', 'submit', 'button', 'reset', 'file'].includes(each.type) || each.tagName === 'FIELDSET') continue;
    if (['checkbox', 'radio'].includes(each.type)) {
      each.checked = how === 'nonsense';
      if (how === 'nonsense') each.value = '0x0';
    } else if (each.tagName === 'SELECT') {
      for (const option of each.options) option.selected = false;
      each.append(new Option('', how === 'nonsense' ? '0x0' : '', true, true));
    } else {
      if (each.tagName === 'INPUT') each.type = 'text';
      each.value = how === 'nonsense' ? '<b>0</b>' : '';
    }
  }
  HTMLFormElement.prototype.submit.call(form);
}"""


class RolledBack:
    """What a request with the header writes is taken back after the answer is made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if HEADER not in request.headers:
            return self.get_response(request)
        with transaction.atomic():
            response = self.get_response(request)
            transaction.set_rollback(True)
        return response


@contextlib.contextmanager
def taken_back(page: Page) -> Iterator[None]:
    """What the page sends meanwhile changes nothing, not even who is signed in."""
    cookies: Any = page.context.cookies()
    page.set_extra_http_headers({HEADER: "yes"})
    try:
        yield
    finally:
        page.set_extra_http_headers({})
        page.context.clear_cookies()
        page.context.add_cookies(cookies)


def forms_of(page: Page) -> list[str]:
    """The view that each form of the page is sent to, in the order of the page. (A field may be called action.)"""
    address = "forms => forms.map((form) => new URL(form.getAttribute('action') || '', location).pathname)"
    actions = page.locator(FORMS).evaluate_all(address)
    return [resolve(action).view_name for action in actions]


def refusal(page: Page, n: int, how: str) -> int:
    """Send the n-th form of the page spoiled ("empty" or "nonsense"); the status of the page that shows now."""
    form = page.locator(FORMS).nth(n).element_handle()
    try:
        with taken_back(page), page.expect_navigation() as navigation:
            page.evaluate(SEND, [form, how])
    except Error as fault:
        if "ERR_ABORTED" in fault.message:  # a download
            return 200
        raise
    answer = navigation.value
    return answer.status if answer is not None else 0
