"""Migrations are one line per app, and nothing in the models waits for one."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.architecture.tree import APPS, ROOT


@pytest.mark.django_db
def test_nothing_is_missing() -> None:
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


@pytest.mark.django_db
@pytest.mark.parametrize("app", APPS)
def test_each_app_has_one_line(app: str) -> None:
    loader = MigrationLoader(connection)
    own = [key for key in loader.graph.nodes if key[0] == app]
    assert len(loader.graph.leaf_nodes(app)) == (1 if own else 0)
    for key in own:
        children = [child for child in loader.graph.node_map[key].children if child.key[0] == app]
        assert len(children) <= 1, f"{key[1]} has two successors"


def test_migrations_import_no_application_code() -> None:
    """A migration describes the past; code of today would change it. Constraint helpers of models are written out."""
    wrong = [
        str(path.relative_to(ROOT))
        for path in ROOT.glob("apps/*/migrations/*.py")
        for line in path.read_text().splitlines()
        if line.startswith(("from apps", "import apps")) and not line.startswith("from apps.core.schema")
    ]
    assert wrong == []
