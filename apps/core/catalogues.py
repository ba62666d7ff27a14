"""Translation catalogues without gettext's own programs: extraction, merging, checks and compilation by Babel.

Chinese is the language of the sources (ADR 0006), so one language needs a catalogue: English. Each app owns the
catalogue of its Python files and of `templates/<app>/`; what belongs to no app (base.html, components, settings) is in
the top-level `locale/`. `locale/zh_Hans` holds by hand the few strings of Django and allauth that lack a Chinese text.
"""

import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent.parent
LOCALE = "en"
DOMAIN = Path("LC_MESSAGES") / "django.po"
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"]),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
# Template folders whose name is not that of the app that owns their strings.
TEMPLATE_OWNERS = {"account": "accounts", "mfa": "accounts", "allauth": "accounts", "usersessions": "accounts"}
EMAIL_OWNER = "notifications"  # templates/email/<topic>/, unless the topic is named after another app or its folder
PLACEHOLDER = re.compile(r"%\((\w+)\)[#0\- +]*[\d.]*[sdifgr]|%[sdifgr]|\{(\w*)[^{}]*\}")
HAN = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fff，。、：；？！（）]*")
OWN_LANGUAGE = re.compile(r"<!--.*?-->|<(\w+)[^>]*\slang=\"zh[^>]*>.*?</\1>", re.DOTALL)
HEADER = (
    'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: {plural}\\n"\n\n'
)

Key = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that keeps a catalogue from being complete: which file, which text, what is wrong."""

    catalogue: str
    text: str
    problem: str

    def __str__(self) -> str:
        return f"{self.catalogue}: {self.problem}: {self.text}"


def owners(root: Path = ROOT) -> list[str]:
    """The apps, and "" for the top-level catalogue."""
    return ["", *sorted(folder.parent.name for folder in (root / "apps").glob("*/apps.py"))]


def catalogue_path(owner: str, root: Path = ROOT) -> Path:
    """Where the English catalogue of an owner is kept."""
    return (root / "apps" / owner if owner else root) / "locale" / LOCALE / DOMAIN


def sources(root: Path = ROOT) -> Iterator[tuple[str, Path]]:
    """Every file that may hold translatable text, with the owner of its strings."""
    for path in sorted((root / "apps").rglob("*.py")):
        parts = path.relative_to(root / "apps").parts
        if "migrations" not in parts:
            yield parts[0] if len(parts) > 1 else "", path
    for path in sorted((root / "certportal").rglob("*.py")):
        yield "", path
    apps = set(owners(root))
    for path in sorted((root / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            yield template_owner(path.relative_to(root / "templates").parts, apps), path


def template_owner(parts: tuple[str, ...], apps: set[str]) -> str:
    """The app whose catalogue holds the strings of templates/<parts>."""
    if parts[0] == "email" and len(parts) > 2:
        return parts[1] if parts[1] in apps else TEMPLATE_OWNERS.get(parts[1], EMAIL_OWNER)
    folder = TEMPLATE_OWNERS.get(parts[0], parts[0])
    return folder if len(parts) > 1 and folder in apps else ""


def messages_of(path: Path) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    """Each translatable text of one file with its context; a pair where there is a plural."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Indentation carries no meaning here, and would be a syntax error to Python's tokenizer.
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
    for _line, message, _comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
        yield message if isinstance(message, str) else (message[0], message[1]), context


def extracted(root: Path = ROOT) -> dict[str, Catalog]:
    """A fresh, untranslated catalogue per owner."""
    found = {owner: Catalog(locale=LOCALE) for owner in owners(root)}
    for owner, path in sources(root):
        for message, context in messages_of(path):
            if message and message[0]:
                found[owner].add(message, context=context)
    return found


def read(path: Path) -> Catalog:
    """The catalogue in a file; an empty one where there is none."""
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as handle:
        return read_po(handle)


def key_of(message: Message) -> Key:
    return (message.id if isinstance(message.id, str) else message.id[0], message.context)


def entries(catalogue: Catalog) -> dict[Key, Message]:
    """The messages by text and context, without the header."""
    return {key_of(message): message for message in catalogue if message.id}


def merged(fresh: Catalog, old: Catalog) -> Catalog:
    """The fresh texts with the translations that `old` has for them; what is no longer in the sources is dropped."""
    kept = entries(old)
    result = Catalog(locale=LOCALE)
    for key, message in entries(fresh).items():
        known = kept.get(key)
        string = known.string if known is not None and known.pluralizable == message.pluralizable else ""
        flags = ["fuzzy"] if known is not None and known.fuzzy else []
        comments = known.user_comments if known is not None else []
        result.add(message.id, string, context=message.context, flags=flags, user_comments=comments)
    return result


