"""What the browser can tell about the page that it shows."""

from pathlib import Path

from playwright.sync_api import Page

AXE = (Path(__file__).parent.parent / "vendor" / "axe-core-4.14.1" / "axe.min.js").read_text(encoding="utf-8")
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What a theme changes is colours alone, so in the second theme only the rules that look at colours run again.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
PRINTED = 703  # CSS pixels between the margins of A4 (186 mm)

CHINESE_LEFT = """() => {
  const cjk = /[\\u3400-\\u9fff\\u3000-\\u303f\\uff01-\\uff5e]/;
  const found = [];
  const isData = (element) => element.closest('[lang|=zh],script,style,noscript,textarea');
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (cjk.test(node.data) && !isData(node.parentElement)) found.push(node.data.trim());
  }
  const names = ['aria-label', 'title', 'placeholder', 'alt', 'data-label'];
  for (const element of document.querySelectorAll(names.map((name) => `[${name}]`).join())) {
    for (const name of names) {
      const value = element.getAttribute(name) || '';
      if (cjk.test(value) && !isData(element)) found.push(`${name}=${value}`);
    }
  }
  const shown = Array.from(document.querySelectorAll('[lang|=zh]')).map((element) => element.textContent).join(' ')
    + Array.from(document.querySelectorAll('input')).map((input) => input.value).join(' ');
  for (const word of document.title.match(new RegExp(`(${cjk.source})+`, 'g')) || []) {
    if (!shown.includes(word)) found.push(`title=${document.title}`);
  }
  return found;
}"""

# After a Tab the browser shows the focus that a script moves, as it does for the keyboard.
UNSEEN_FOCUS = """() => {
  const reachable = 'a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex="0"]';
  const found = [];
  for (const element of document.querySelectorAll(reachable)) {
    if (element.disabled || !element.checkVisibility({ visibilityProperty: true })) continue;
    element.focus();
    const shown = element.outerHTML.slice(0, 160);
    if (document.activeElement !== element) {
      found.push(`takes no focus: ${shown}`);
      continue;
    }
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    if (!(outlined || style.boxShadow !== 'none') || !element.getBoundingClientRect().width) {
      found.push(`focus not seen: ${shown}`);
    }
  }
  return found;
}"""

BROKEN_PICTURES = "() => Array.from(document.images).filter(i => i.complete && !i.naturalWidth).map(i => i.src)"

# What sticks out of the page, except where it scrolls in a box of its own.
STICKS_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const boxed = (element) => {
    for (let box = element.parentElement; box !== document.documentElement; box = box.parentElement) {
      if (box !== document.body && getComputedStyle(box).overflowX !== 'visible') return true;
    }
    return false;
  };
  const wide = Array.from(document.querySelectorAll('body *')).filter(
    (element) => element.getBoundingClientRect().right > width + 1 && !boxed(element));
  const shown = wide.slice(0, 3).map((element) => element.outerHTML.slice(0, 140));
  return [`${document.documentElement.scrollWidth} px`, ...shown];
}"""

# On paper a box cannot be scrolled: what it hides is lost.
CUT_ON_PAPER = """() => Array.from(document.querySelectorAll('main *')).filter((element) => {
  const style = getComputedStyle(element);
  if (element.closest('.vh')) return false;
  const hides = style.overflowX !== 'visible' && style.display !== 'inline' && element.clientWidth > 1;
  return hides && element.scrollWidth > element.clientWidth + 1;
}).slice(0, 3).map((element) => element.outerHTML.slice(0, 140))"""


def axe(page: Page, rules: list[str] | None = None) -> list[str]:
    """Violations on the page as it is now. page.evaluate works under the content security policy."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    run_only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": AXE_TAGS}
    # Style sheets are fetched for one rule only, which looks at no colours.
    options = {"runOnly": run_only, "resultTypes": ["violations"], "preload": not rules}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['id']}: {node['html'][:160]} ({node.get('failureSummary', '')[:300]})"
        for violation in found["violations"]
        for node in violation["nodes"][:5]
    ]


def in_both_themes(page: Page) -> list[str]:
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    found = [f"light: {violation}" for violation in axe(page)]
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    return found + [f"dark: {violation}" for violation in axe(page, COLOUR_RULES)]


def unseen_focus(page: Page) -> list[str]:
    page.keyboard.press("Tab")
    return page.evaluate(UNSEEN_FOCUS)


def sideways(page: Page, *widths: int) -> list[str]:
    """Where the page itself scrolls sideways. 320 px are 400 % zoom of 1280, 720 px are 200 % of 1440."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        if wide := page.evaluate(STICKS_OUT):
            found.append(f"scrolls sideways at {width} px: {wide}")
    return found


def on_paper(page: Page) -> list[str]:
    """What print loses, or prints although it is of no use on paper."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PRINTED, "height": 1000})
    found = [f"sticks out of the paper: {what}" for what in page.evaluate(STICKS_OUT)]
    found += [f"cut on paper: {what}" for what in page.evaluate(CUT_ON_PAPER)]
    found += ["prints the navigation"] if page.locator("header nav").first.is_visible() else []
    page.emulate_media(media="screen")
    return found
