"""A person who has a keyboard and no mouse."""

from playwright.sync_api import Locator, Page


def tab_to(target: Locator, most: int = 80) -> None:
    """Press Tab until the target has the focus, as far as anybody would be willing to."""
    page = target.page
    for _ in range(most):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached by {most} Tabs; the focus is on {focused(page)}")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.outerHTML.slice(0, 160)"))