def rendered(catalogue: Catalog) -> str:
    """The text of a catalogue: sorted, without places and dates, so that a change shows as that change only."""
    out = io.BytesIO()
    write_po(out, catalogue, width=110, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    header = HEADER.format(language=LOCALE, plural="nplurals=2; plural=(n != 1);")
    return (header + out.getvalue().decode()).rstrip("\n") + "\n"


def extract_all(root: Path = ROOT, only: str | None = None) -> list[tuple[Path, int, int]]:
    """Bring the catalogues up to date. Returns (file, texts, texts still without a translation) of each."""
    report = []
    for owner, fresh in extracted(root).items():
        path = catalogue_path(owner, root)
        if (only is not None and owner != only) or (not entries(fresh) and not path.exists()):
            continue
        catalogue = merged(fresh, read(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rendered(catalogue), encoding="utf-8")
        missing = sum(1 for message in entries(catalogue).values() if not translated(message))
        report.append((path, len(entries(catalogue)), missing))
    return report


def strings_of(message: Message) -> list[str]:
    """The translation in every plural form."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def translated(message: Message) -> bool:
    """Complete in every plural form and not marked fuzzy."""
    strings = strings_of(message)
    return bool(strings) and all(strings) and not message.fuzzy


def placeholders(text: str) -> set[str]:
    """The variables of a text: `%(name)s`, `%s`, `{name}`."""
    return {match.group(0) for match in PLACEHOLDER.finditer(text.replace("%%", ""))}


def faults(root: Path = ROOT, only: str | None = None) -> list[Fault]:
    """All that keeps the catalogues from being complete and current."""
    found: list[Fault] = []
    meanings: dict[Key, tuple[str, object]] = {}
    for owner, fresh in extracted(root).items():
        path = catalogue_path(owner, root)
        name = str(path.relative_to(root))
        old = read(path)
        for key, message in entries(merged(fresh, old)).items():
            found += message_faults(name, message)
            first_name, first = meanings.setdefault(key, (name, message.string))
            if first != message.string and translated(message) and first:
                problem = f"translated otherwise in {first_name} (give one of them a context)"
                found.append(Fault(name, key[0], problem))
        gone = entries(old).keys() - entries(fresh).keys()
        found += [Fault(name, text, "no longer in the sources: run manage.py messages") for text, _context in gone]
    if only is not None:
        wanted = str(catalogue_path(only, root).relative_to(root))
        found = [fault for fault in found if fault.catalogue == wanted]
    return found


def message_faults(name: str, message: Message) -> list[Fault]:
    """What is wrong with one entry."""
    text = key_of(message)[0]
    if not translated(message):
        return [Fault(name, text, "fuzzy translation" if message.fuzzy else "missing translation")]
    originals = [message.id] if isinstance(message.id, str) else list(message.id)
    strings = strings_of(message)
    allowed = set().union(*map(placeholders, originals))
    required = set.intersection(*map(placeholders, originals))
    return [
        Fault(name, text, f"placeholders differ ({' '.join(sorted(placeholders(string) ^ allowed))})")
        for string in strings
        if not (required if len(strings) > 1 else allowed) <= placeholders(string) <= allowed
    ]


def po_files(root: Path = ROOT) -> list[Path]:
    """Every catalogue of the project, whatever its language."""
    return sorted([*root.glob("locale/*/LC_MESSAGES/*.po"), *root.glob("apps/*/locale/*/LC_MESSAGES/*.po")])


def compile_all(root: Path = ROOT) -> int:
    """Write the .mo beside each .po that is newer, whole or not at all (two processes may do so at once)."""
    done = 0
    for path in po_files(root):
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
            continue
        partial = target.with_suffix(f".{os.getpid()}.tmp")
        with partial.open("wb") as handle:
            write_mo(handle, read(path))
        partial.replace(target)
        done += 1
    return done


def unwrapped(root: Path = ROOT, only: str | None = None) -> list[Fault]:
    """Chinese text that bypasses the catalogues: bare in a template, or in a script (attributes carry its texts)."""
    found = []
    for owner, path in sources(root):
        if path.suffix != ".py" and (only is None or owner == only):
            found += [Fault(str(path.relative_to(root)), text, "text outside translate") for text in bare_text(path)]
    for path in sorted((root / "static" / "js").rglob("*.js")) if only is None else []:
        code = re.sub(r"/\*.*?\*/|^\s*//.*?$", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        found += [Fault(str(path.relative_to(root)), text, "text in a script") for text in HAN.findall(code)]
    return found


def bare_text(path: Path) -> Iterator[str]:
    """Runs of Chinese in a template outside translation blocks, comments and elements that name their own language."""
    inside = ""
    text = []
    for token in Lexer(path.read_text(encoding="utf-8")).tokenize():
        word = token.contents.split()[0] if token.token_type == TokenType.BLOCK and token.contents.split() else ""
        if inside:
            inside = "" if word == f"end{inside}" else inside
        elif word in {"blocktranslate", "blocktrans", "comment"}:
            inside = word
        elif token.token_type == TokenType.TEXT:
            text.append(token.contents)
    yield from HAN.findall(OWN_LANGUAGE.sub("", "\n".join(text)))
