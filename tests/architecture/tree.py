"""The source tree as the architecture tests read it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# High to low: a name may only lean on what stands to its right (.importlinter).
APPS = [
    "portal",
    "certifying",
    "matters",
    "schemes",
    "certifications",
    "institutions",
    "workflow",
    "webhooks",
    "notifications",
    "documents",
    "parties",
    "accounts",
    "clock",
    "audit",
    "core",
]


def rank(app: str) -> int:
    """0 for the lowest app."""
    return len(APPS) - APPS.index(app)


def python_files(*folders: str) -> list[Path]:
    """Our Python files without migrations."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def layer_files(*names: str) -> list[Path]:
    """The files of a layer in every app: `services.py` or `services/*.py`."""
    found: list[Path] = []
    for name in names:
        found += [*ROOT.glob(f"apps/*/{name}.py"), *ROOT.glob(f"apps/*/{name}/**/*.py")]
    return sorted(found)


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))
