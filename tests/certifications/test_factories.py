import pytest

from tests import factories


@pytest.mark.django_db
def test_a_certificate_has_its_first_period_and_status() -> None:
    made = factories.certificate(scope="绿茶的种植与加工")
    assert made.periods.count() == made.status_changes.count() == 1
