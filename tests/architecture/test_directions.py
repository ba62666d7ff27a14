"""Directions that import-linter cannot see: foreign keys by name, URL names and includes in templates."""

import ast

import pytest
from django.apps import apps

from apps.core import templatecheck
from apps.core.catalogues import template_owner
from tests.architecture.tree import APPS, ROOT, parse, python_files, rank, relative

# Parts of the frame that every page shares; they know the whole portal (navigation, account menu).
SHARED = ""
HOME = "portal:home"  # the root of the site: a way back for everybody


def test_the_order_here_is_that_of_import_linter() -> None:
    contract = (ROOT / ".importlinter").read_text().split("[importlinter:contract:apps]")[1]
    listed = contract.split("layers =")[1].split("exhaustive")[0].split()
    assert listed == APPS


def test_every_app_stands_in_the_order() -> None:
    assert {path.parent.name for path in ROOT.glob("apps/*/apps.py")} == set(APPS)


@pytest.mark.parametrize("app", APPS)
def test_foreign_keys_point_downwards(app: str) -> None:
    upwards = [
        f"{model.__name__}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if getattr(field, "related_model", None) and field.concrete
        if field.related_model._meta.app_label in APPS
        if rank(field.related_model._meta.app_label) > rank(app)
    ]
    assert upwards == []


def test_templates_lean_downwards() -> None:
    upwards = []
    for path in templatecheck.template_files(ROOT):
        parts = path.relative_to(ROOT / "templates").parts
        owner = template_owner(parts, set(APPS))
        for reference in templatecheck.references(path):
            target = owner_of(reference)
            if owner != SHARED and target in APPS and rank(target) > rank(owner):
                upwards.append(f"{relative(path)}: {reference.name}")
    assert upwards == []


def owner_of(reference: templatecheck.Reference) -> str:
    """The app that a URL name or a template belongs to; empty for shared and third-party ones."""
    if reference.kind == "url":
        if reference.name == HOME:
            return SHARED
        return reference.name.split(":")[0] if ":" in reference.name else SHARED
    return template_owner(tuple(reference.name.split("/")), set(APPS))


def test_urls_named_in_code_point_downwards() -> None:
    upwards = []
    for path in python_files("apps"):
        app = path.relative_to(ROOT / "apps").parts[0]
        for name in url_names_in(parse(path)):
            target = name.split(":")[0]
            if name != HOME and app in APPS and target in APPS and rank(target) > rank(app):
                upwards.append(f"{relative(path)}: {name}")
    assert upwards == []


def url_names_in(tree: ast.Module) -> list[str]:
    """The literal first arguments of reverse(), reverse_lazy() and redirect()."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    named = [call for call in calls if getattr(call.func, "id", "") in {"reverse", "reverse_lazy", "redirect"}]
    texts = [call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)]
    return [text for text in texts if isinstance(text, str) and ":" in text]
