"""What is wrong with templates before anybody opens the page: syntax, dead links, missing includes, CSP violations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import Node, Template, TemplateDoesNotExist, TemplateSyntaxError, engines
from django.template.base import Lexer, TokenType
from django.template.defaulttags import URLNode
from django.template.loader_tags import ExtendsNode, IncludeNode
from django.urls import URLResolver, get_resolver

# The Content-Security-Policy forbids these; a browser would drop them silently.
FORBIDDEN = {
    "style attribute": re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.IGNORECASE),
    "event attribute": re.compile(r"<[a-z][^<>]*\s(?:on[a-z]+|hx-on[:\w-]*)\s*=", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/)[^>]*>", re.IGNORECASE),
    "inline style sheet": re.compile(r"<style\b", re.IGNORECASE),
    "javascript: address": re.compile(r"=\s*[\"']?javascript:", re.IGNORECASE),
}
_FILTER = re.compile(r"\|\s*(\w+)")
# Mail clients know no style sheets of ours, so their HTML may carry style attributes.
MAIL = "email"


@dataclass(frozen=True, slots=True)
class Reference:
    """What a template names: a URL ("url") or another template ("template")."""

    kind: str
    name: str


def template_files(root: Path | None = None) -> list[Path]:
    """The project's own templates."""
    root = root or Path(settings.BASE_DIR)
    own = [*(root / "templates").rglob("*"), *root.glob("apps/*/templates/**/*")]
    return sorted(path for path in own if path.suffix in {".html", ".txt", ".svg", ".xml"})


def url_names(resolver: URLResolver | None = None, namespaces: tuple[str, ...] = ()) -> Iterator[str]:
    """Every name that `{% url %}` can resolve."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from url_names(entry, (*namespaces, entry.namespace) if entry.namespace else namespaces)
        elif entry.name:
            yield ":".join([*namespaces, entry.name])


def compiled(path: Path) -> Template:
    """The template of a file. Raises TemplateSyntaxError."""
    template: Template = engine().from_string(path.read_text(encoding="utf-8"))
    return template


def engine() -> Any:
    """Django's own engine behind the backend, whose templates show their nodes."""
    backend: Any = engines["django"]
    return backend.engine


def references(path: Path) -> set[Reference]:
    """Every constant URL name, include and parent of a template."""
    nodelist = compiled(path).nodelist
    found = {Reference("url", name) for node in nodelist.get_nodes_by_type(URLNode) if (name := constant(node))}
    for kind, attribute in ((IncludeNode, "template"), (ExtendsNode, "parent_name")):
        for node in nodelist.get_nodes_by_type(kind):
            if name := constant(node, attribute):
                found.add(Reference("template", name))
    return found


def constant(node: Node, attribute: str = "view_name") -> str | None:
    """The text that a tag was given literally; None for a variable."""
    value = getattr(node, attribute).var
    return value if isinstance(value, str) else None


def faults(root: Path | None = None) -> list[str]:
    """Everything wrong with the project's templates, one line each."""
    root = root or Path(settings.BASE_DIR)
    known = set(url_names())
    return [f"{path.relative_to(root)}: {fault}" for path in template_files(root) for fault in faults_of(path, known)]


def faults_of(path: Path, known_urls: set[str]) -> Iterator[str]:
    """What is wrong with one template."""
    if path.suffix == ".html" and MAIL not in path.parts:
        yield from forbidden(path)
    try:
        named = references(path)
    except TemplateSyntaxError as error:
        yield f"syntax: {error}"
        return
    for library in unused_loads(path):
        yield f"loads {library} and uses nothing of it"
    for reference in sorted(named, key=lambda reference: reference.name):
        if reference.kind == "url" and reference.name not in known_urls:
            yield f"no URL is called {reference.name!r}"
        if reference.kind == "template" and not exists(reference.name):
            yield f"no template is called {reference.name!r}"


def forbidden(path: Path) -> Iterator[str]:
    """What the browser would drop, comments left out."""
    text = re.sub(r"{#.*?#}|{% comment .*?{% endcomment %}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for name, pattern in FORBIDDEN.items():
        for match in pattern.finditer(text):
            yield f"{name}: {match.group(0)[:80]}"


def unused_loads(path: Path) -> list[str]:
    """The tag libraries that a template loads, though it uses none of their tags and filters."""
    loaded: list[str] = []
    used: set[str] = set()
    for token in Lexer(path.read_text(encoding="utf-8")).tokenize():
        words = token.split_contents() if token.token_type == TokenType.BLOCK else []
        if words[:1] == ["load"]:
            loaded += words[1:] if "from" not in words else words[-1:]
        elif token.token_type in (TokenType.BLOCK, TokenType.VAR):
            used |= {*words[:1], *_FILTER.findall(token.contents)}
    libraries = engine().template_libraries
    return [name for name in loaded if not used & {*libraries[name].tags, *libraries[name].filters}]


def exists(name: str) -> bool:
    try:
        engine().find_template(name)
    except TemplateDoesNotExist:
        return False
    except TemplateSyntaxError:
        return True
    return True
