"""The reference tables for everyone: whole, with their sources, in both languages."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.portal.views.reference import TABLES
from tests.reference import load_register

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reference() -> None:
    load_register()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("projects", ["A010101", "【未核实】", "代码未核实", "代码已核对"]),
        ("standards", ["GB/T 28001-2011", "GB/T 45001-2020"]),
        ("sectors", ["IAF ID 1", ">39<"]),
        ("industries", ["GB/T 4754", ">A01<"]),
        (
            "catalogue",
            [
                "17 大类 106 种；本平台收录 106 种",
                "16 大类 96 种；本平台收录 96 种",
                '0205</span> <span class="code">0207',
                "2502",
            ],
        ),
        ("bodies", ["CNCA-R-2002-001"]),
        ("sources", [">national<", "最近报送"]),
    ],
)
def test_each_table_is_open_to_everyone(name: str, shown: list[str], django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(6):
        response = Client().get(reverse("portal:reference", args=[name]))
    assert response.status_code == 200
    page = response.content.decode()
    assert [text for text in shown if text not in page] == []


def test_the_tables_link_to_each_other_and_open_data_to_them() -> None:
    page = Client().get(reverse("portal:reference", args=["projects"])).content.decode()
    assert all(reverse("portal:reference", args=[name]) in page for name in TABLES)
    assert reverse("portal:reference", args=["projects"]) in Client().get(reverse("portal:open_data")).content.decode()
    assert Client().get("/reference/nothing/").status_code == 404
