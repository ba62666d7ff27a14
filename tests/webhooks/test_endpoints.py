"""Endpoints: who may, what is refused, what the trail says, and the pages."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry
from apps.core.actors import Actor
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.parties.constants import MembershipRole
from apps.parties.services.merges import decide_merge, suggest_merge, undo_merge
from apps.webhooks import services
from apps.webhooks.models import Delivery, Endpoint
from apps.webhooks.services.endpoints import MOST_ENDPOINTS, secret_of
from tests import factories
from tests.webhooks.conftest import NOW

pytestmark = pytest.mark.django_db
GOOD = {"name": "质量系统", "url": "https://hooks.example.org/in", "topics": ["file.step"]}


@pytest.fixture
def plain(owner):
    return services.add_endpoint(actor=owner, now=NOW, organisation_id=owner.organisation_id, **GOOD)


def browse(user):
    client = Client()
    client.force_login(user)
    return client


def test_a_manager_adds_one_and_the_trail_tells_it_without_the_secret(owner, plain):
    entry = AuditEntry.objects.get(action="webhooks.endpoint.add")
    assert entry.after["url"] == GOOD["url"]
    assert secret_of(plain) not in str(entry.after)
    assert secret_of(plain).startswith("whsec_")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "webhook.name"),
        ({"name": "字" * 61}, "webhook.name"),
        ({"url": "http://example.org"}, "webhook.url"),
        ({"url": "https://127.0.0.1/"}, "webhook.private"),
        ({"topics": []}, "webhook.topic"),
        ({"topics": ["no.such"]}, "webhook.topic"),
    ],
)
def test_faults_are_named(owner, changes, code):
    with pytest.raises(ProblemsFound) as found:
        services.add_endpoint(actor=owner, now=NOW, organisation_id=owner.organisation_id, **{**GOOD, **changes})
    assert [problem.code for problem in found.value.problems] == [code]


def test_the_same_name_twice_and_too_many_are_refused(owner, plain):
    with pytest.raises(ProblemsFound):
        services.add_endpoint(actor=owner, now=NOW, organisation_id=owner.organisation_id, **GOOD)
    for n in range(MOST_ENDPOINTS - 1):
        services.add_endpoint(
            actor=owner, now=NOW, organisation_id=owner.organisation_id, **{**GOOD, "name": f"系统{n}"}
        )
    with pytest.raises(Refused, match="上限"):
        services.add_endpoint(actor=owner, now=NOW, organisation_id=owner.organisation_id, **{**GOOD, "name": "又一个"})


def test_nobody_but_managers_may(owner, plain):
    member = factories.person()
    factories.member(member, plain.organisation, MembershipRole.MEMBER)
    other = factories.person()
    factories.member(other, factories.organisation("示例·别家"))
    for user in (member, other, factories.staff(Role.SYSTEM_ADMIN), None):
        actor = Actor("x", user=user)
        with pytest.raises(Refused):
            services.add_endpoint(actor=actor, now=NOW, organisation_id=plain.organisation_id, **{**GOOD, "name": "新"})
        for act in (services.ping, services.new_secret):
            with pytest.raises(Refused):
                act(actor=actor, now=NOW, endpoint_id=plain.pk)
        with pytest.raises(Refused):
            services.change_state(actor=actor, now=NOW, endpoint_id=plain.pk, version=1, to="ended")


def test_states_move_as_they_may_and_by_the_version_that_was_seen(owner, plain):
    def move(to, version):
        return services.change_state(actor=owner, now=NOW, endpoint_id=plain.pk, version=version, to=to)

    with pytest.raises(Refused):
        move("active", 1)
    move("paused", 1)
    with pytest.raises(StaleVersion):
        move("active", 1)
    move("active", 2)
    move("ended", 3)
    with pytest.raises(Refused):
        move("active", 4)
    with pytest.raises(Refused):
        services.ping(actor=owner, now=NOW, endpoint_id=plain.pk)


def test_a_new_secret_is_another_one(owner, plain):
    before = secret_of(plain)
    assert secret_of(services.new_secret(actor=owner, now=NOW, endpoint_id=plain.pk)) != before


def test_an_endpoint_goes_over_in_a_merge_and_comes_back(owner, plain):
    kept = factories.organisation("示例·存续", uscc="91520602MA6DL0011J")
    system = Actor.system("test")
    pair = suggest_merge(actor=system, now=NOW, first_id=kept.pk, second_id=plain.organisation_id)
    clerk = Actor("x", user=factories.staff(Role.WINDOW_CLERK))
    act = {"actor": clerk, "now": NOW, "merge_id": pair.pk, "reason": "同一家"}
    pair = decide_merge(**act, kept_id=kept.pk, version=pair.version)
    plain.refresh_from_db()
    assert plain.organisation_id == kept.pk
    undo_merge(**act, version=pair.version)
    plain.refresh_from_db()
    assert plain.organisation_id == owner.organisation_id


def test_the_pages_show_the_secret_once_and_the_log(owner, plain):
    client = browse(owner.user)
    wanted = {**GOOD, "name": "第二个"}
    answer = client.post(reverse("webhooks:new", args=[owner.organisation_id]), wanted)
    made = Endpoint.objects.get(name="第二个")
    assert answer.status_code == 201
    assert secret_of(made) in answer.content.decode()
    page = client.get(reverse("webhooks:detail", args=[made.pk])).content.decode()
    assert secret_of(made) not in page
    client.post(reverse("webhooks:ping", args=[made.pk]))
    delivery = Delivery.objects.get()
    page = client.get(reverse("webhooks:delivery", args=[delivery.pk])).content.decode()
    assert str(delivery.uid) in page
    answer = client.post(reverse("webhooks:new_secret", args=[made.pk]))
    made.refresh_from_db()
    assert secret_of(made) in answer.content.decode()


def test_a_faulty_form_keeps_its_input(owner):
    answer = browse(owner.user).post(
        reverse("webhooks:new", args=[owner.organisation_id]), {**GOOD, "url": "https://10.0.0.8/"}
    )
    assert answer.status_code == 422
    assert "https://10.0.0.8/" in answer.content.decode()


def test_others_find_nothing(owner, plain):
    delivery = services.ping(actor=owner, now=NOW, endpoint_id=plain.pk)
    stranger = factories.person()
    factories.member(stranger, factories.organisation("示例·别家"))
    for user in (stranger, factories.staff(Role.SUPERVISOR)):
        client = browse(user)
        for name, pk in [("detail", plain.pk), ("new_secret", plain.pk), ("delivery", delivery.pk)]:
            assert client.get(reverse(f"webhooks:{name}", args=[pk])).status_code == 404
        for name, pk in [("ping", plain.pk), ("state", plain.pk), ("replay", delivery.pk), ("new_secret", plain.pk)]:
            assert client.post(reverse(f"webhooks:{name}", args=[pk])).status_code == 404
        assert client.get(reverse("webhooks:new", args=[owner.organisation_id])).status_code == 404


@pytest.mark.parametrize("state", [{}, {"to": "gone", "version": 1}, {"to": "paused", "version": "x"}])
def test_a_crafted_state_is_no_error_page(owner, plain, state):
    assert browse(owner.user).post(reverse("webhooks:state", args=[plain.pk]), state).status_code == 404
