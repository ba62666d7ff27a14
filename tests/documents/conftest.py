"""What the tests of documents share: a subject that anybody may be let into, an organisation, a clock."""

import datetime as dt
from types import SimpleNamespace

import pytest

from apps.accounts.selectors import actor_for
from apps.core.actors import Actor
from apps.documents import access
from tests import factories

NOW = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)
CASE = "test_case"


@pytest.fixture
def media(settings, tmp_path):
    """Files of one test only."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def case(db, media):
    """A case of an organisation: its person hands in, and whoever is in `seen_by` may look."""
    organisation = factories.organisation()
    person = factories.person()
    factories.member(person, organisation)
    seen_by = {person.pk}
    access.register(
        CASE,
        lambda user, _organisation_id, _subject_id: user.pk in seen_by,
        add=lambda user, _organisation_id, _subject_id: user.pk == person.pk,
        kinds=[("manual", "管理体系文件"), ("other", "其他材料")],
        page=lambda subject_id: f"/cases/{subject_id}/",
    )
    actor = actor_for(person, organisation_id=organisation.pk)
    yield SimpleNamespace(
        organisation=organisation,
        person=person,
        actor=actor,
        seen_by=seen_by,
        kind=CASE,
        id=7,
        system=Actor.system("t"),
    )
    access.unregister(CASE)
