"""Home pages: every number leads to the list it counts, and nobody sees what is not theirs."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role, UnitKind
from apps.accounts.models import User
from apps.core.calendar import today
from apps.core.models import Draft, JobRun
from tests import factories
from tests.institutions.casework import Case, prepare

NOW = timezone.now()


def in_days(days: int) -> dt.date:
    return today(timezone.now()) + dt.timedelta(days=days)


@pytest.mark.django_db
def test_the_desk_counts_what_its_lists_hold(client: Client) -> None:
    for days, division in [(5, "520602"), (40, "520602"), (80, "520621")]:
        factories.certificate(valid_to=in_days(days), division_code=division)
    client.force_login(factories.staff(Role.SUPERVISOR))
    desk = client.get("/desk/").context["desk"]
    assert [figure.value for figure in desk.expiring] == [1, 2, 3]
    for figure in desk.expiring:
        assert client.get(figure.url).context["page"].paginator.count == figure.value
    bijiang = next(tile for tile in desk.tiles if tile.value == 2)
    assert client.get(bijiang.url).context["page"].paginator.count == 2
    for figure in desk.waiting:
        assert client.get(figure.url).status_code == 200, figure.label


@pytest.mark.django_db
def test_a_branch_sees_its_own_county_and_no_map(client: Client) -> None:
    branch = factories.unit("jiangkou", "520621", UnitKind.BRANCH)
    factories.certificate(valid_to=in_days(5), division_code="520602")
    factories.certificate(valid_to=in_days(5), division_code="520621")
    client.force_login(factories.staff(Role.OFFICER, at=branch))
    desk = client.get("/desk/").context["desk"]
    assert [figure.value for figure in desk.expiring] == [1, 1, 1]
    assert desk.tiles == []
    listed = client.get("/desk/expiring/", {"division": "520602"}).context["page"]
    assert listed.paginator.count == 0


@pytest.mark.django_db
def test_roles_without_casework_get_an_empty_desk(client: Client) -> None:
    factories.certificate(valid_to=in_days(5))
    client.force_login(factories.staff(Role.SEAL_KEEPER))
    page = client.get("/desk/")
    desk = page.context["desk"]
    assert {figure.url.partition("?")[0] for figure in desk.waiting} == {reverse("workflow:worklist")}  # the seal's own
    assert desk.expiring == []
    assert client.get("/desk/expiring/").status_code == 403


@pytest.mark.django_db
def test_late_jobs_alarm_those_who_watch_operations(client: Client) -> None:
    long_ago = timezone.now() - dt.timedelta(days=3)
    JobRun.objects.create(
        name="certifications.expiry", promised_every=dt.timedelta(hours=1), started_at=long_ago, succeeded_at=long_ago
    )
    client.force_login(factories.staff(Role.LEADER))
    assert "证书到期处理" in client.get("/desk/").content.decode()
    client.force_login(factories.staff(Role.REVIEWER))
    assert "证书到期处理" not in client.get("/desk/").content.decode()


@pytest.mark.django_db
def test_odd_filters_fall_back_instead_of_failing(client: Client) -> None:
    client.force_login(factories.staff(Role.SUPERVISOR))
    for query in ({"within": "abc"}, {"division": "' OR 1=1"}, {"page": "10" * 9}, {"within": "30", "page": "-1"}):
        assert client.get("/desk/expiring/", query).status_code == 200


@pytest.mark.django_db
def test_obligations_are_those_of_the_organisations_acted_for(client: Client) -> None:
    mine, other = factories.organisation("示例·我的茶厂"), factories.organisation("示例·别家茶厂")
    factories.certificate(mine, valid_to=in_days(10), number="MINE-1")
    factories.certificate(other, valid_to=in_days(10), number="OTHER-1")
    user = factories.person()
    factories.member(user, mine)
    client.force_login(user)
    page = client.get("/my/").content.decode()
    assert "MINE-1" in page
    assert "OTHER-1" not in page
    assert "次日自动失效" in page


@pytest.mark.django_db
def test_what_waits_for_the_institution_is_on_its_home_page(client: Client, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()
    case = Case().to("submitted")
    client.force_login(case.person("applicant"))
    assert case.file.number not in client.get("/my/").content.decode()  # it is the bureau's turn
    case.point()
    case.take(Role.WINDOW_CLERK, "correct")
    page = client.get("/my/").content.decode()
    assert f'href="/institutions/cases/{case.file.pk}/"' in page
    assert case.file.due_on.isoformat() in page
    assert "年度报告" in page or "公开承诺" in page  # what every institution owes


def begun(user: User, key: str, path: str, organisation: int = 0) -> Draft:
    about = {"title": f"示例草稿 {key}", "path": path}
    return Draft.objects.create(person_id=user.pk, organisation_id=organisation, key=key, saved_at=NOW, **about)


@pytest.mark.django_db
def test_what_one_has_begun_is_on_the_home_page_for_whomever_one_acts(client: Client) -> None:
    user, mine, former = factories.person(), factories.organisation("示例·草稿茶厂"), factories.organisation()
    factories.member(user, mine)
    factories.member(user, former, ends_on=in_days(-1))
    begun(user, "a", "/a/")
    begun(user, "b", "/b/", mine.pk)
    begun(user, "c", "/c/", former.pk)
    begun(factories.person(), "d", "/d/", mine.pk)
    client.force_login(user)
    page = client.get("/my/").content.decode()
    assert [path for path in ("/a/", "/b/", "/c/", "/d/") if f'href="{path}"' in page] == ["/a/", "/b/"]
    assert re.search(r"示例·草稿茶厂(</span>)? · ", page)


@pytest.mark.django_db
def test_a_draft_is_given_up_from_the_list_by_its_author_alone(client: Client) -> None:
    user = factories.staff(Role.WINDOW_CLERK)
    own, foreign = begun(user, "a", "/a/"), begun(factories.person(), "a", "/a/")
    client.force_login(user)
    assert 'href="/a/"' in client.get("/desk/").content.decode()
    address = reverse("portal:draft_discard", args=[foreign.pk])
    assert client.post(address).status_code == 404
    assert client.post(reverse("portal:draft_discard", args=[own.pk])).url == "/desk/"
    assert list(Draft.objects.all()) == [foreign]


@pytest.mark.django_db
def test_a_claim_begun_for_nobody_is_found_again_after_another_was_confirmed(client: Client) -> None:
    user = factories.person()
    client.force_login(user)
    client.post("/organisations/claims/new/", {"position": "厂长", "_draft": "save"})
    factories.member(user, factories.organisation())
    assert 'href="/organisations/claims/new/"' in client.get("/my/").content.decode()
    assert 'value="厂长"' in client.get("/organisations/claims/new/").content.decode()


@pytest.mark.django_db
def test_an_ended_membership_shows_nothing_and_says_how_to_bind(client: Client) -> None:
    organisation = factories.organisation()
    factories.certificate(organisation, valid_to=in_days(10), number="GONE-1")
    user = factories.person()
    factories.member(user, organisation, ends_on=in_days(-1))
    client.force_login(user)
    page = client.get("/my/").content.decode()
    assert "GONE-1" not in page
    assert "/organisations/claims/new/" in page


@pytest.mark.django_db
def test_home_pages_ask_little_of_the_database(client: Client, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(1):
        client.get("/")
    organisation = factories.organisation()
    for _ in range(20):
        factories.certificate(organisation, valid_to=in_days(10))
    user = factories.person()
    factories.member(user, organisation)
    client.force_login(user)
    client.get("/my/")
    with django_assert_max_num_queries(12):
        client.get("/my/")
