"""No test may depend on how fast the machine is: what a page asks of the database is counted with clocks at rest."""

import ast

from tests.architecture.tree import ROOT, parse, python_files, relative

# Work that measures how long it may go on; none of it answers a page.
TIMES_ITSELF = ("/management/", "/services/", "apps/notifications/pacemaker.py")


def names(tree: ast.AST) -> set[str]:
    return {node.attr if isinstance(node, ast.Attribute) else node.id for node in ast.walk(tree)
            if isinstance(node, ast.Attribute | ast.Name)}  # fmt: skip


def test_what_a_page_keeps_goes_by_the_clock_that_tests_stop() -> None:
    files = [path for path in python_files("apps") if path != ROOT / "apps" / "core" / "keeping.py"]
    answering = [path for path in files if not any(part in relative(path) for part in TIMES_ITSELF)]
    assert [relative(path) for path in answering if "monotonic" in names(parse(path))] == [], "use apps.core.keeping"


def test_queries_are_counted_with_the_clock_at_rest() -> None:
    others = [path for path in python_files("tests") if path != ROOT / "tests" / "conftest.py"]
    loose = {"CaptureQueriesContext", "assertNumQueries"}
    assert [relative(path) for path in others if names(parse(path)) & loose] == [], "use the fixture `counted`"
