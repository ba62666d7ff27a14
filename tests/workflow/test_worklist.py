"""The worklist over HTTP: every number leads to the list it counts; filters, sorting, tabs, bulk acts."""

import datetime as dt

import pytest

from apps.accounts.constants import Role
from apps.notifications.models import Message
from apps.parties.constants import NameKind
from apps.workflow.models import SavedView
from apps.workflow.services import claim
from tests import factories
from tests.workflow import casework
from tests.workflow.casework import actor, applicant, numbers, opened, signed_in, submitted, take
from tests.workflow.table import CLERK, LEADER, REVIEWER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


def test_every_count_leads_to_the_list_it_counts(now: dt.datetime) -> None:
    clerk = factories.staff(CLERK)
    late, near, fresh = (submitted(now, ago) for ago in (9, 3, 0))
    for file in (late, near):
        claim(actor=actor(clerk), now=now, file_id=file.pk)
    waiting = submitted(now)
    claim(actor=actor(clerk), now=now, file_id=waiting.pk)
    take(waiting, "correct", clerk, reason="缺材料", now=now)
    opened(now=now)  # a draft is nobody's work yet
    client = signed_in(clerk)
    first = client.get("/worklist/")
    assert {tab.url.partition("tab=")[2]: tab.count for tab in first.context["tabs"]} == {
        "mine": 3,
        "pool": 1,
        "soon": 1,
        "overdue": 1,
        "waiting": 1,
        "all": 4,
        "closed": 0,
    }
    for tab in first.context["tabs"]:
        assert client.get(tab.url).context["page"].paginator.count == tab.count, tab.label
    for figure in first.context["strip"]:
        if "url" in figure:
            assert str(client.get(figure["url"]).context["page"].paginator.count) == figure["value"]
    assert numbers(first) == [late.number, near.number, waiting.number]
    assert numbers(client.get("/worklist/?tab=pool")) == [fresh.number]


def test_a_leader_begins_with_everything(now: dt.datetime) -> None:
    file = submitted(now, 9)
    page = signed_in(factories.staff(LEADER)).get("/worklist/")
    assert numbers(page) == [file.number]
    assert [tab.label for tab in page.context["tabs"] if tab.current] == ["全部在办"]
    assert {tab.url.partition("tab=")[2]: tab.count for tab in page.context["tabs"]}["overdue"] == 1


def test_another_county_is_neither_listed_nor_counted(now: dt.datetime) -> None:
    submitted(now, division_code="520621")
    home = factories.unit("520602", division_code="520602", kind="branch")
    page = signed_in(factories.staff(CLERK, at=home)).get("/worklist/?tab=all")
    assert (numbers(page), page.context["page"].paginator.count) == ([], 0)
    assert all(tab.count == 0 for tab in page.context["tabs"])


def test_filters_and_sorting_stand_in_the_address(now: dt.datetime) -> None:
    clerk = factories.staff(CLERK)
    client = signed_in(clerk)
    organisation = factories.organisation(
        "示例·梵净山翠峰茶业有限公司", uscc="91520602MA6DL0011J", initials="slfjscfcyyxgs"
    )
    organisation.names.filter(kind=NameKind.REGISTERED).update(name=organisation.name)
    member, _organisation = applicant(organisation)
    tea = submitted(now, 2, by=member, organisation=organisation, matter="renewal", division_code="520621")
    other = submitted(now, 5)
    cases = {
        "q=翠峰": [tea],
        "q=slfjs": [tea],
        "q=91520602MA6DL0011J": [tea],
        f"q={other.number}": [other],
        "q=sl-": [other, tea],
        "matter=sample:renewal": [tea],
        "place=520621": [tea],
        "stage=sample:submitted": [other, tea],
        "stage=sample:correction": [],
        "due=later": [],
        "due=paused": [],
        "sort=-due": [tea, other],
        "sort=number": [tea, other],
        "sort=-received": [tea, other],
        "sort=received": [other, tea],
    }
    for query, expected in cases.items():
        found = numbers(client.get(f"/worklist/?tab=all&{query}"))
        assert found == [file.number for file in expected], query


@pytest.mark.parametrize("query", ["q=%25", "q=_", "q=%00", "q=';DROP TABLE x--", "page=999999999", "page=x", "view=9"])
def test_hostile_questions_do_no_harm(now: dt.datetime, query: str) -> None:
    submitted(now)
    assert signed_in(factories.staff(CLERK)).get(f"/worklist/?tab=all&{query}").status_code in (200, 400)


def test_an_address_that_outlived_its_view_marks_the_tab_of_its_filter(now: dt.datetime) -> None:
    page = signed_in(factories.staff(CLERK)).get("/worklist/?tab=pool&view=9")
    assert [tab.label for tab in page.context["tabs"] if tab.current] == ["待领取"]


@pytest.mark.parametrize("query", ["tab=nonsense", "sort=password", "stage=x:y", "due=never", "q=" + "长" * 101])
def test_a_faulty_question_is_answered_with_what_is_wrong(query: str) -> None:
    page = signed_in(factories.staff(CLERK)).get(f"/worklist/?{query}")
    assert (page.status_code, bool(page.context["form"].errors)) == (400, True)


def test_the_number_of_queries_does_not_grow(now: dt.datetime, counted) -> None:
    client = signed_in(factories.staff(LEADER))
    for ago in (0, 4, 9):
        submitted(now, ago)
    client.get("/worklist/")

    def count() -> int:
        with counted() as captured:
            client.get("/worklist/")
        return len(captured)

    before = count()
    for ago in (0, 1, 4, 9, 9, 10):
        submitted(now, ago)
    assert count() == before
    assert before <= 24


