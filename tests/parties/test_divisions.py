import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from apps.core.actors import Actor
from apps.parties import selectors
from apps.parties.models import Division
from apps.parties.rules.divisions import follow, parse_successors
from apps.parties.services.divisions import load_divisions

ACTOR = Actor.system("test")


@pytest.fixture
def loaded(db):
    load_divisions(actor=ACTOR, now=timezone.now())


@pytest.mark.usefixtures("loaded")
class TestLoaded:
    def test_a_second_run_changes_nothing(self, capsys) -> None:
        before = Division.objects.count()
        assert load_divisions(actor=ACTOR, now=timezone.now())["changed"] == 0
        call_command("load_divisions")
        assert "0 changed" in capsys.readouterr().out
        assert Division.objects.count() == before > 6_000

    def test_tongren_has_ten_counties_with_names_in_both_languages(self) -> None:
        assert [code for code, _ in selectors.county_choices()] == [
            "520602", "520603", "520621", "520622", "520623", "520624", "520625", "520626", "520627", "520628",
        ]  # fmt: skip
        english = " ".join(name for _, name in selectors.county_choices("en"))
        for county in ("Bijiang", "Wanshan", "Jiangkou", "Yuping", "Shiqian", "Sinan", "Yinjiang", "Songtao"):
            assert county in english
        assert selectors.division_name("520628") == "松桃苗族自治县"

    def test_townships_and_zones_have_names(self) -> None:
        assert selectors.division_name("520602005") == "灯塔街道"
        assert selectors.place_name("520622", "DALONG") == "大龙经济开发区"
        assert selectors.place_name("520622", "DALONG", "en") == "Dalong Economic Development Zone"
        with translation.override("en"):
            assert selectors.division_name("520100") == "Gui Yang Shi"

    def test_repealed_codes_lead_to_those_in_use(self) -> None:
        assert selectors.current_codes("522201") == ("520602", "520603")
        assert selectors.current_codes("522221") == ("520602", "520603")  # through 522201
        assert selectors.current_codes("522230") == ("520603",)
        assert selectors.current_codes("452223") == ("450223",)  # partial transfers of 1983 and 1984 do not count
        assert selectors.current_codes("520621") == ("520621",)
        assert selectors.current_codes("999999") == ("999999",)

    def test_a_repealed_code_keeps_its_last_name_and_first_year(self) -> None:
        row = Division.objects.get(pk="522226")
        assert (row.name, row.since, row.until) == ("印江土家族苗族自治县", 1981, 2011)
        assert Division.objects.get(pk="520621").until is None

    def test_every_successor_chain_ends_in_a_code_in_use(self) -> None:
        in_use = set(Division.objects.filter(until=None).values_list("code", flat=True))
        dead_ends = {
            code
            for code in Division.objects.exclude(until=None).exclude(successors=[]).values_list("code", flat=True)
            if not set(selectors.current_codes(code)) <= in_use
        }
        assert len(dead_ends) < 30, sorted(dead_ends)  # the source leaves a few chains open

    def test_names_cost_no_query_after_the_first(self, counted) -> None:
        selectors.division_name("520602")
        with counted() as queries:
            selectors.division_name("520621")
            selectors.current_codes("522201")
        assert len(queries) == 0


@pytest.mark.django_db
def test_without_data_a_code_is_its_own_name_and_nothing_is_remembered() -> None:
    assert selectors.division_name("520602") == "520602"
    load_divisions(actor=ACTOR, now=timezone.now())
    assert selectors.division_name("520602") == "碧江区"


def test_successors_are_read_with_and_without_years() -> None:
    assert parse_successors("450200[1983];450223") == [["450200", 1983], ["450223", None]]
    assert parse_successors("") == []


def test_a_circle_of_successors_ends() -> None:
    assert follow("1", {"1": [["2", None]], "2": [["1", None]]}) == ("1",)
