"""What a service refuses is shown on the form that was sent: a view that puts problems on fields puts refusals there
too (apps.core.forms.put_problems takes both). One that forgets leads its author away from what they typed."""

import ast
from collections.abc import Iterator

from tests.architecture.tree import parse, python_files, relative

SHOWING = {"put_problems", "add_error"}
REFUSALS = {"Refused", "StaleVersion"}


def caught(handler: ast.ExceptHandler) -> set[str]:
    return {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)} if handler.type else set()


def shows(handler: ast.ExceptHandler) -> bool:
    calls = [node.func for node in ast.walk(handler) if isinstance(node, ast.Call)]
    return any((call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "")) in SHOWING for call in calls)


def forgetful(tree: ast.AST) -> Iterator[int]:
    for block in (node for node in ast.walk(tree) if isinstance(node, ast.Try)):
        every = set().union(*(caught(handler) for handler in block.handlers))
        for handler in block.handlers:
            if "ProblemsFound" in caught(handler) and shows(handler) and not every & REFUSALS:
                yield handler.lineno


def test_who_shows_problems_on_a_form_shows_refusals_too() -> None:
    views = [path for path in python_files("apps") if "/views" in relative(path)]
    assert views
    assert [f"{relative(path)}:{line}" for path in views for line in forgetful(parse(path))] == []