def test_a_filter_is_kept_as_a_tab_with_its_count_and_taken_away(now: dt.datetime) -> None:
    client, other = signed_in(factories.staff(CLERK)), signed_in(factories.staff(CLERK))
    submitted(now, matter="renewal")
    submitted(now)
    client.post("/worklist/tabs/?tab=all&matter=sample:renewal&nonsense=1", {"name": "延续件"})
    view = SavedView.objects.get()
    assert view.query == "tab=all&matter=sample%3Arenewal"
    tab = client.get("/worklist/").context["tabs"][-1]
    assert (tab.label, tab.count) == ("延续件", 1)
    page = client.get(tab.url)
    assert [t.label for t in page.context["tabs"] if t.current] == ["延续件"]
    assert page.context["page"].paginator.count == 1
    other.post(f"/worklist/tabs/{view.pk}/delete/")
    assert SavedView.objects.filter(pk=view.pk).exists()
    client.post(f"/worklist/tabs/{view.pk}/delete/")
    assert not SavedView.objects.exists()


def test_tabs_of_ones_own_are_bounded(now: dt.datetime) -> None:
    client = signed_in(factories.staff(CLERK))
    for n in range(21):
        client.post("/worklist/tabs/", {"name": f"标签{n}"})
    assert SavedView.objects.count() == 20
    client.post("/worklist/tabs/", {"name": ""})
    client.post("/worklist/tabs/", {"name": "长" * 21})
    assert SavedView.objects.count() == 20


class TestBulk:
    def test_assigning_shows_first_what_it_would_do(self, now: dt.datetime) -> None:
        client, clerk = signed_in(factories.staff(LEADER)), factories.staff(CLERK)
        fit, done = submitted(now), submitted(now)
        take(done, "withdraw", casework.applicant_of(done), now=now)
        chosen = f"file={fit.pk}&file={done.pk}"
        assert client.get(f"/worklist/assign/?{chosen}").context["outcomes"] is None
        page = client.get(f"/worklist/assign/?{chosen}&user={clerk.pk}")
        assert [(o.file, o.done) for o in page.context["outcomes"]] == [(fit, True), (done, False)]
        fit.refresh_from_db()
        assert fit.holder is None
        page = client.post("/worklist/assign/", {"file": [fit.pk, done.pk], "user": clerk.pk, "reason": ""})
        assert [(o.done, o.said) for o in page.context["outcomes"]] == [
            (True, "已分派"),
            (False, "该件已办结。"),
        ]
        fit.refresh_from_db()
        assert fit.holder == clerk

    def test_one_foreign_file_refuses_the_whole_batch(self, now: dt.datetime) -> None:
        home = factories.unit("520602", division_code="520602", kind="branch")
        client, clerk = signed_in(factories.staff(LEADER, at=home)), factories.staff(CLERK, at=home)
        own, foreign = submitted(now), submitted(now, division_code="520621")
        chosen = {"file": [own.pk, foreign.pk], "user": clerk.pk}
        assert client.post("/worklist/assign/", chosen).status_code == 404
        assert client.post("/worklist/remind/", chosen).status_code == 404
        own.refresh_from_db()
        assert own.holder is None

    def test_reminding_reaches_whom_each_file_waits_for_once_a_day(self, now: dt.datetime) -> None:
        client, clerk = signed_in(factories.staff(LEADER)), factories.staff(CLERK)
        held, correction = submitted(now), submitted(now)
        claim(actor=actor(clerk), now=now, file_id=held.pk)
        take(correction, "correct", factories.staff(CLERK), reason="缺材料", now=now)
        chosen = {"file": [held.pk, correction.pk], "note": "请尽快"}
        preview = client.get(f"/worklist/remind/?file={held.pk}&file={correction.pk}")
        assert [o.done for o in preview.context["outcomes"]] == [True, True]
        assert not Message.objects.filter(topic="workflow.reminded").exists()
        page = client.post("/worklist/remind/", chosen)
        assert [o.done for o in page.context["outcomes"]] == [True, True]
        told = set(Message.objects.filter(topic="workflow.reminded").values_list("recipient", flat=True))
        assert told == {clerk.pk, casework.applicant_of(correction).pk}
        again = client.post("/worklist/remind/", chosen)
        assert [o.said for o in again.context["outcomes"]] == ["今天已经提醒过"] * 2

    @pytest.mark.parametrize("query", ["", "file=x", "&".join(f"file={n}" for n in range(1, 202))])
    def test_none_or_too_many_is_said(self, query: str) -> None:
        assert signed_in(factories.staff(LEADER)).get(f"/worklist/assign/?{query}").status_code == 422

    def test_without_a_person_nothing_happens(self, now: dt.datetime) -> None:
        file = submitted(now)
        assert signed_in(factories.staff(LEADER)).post("/worklist/assign/", {"file": file.pk}).status_code == 422


def test_an_expert_sees_no_pool(now: dt.datetime) -> None:
    submitted(now)
    page = signed_in(factories.staff(Role.REVIEW_EXPERT)).get("/worklist/?tab=all")
    assert numbers(page) == []
    assert "这里没有待办的件" in page.content.decode()


def test_names_are_inert(now: dt.datetime) -> None:
    organisation = factories.organisation("<img src=x onerror=alert(1)>")
    member, _organisation = applicant(organisation)
    submitted(now, by=member, organisation=organisation)
    assert "<img src=x" not in signed_in(factories.staff(CLERK)).get("/worklist/?tab=all").content.decode()


def test_only_leaders_choose_files(now: dt.datetime) -> None:
    submitted(now)
    assert b'name="file"' not in signed_in(factories.staff(REVIEWER)).get("/worklist/?tab=all").content
    assert b'name="file"' in signed_in(factories.staff(LEADER)).get("/worklist/?tab=all").content
