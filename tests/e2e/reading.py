"""What a page says, looked at as a reader would: words of the other language, numbers without a name, links into the
page that lead nowhere. All of it is cheap: one look at the document as it stands."""

import re
from pathlib import Path

from playwright.sync_api import Page

# Names and abbreviations that stay Latin in Chinese texts, because Chinese readers know them by no other form.
LATIN = frozenset(
    word
    for line in (Path(__file__).parent / "latin.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)

# Latin words in the text and in the names of things, with the sentence around each. What has a digit, a dot, a slash,
# an underscore, an @ or camelCase in it is a code, an address or a file; {so} is a placeholder; what stands in code,
# kbd or a language of its own is meant, also elsewhere on the page; what follows 示例· is a made-up name.
WORDS = """() => {
  const meant = 'code,kbd,samp,pre,.code,.uscc,script,style,noscript,textarea,svg,[translate=no],[lang|=en]';
  const codes = Array.from(document.querySelectorAll('code'));
  const coded = new Set(codes.flatMap((code) => code.textContent.match(/[\\w-]+/g)));
  const found = [];
  const look = (text, element) => {
    if (element.closest(meant)) return;
    for (const token of text.replace(/示例·[\\x20-\\x7e]+|\\{\\w+\\}/g, '').match(/[\\x21-\\x7e]+/g) || []) {
      const word = token.replace(/^[("']+|[)"',;.!?]+$/g, '');
      if (!/^[A-Za-z][A-Za-z'-]+$/.test(word) || /[a-z][A-Z]/.test(word) || coded.has(word)) continue;
      found.push([word, text.trim().replace(/\\s+/g, ' ').slice(0, 60)]);
    }
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) look(walker.currentNode.data, walker.currentNode.parentElement);
  const names = ['aria-label', 'title', 'placeholder', 'alt', 'data-label'];
  for (const element of document.querySelectorAll(names.map((name) => `[${name}]`).join())) {
    for (const name of names) look(element.getAttribute(name) || '', element);
  }
  look(document.title, document.documentElement);
  return found;
}"""

DEAD_ANCHORS = """() => Array.from(document.querySelectorAll('a[href*="#"]')).filter((link) => {
  const to = new URL(link.href);
  if (to.pathname !== location.pathname || to.hash.length < 2) return false;
  return !document.getElementById(decodeURIComponent(to.hash.slice(1)));
}).map((link) => link.getAttribute('href'))"""

LINKS_INTO_OTHERS = """() => Array.from(new Set(Array.from(document.querySelectorAll('a[href*="#"]'))
  .map((link) => new URL(link.href))
  .filter((to) => to.origin === location.origin && to.pathname !== location.pathname && to.hash.length > 1)
  .map((to) => to.pathname + to.search + to.hash)))"""

# Where a table becomes cards its header goes: a cell that shows nothing but numbers says nothing without a label.
UNLABELLED = """() => Array.from(document.querySelectorAll('table.cards tbody td:not([data-label])')).filter((cell) =>
  cell.checkVisibility() && getComputedStyle(cell).display === 'block' && cell.innerText.trim()
  && /\\d/.test(cell.innerText) && !/[^\\d\\s.,:;%¥+\\-–—/()（）年月日天]/.test(cell.innerText)
).map((cell) => cell.outerHTML.slice(0, 140))"""

DOUBLE_IDS = """() => {
  const ids = Array.from(document.querySelectorAll('[id]')).map((element) => element.id);
  return Array.from(new Set(ids.filter((id, n) => ids.indexOf(id) !== n)));
}"""


def english_left(page: Page) -> list[str]:
    """Latin words on a Chinese page that are neither codes nor in latin.txt."""
    said: dict[str, str] = dict(reversed(page.evaluate(WORDS)))  # each word where it is first said
    return [f"English left in Chinese: {word} in “{text}”" for word, text in said.items() if word not in LATIN]


def dead_anchors(page: Page) -> list[str]:
    """Links to a place of this page that is not on it."""
    return [f"leads to no place of the page: {href}" for href in page.evaluate(DEAD_ANCHORS)]


def unlabelled(page: Page) -> list[str]:
    """Numbers of a card that do not say what they count. Look at a narrow window."""
    return [f"a number without a name: {cell}" for cell in page.evaluate(UNLABELLED)]


def double_ids(page: Page) -> list[str]:
    """Ids that two elements have: a label or a link then leads to the first alone."""
    return [f"two elements are called {name}" for name in page.evaluate(DOUBLE_IDS)]


def missing_places(page: Page) -> list[str]:
    """Links to a place of another page of ours that is not there for the same person."""
    found = []
    for link in page.evaluate(LINKS_INTO_OTHERS):
        address, _hash, place = link.partition("#")
        answer = page.context.request.get(address)
        if answer.ok and not re.search(rf'\sid="?{re.escape(place)}["\s>]', answer.text()):
            found.append(f"leads to no place of {address}: #{place}")
    return found
