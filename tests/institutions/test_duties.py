"""What an institution owes, and how it is done: commitments, annual reports, samples."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.audit.models import AuditEntry, PublicFact
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.institutions.models import AnnualReport, Commitment, ReportSample
from apps.institutions.rules.duties import due_on, last_quarter, quarter_end
from apps.institutions.selectors.duties import duties_of
from apps.institutions.services.commitments import (
    draft_commitment,
    publish_commitment,
    record_breach,
    sign_commitment,
)
from apps.institutions.services.reports import YearFigures, file_annual_report, file_sample
from tests import factories
from tests.institutions.house import TODAY, browse, call, lab, rules, staff, url, version_offered

pytestmark = pytest.mark.django_db
TEXT = "本机构承诺依法依规开展检验检测，独立公正，诚实守信，对出具的报告负责，接受社会监督。" * 2
FIGURES = YearFigures(reports_issued=1200, clients=80, staff_count=42, proficiency_tests=3, complaints=0)
YEAR, QUARTER = last_quarter(TODAY)
IN_QUARTER = quarter_end(YEAR, QUARTER).isoformat()


def published(made, user, kind: str = "commitment") -> Commitment:
    row = draft_commitment(**call(user), institution_id=made.pk, kind=kind, text=TEXT)
    row = sign_commitment(**call(user), commitment_id=row.pk, version=row.version, signed_by="示例乙")
    return publish_commitment(**call(user), commitment_id=row.pk, version=row.version)


class TestCommitments:
    def test_drafted_signed_published_and_due_in_a_year(self) -> None:
        rules()
        made, user = lab()
        row = published(made, user)
        assert (row.state, row.refresh_due) == ("published", due_on(TODAY, months=12, days=0))
        fact = PublicFact.objects.get(kind="commitment.published", subject_id=made.token)
        assert "独立公正" in fact.payload
        assert "示例乙" not in fact.payload
        assert AuditEntry.objects.filter(action__startswith="institutions.commitment.").count() == 3

    def test_the_next_one_takes_its_place(self) -> None:
        made, user = lab()
        first, second = published(made, user), published(made, user)
        first.refresh_from_db()
        assert (first.state, second.state) == ("refreshed", "published")

    def test_a_signed_text_that_is_rewritten_must_be_signed_anew(self) -> None:
        made, user = lab()
        row = draft_commitment(**call(user), institution_id=made.pk, kind="commitment", text=TEXT)
        sign_commitment(**call(user), commitment_id=row.pk, version=1, signed_by="示例乙")
        again = draft_commitment(**call(user), institution_id=made.pk, kind="commitment", text=TEXT + "补充")
        assert (again.pk, again.state, again.signed_by) == (row.pk, "draft", "")

    def test_no_step_is_skipped(self) -> None:
        made, user = lab()
        with pytest.raises(ProblemsFound, match="少于"):
            draft_commitment(**call(user), institution_id=made.pk, kind="commitment", text="短")
        row = draft_commitment(**call(user), institution_id=made.pk, kind="commitment", text=TEXT)
        with pytest.raises(Refused, match="已签署"):
            publish_commitment(**call(user), commitment_id=row.pk, version=row.version)
        with pytest.raises(ProblemsFound, match="签署人"):
            sign_commitment(**call(user), commitment_id=row.pk, version=row.version, signed_by=" ")
        with pytest.raises(StaleVersion):
            sign_commitment(**call(user), commitment_id=row.pk, version=9, signed_by="示例乙")
        with pytest.raises(Refused, match="已公开"):
            record_breach(**call(staff()), commitment_id=row.pk, version=row.version, finding="x", number="1号")

    def test_a_breach_is_found_by_a_supervisor_only_and_published_without_the_finding(self) -> None:
        made, user = lab()
        row = published(made, user)
        breach = {
            "commitment_id": row.pk,
            "version": row.version,
            "finding": "内部调查情况",
            "number": "示认〔2026〕1号",
        }
        with pytest.raises(Refused):
            record_breach(**call(user), **breach)
        with pytest.raises(ProblemsFound):
            record_breach(**call(staff()), **{**breach, "number": " ", "finding": ""})
        record_breach(**call(staff()), **breach)
        assert "内部调查情况" not in PublicFact.objects.get(kind="commitment.breached").payload
        page = browse(None).get(reverse("portal:institution", args=[made.token])).content.decode()
        assert "示认〔2026〕1号" in page
        assert "内部调查情况" not in page


class TestAnnualReport:
    def file(self, made, user, year: int = TODAY.year - 1, figures: YearFigures = FIGURES) -> AnnualReport:
        return file_annual_report(**call(user), institution_id=made.pk, year=year, figures=figures)

    def test_one_a_year_and_a_correction_keeps_the_first_day(self) -> None:
        rules()
        made, user = lab()
        first = self.file(made, user)
        assert first.due_on == dt.date(TODAY.year, 3, 31)
        again = self.file(made, user, figures=YearFigures(1300, 80, 42, 3, 1))
        assert (again.pk, again.filings, again.reports_issued) == (first.pk, 2, 1300)
        entry = AuditEntry.objects.filter(action="institutions.annual_report.file").order_by("-pk").first()
        assert entry is not None
        assert entry.before["reports_issued"] == "1200"

    @pytest.mark.parametrize("year", [TODAY.year, TODAY.year + 1, 2014])
    def test_not_of_a_year_that_is_not_over(self, year: int) -> None:
        rules()
        made, user = lab()
        with pytest.raises(ProblemsFound):
            self.file(made, user, year)


class TestSamples:
    def file(self, made, user, **fields) -> ReportSample:
        asked = {"year": YEAR, "quarter": QUARTER, "issued": 90, "reports": f"R1，{IN_QUARTER}，玩具，GB 6675.4-2014"}
        return file_sample(**call(user), institution_id=made.pk, **{**asked, **fields})

    def test_once_a_quarter(self) -> None:
        rules()
        made, user = lab()
        sample = self.file(made, user)
        assert [r.number for r in sample.reports.all()] == ["R1"]
        with pytest.raises(Refused, match="已经报送"):
            self.file(made, user)

    def test_faults(self) -> None:
        made, user = lab()
        with pytest.raises(ProblemsFound) as found:
            self.file(made, user, reports="", issued=0)
        assert [p.code for p in found.value.problems] == ["sample.size"]
        with pytest.raises(ProblemsFound) as found:
            self.file(made, user, year=TODAY.year + 1, issued=0)
        assert {p.code for p in found.value.problems} >= {"sample.early", "sample.quarter"}


class TestWhatIsDue:
    def test_a_new_institution_owes_it_all_and_then_nothing(self) -> None:
        rules()
        made, user = lab()
        assert {str(duty.code) for duty in duties_of(made, TODAY)} == {"annual_report", "commitment", "report_sample"}
        published(made, user)
        published(made, user, "declaration")
        file_annual_report(**call(user), institution_id=made.pk, year=TODAY.year - 1, figures=FIGURES)
        TestSamples().file(made, user)
        assert duties_of(made, TODAY) == []

    def test_the_refresh_is_announced_a_month_ahead(self) -> None:
        rules()
        made, user = lab()
        row = published(made, user)
        for kind, days, due in (("ahead", 31, False), ("near", 30, True)):
            on = row.refresh_due - dt.timedelta(days=days)
            codes = [str(d.due_on) for d in duties_of(made, on) if d.code == "commitment" and d.due_on]
            assert bool(codes) is due, kind


class TestPages:
    def test_the_whole_way_over_http(self) -> None:
        rules()
        made, user = lab()
        client = browse(user)
        assert client.post(url("commitment_draft", made.pk), {"kind": "commitment", "text": TEXT}).status_code == 302
        row = Commitment.objects.get()
        sign = {"signed_by": "示例乙", "version": 1}
        assert client.post(url("commitment_sign", made.pk, row.pk), sign).status_code == 302
        late = client.post(url("commitment_publish", made.pk, row.pk), {"version": 1})
        assert late.status_code == 409
        again = {"version": version_offered(late)}
        assert client.post(url("commitment_publish", made.pk, row.pk), again).status_code == 302
        assert client.get(url("commitment_breach", made.pk, row.pk)).status_code == 403
        assert browse(staff()).get(url("commitment_breach", made.pk, row.pk)).status_code == 200
        report = {"year": TODAY.year - 1, "reports_issued": 5, "clients": 1, "staff_count": 1}
        assert client.post(url("annual_report", made.pk), report).status_code == 422
        report |= {"proficiency_tests": 0, "complaints": 0}
        assert client.post(url("annual_report", made.pk), report).status_code == 302
        sample = {"year": YEAR, "quarter": QUARTER, "issued": 9, "reports": f"R1,{IN_QUARTER},水,GB 5749-2022"}
        assert client.post(url("sample", made.pk), sample).status_code == 302
        assert client.post(url("sample", made.pk), sample).status_code == 409
        page = client.get(url("file", made.pk)).content.decode()
        assert "R1" in page
        assert browse(factories.person()).get(url("sample", made.pk)).status_code == 404
