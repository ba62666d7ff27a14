"""Imports by the services: what becomes of the rows of a file, and that none is lost on the way."""

from pathlib import Path

import pytest
from django.utils import timezone

from apps.audit.models import AuditEntry, PublicFact
from apps.certifications.constants import ConflictKind, ImportState, Status
from apps.certifications.models import Certificate, ImportBatch, ImportConflict, ImportEffect, ImportProblem, ImportRow
from apps.certifications.selectors.imports import UNDO_STEPS, progress_of
from apps.certifications.services.imports import batches, running, undoing
from apps.core.problems import ProblemsFound, Refused
from apps.parties.models import MergeCandidate, Organisation, OrganisationName
from tests.certifications.importing import (
    ACTOR,
    NATIONAL,
    csv_bytes,
    json_bytes,
    nonzero,
    read,
    row,
    take,
    upload,
    write,
)
from tests.reference import load_register

pytestmark = pytest.mark.django_db
RECORDS = Path("apps/certifications/data/cnca_records.json")


@pytest.fixture(autouse=True)
def reference(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    load_register()


def snapshot() -> dict[str, list]:
    """Everything that an import may touch, in full."""
    tables = (Certificate, Organisation, OrganisationName, MergeCandidate, ImportConflict, PublicFact)
    shots = {model.__name__: list(model.objects.order_by("pk").values()) for model in tables}
    shots["periods"] = list(Certificate.objects.order_by("periods__pk").values("periods__n", "periods__valid_to"))
    shots["states"] = list(Certificate.objects.order_by("status_changes__pk").values("status_changes__to_status"))
    return shots


def test_the_three_real_records_make_two_firms_one_under_two_codes():
    batch = take(RECORDS.read_bytes(), "cnca_records.json")
    assert (batch.state, nonzero(batch)) == (ImportState.DONE, {"new": 3})
    firm = Organisation.objects.get(org_code="760038087")
    assert firm.uscc == "91371323760038087M"
    assert firm.name == "山东泓达生物科技有限公司"
    assert set(firm.codes.values_list("value", flat=True)) == {"760038087"}
    held = Certificate.objects.filter(holder=firm)
    assert sorted(held.values_list("number", flat=True)) == ["00216Q10097R1S", "10416Q20770R1S"]
    assert set(held.values_list("status", flat=True)) == {Status.VALID}, "recorded as reported"
    assert all(c.periods.count() == c.status_changes.count() == 1 for c in held)
    assert PublicFact.objects.filter(kind="certificate.recorded").count() == 3
    assert AuditEntry.objects.filter(action__startswith="certifications.import.").count() >= 5


def test_the_same_file_twice_changes_nothing():
    take(RECORDS.read_bytes(), "cnca_records.json")
    before = snapshot()
    again = take(RECORDS.read_bytes(), "cnca_records.json")
    assert nonzero(again) == {"unchanged": 3}
    assert snapshot() == before
    assert not ImportEffect.objects.filter(batch_id=again.pk).exists()


def test_a_swept_expiry_is_not_a_contradiction():
    take(RECORDS.read_bytes(), "cnca_records.json")
    Certificate.objects.update(status=Status.EXPIRED)
    assert nonzero(read(RECORDS.read_bytes(), "cnca_records.json")) == {"unchanged": 3}


def test_a_changed_date_is_a_new_period_and_a_new_version():
    take(csv_bytes([row()]))
    batch = take(csv_bytes([row(certiEDate="2032-03-17", zersda="20290310")]))
    assert nonzero(batch) == {"changed": 1}
    certificate = Certificate.objects.get()
    assert (str(certificate.valid_to), certificate.version) == ("2032-03-17", 2)
    assert [str(p.valid_to) for p in certificate.periods.order_by("n")] == ["2029-03-17", "2032-03-17"]
    assert list(PublicFact.objects.order_by("n").values_list("kind", flat=True)) == [
        "certificate.recorded",
        "certificate.corrected",
    ]


def test_a_suspension_is_a_move_and_a_return_from_revocation_a_conflict():
    take(csv_bytes([row()]))
    assert nonzero(take(csv_bytes([row(certiStatus="02")]))) == {"changed": 1}
    assert nonzero(take(csv_bytes([row(certiStatus="03")]))) == {"changed": 1}
    certificate = Certificate.objects.get()
    assert list(certificate.status_changes.order_by("n").values_list("to_status", flat=True)) == [
        Status.VALID,
        Status.SUSPENDED,
        Status.REVOKED,
    ]
    batch = take(csv_bytes([row()]))
    assert nonzero(batch) == {"conflict": 1}
    conflict = ImportConflict.objects.get()
    assert conflict.kind == ConflictKind.STATUS_BACKWARDS
    assert (conflict.current["status"], conflict.incoming["status"]) == ("revoked", "valid")
    take(csv_bytes([row()]))
    assert ImportConflict.objects.count() == 1, "a contradiction that waits already is not put twice"


def test_another_source_another_holder_unknown_body_and_disagreeing_duplicates_wait_for_a_clerk():
    take(csv_bytes([row(), row(certNumber="B1"), row(certNumber="B2")]))
    other = [
        row(certiEDate="2030-01-01"),
        row(certNumber="B1", orgCode="91520602MA6DEMO01A", orgName="示例·另一家"),
    ]
    other[1][2] = "739547709"
    batch = take(csv_bytes(other), source="body")
    assert nonzero(batch) == {"conflict": 2}
    twice = [row(certNumber="D1"), row(certNumber="D1", certiEDate="2030-01-01")]
    twice.append(row(certNumber="U1", rzjgId="CNCA-R-2099-999"))
    batch = take(csv_bytes(twice))
    assert nonzero(batch) == {"conflict": 3}
    kinds = list(ImportConflict.objects.order_by("pk").values_list("kind", flat=True))
    assert sorted(kinds) == sorted(
        [
            ConflictKind.OTHER_SOURCE,
            ConflictKind.OTHER_HOLDER,
            ConflictKind.DUPLICATE_IN_FILE,
            ConflictKind.DUPLICATE_IN_FILE,
            ConflictKind.UNKNOWN_BODY,
        ]
    )


def test_equal_rows_of_one_file_count_once_and_are_not_lost():
    batch = take(csv_bytes([row(), row(), row()]))
    assert nonzero(batch) == {"new": 1, "unchanged": 2}
    assert Certificate.objects.count() == 1


def test_firms_without_a_code_are_records_of_their_own_with_a_hint():
    take(csv_bytes([row()]))
    batch = take(csv_bytes([row(certNumber="C1", orgCode="000000000"), row(certNumber="C2", orgCode="000000000")]))
    assert nonzero(batch) == {"new": 2}
    codeless = Organisation.objects.get(org_code=None, kind="enterprise")
    assert codeless.certificates_held.count() == 2
    assert MergeCandidate.objects.get().duplicate == codeless
    take(csv_bytes([row(certNumber="C3", orgCode="000000000")]))
    assert codeless.certificates_held.count() == 3, "the same source names the same record"


def test_a_new_name_is_kept_and_found_and_the_registered_one_stays():
    take(csv_bytes([row()]))
    take(csv_bytes([row(certNumber="N2", orgName="示例·梵净山茶业（集团）有限公司")]))
    firm = Organisation.objects.get(org_code="760038087")
    assert firm.name == "示例·梵净山茶业有限公司"
    assert set(firm.names.values_list("kind", flat=True)) == {"registered", "printed"}
    assert "示例梵净山茶业集团有限公司" in firm.search_text


def test_undo_restores_exactly_what_stood_before():
    take(csv_bytes([row(), row(certNumber="K1", orgCode="739547709", orgName="示例·旧名")]))
    before = snapshot()
    changes = [
        row(certiEDate="2033-01-01", certiStatus="02"),
        row(certNumber="K1", orgCode="739547709", orgName="示例·新名"),
        row(certNumber="NEW", orgCode="000000000", orgName="示例·没有代码"),
    ]
    batch = take(csv_bytes(changes))
    assert nonzero(batch) == {"new": 1, "changed": 2}
    undo(batch)
    after = snapshot()
    for shots in (before, after):
        shots.pop("PublicFact")
        for table in ("Certificate", "Organisation"):
            for shot in shots[table]:
                shot.pop("version"), shot.pop("updated_at")
    assert after == before
    assert PublicFact.objects.filter(kind="certificate.withdrawn").count() == 1


def undo(batch: ImportBatch) -> ImportBatch:
    batch.refresh_from_db()
    batches.request_undo(actor=ACTOR, now=timezone.now(), batch_id=batch.pk, version=batch.version, reason="传错文件")
    assert running.work(batch.pk, clock=timezone.now)
    batch.refresh_from_db()
    return batch


def test_an_undo_says_at_which_step_it_is(monkeypatch):
    batch = take(csv_bytes([row()]))
    seen = []
    note = undoing.note_undo_step

    def watch(batch_id: int, step: int) -> None:
        note(batch_id, step)
        batch.state = ImportState.UNDOING
        seen.append((progress_of(batch).done, progress_of(batch).total))

    monkeypatch.setattr(undoing, "note_undo_step", watch)
    undo(batch)
    assert seen == [(n, UNDO_STEPS) for n in range(1, UNDO_STEPS + 1)]


def test_undo_is_refused_by_name_when_somebody_built_upon_it():
    first = take(csv_bytes([row()]))
    take(csv_bytes([row(certiEDate="2033-01-01")]))
    refused = undo(first)
    assert refused.state == ImportState.DONE
    assert "00126Q10001R0S" in refused.failure
    assert Certificate.objects.get().version == 2


def test_undo_of_the_real_records_after_the_expiry_sweep():
    from apps.certifications.services.expiry import expire_due

    batch = take(RECORDS.read_bytes(), "cnca_records.json")
    assert expire_due(now=timezone.now(), actor=ACTOR) == 3
    assert undo(batch).state == ImportState.UNDONE
    assert not Certificate.objects.exists()
    assert not Organisation.objects.filter(kind="enterprise").exists()


def test_cancel_before_writing_leaves_nothing():
    batch = read(csv_bytes([row()]))
    batches.cancel(actor=ACTOR, now=timezone.now(), batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.state == ImportState.CANCELLED
    with pytest.raises(Refused):
        batches.confirm(actor=ACTOR, now=timezone.now(), batch_id=batch.pk, version=batch.version)
    assert not Certificate.objects.exists()


def test_cancel_while_reading_stops_at_the_next_block(monkeypatch):
    from apps.certifications.services.imports import staging

    monkeypatch.setattr(staging, "BLOCK", 1)
    batch = upload(csv_bytes([row(certNumber=f"S{i}") for i in range(5)]))
    original = staging._copy_problems

    def cancelling(batch_id, problems):
        original(batch_id, problems)
        ImportBatch.objects.filter(pk=batch_id).update(state=ImportState.CANCELLED)

    monkeypatch.setattr(staging, "_copy_problems", cancelling)
    assert running.work(batch.pk, clock=timezone.now)
    assert not ImportRow.objects.filter(batch_id=batch.pk).exists()


def test_staging_lost_in_a_crash_is_read_again():
    batch = read(csv_bytes([row(), row(certNumber="X2")]))
    ImportRow.objects.all().delete()
    assert nonzero(write(batch)) == {"new": 2}


def test_a_row_overtaken_between_preview_and_commit_is_compared_again():
    slow = read(csv_bytes([row(certiEDate="2030-01-01")]))
    take(csv_bytes([row()]))
    done = write(slow)
    assert nonzero(done) == {"changed": 1}
    assert Certificate.objects.get().periods.count() == 2


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.csv", "file.empty"),
        (b"x", "a.exe", "file.extension"),
        (b"PK\x03\x04xxxx", "a.csv", "file.disguised"),
        (b"\xd0\xcf\x11\xe0xxxx", "a.xlsx", "file.old_workbook"),
        (b"PK\x03\x04xxxx", "a.xlsx", "file.broken"),
        (b"hello", "a.json", "file.not_json"),
        (b"%PDF-1.7", "a.json", "file.disguised"),
    ],
)
def test_files_that_are_not_what_they_say_are_refused_with_a_reason(content, name, code):
    with pytest.raises(ProblemsFound) as found:
        upload(content, name)
    assert [problem.code for problem in found.value.problems] == [code]
    assert all(problem.rule and problem.remedy for problem in found.value.problems)
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b'{"a": 1}', "a.json", "列表"),
        (b'[{"certNumber": "1"', "a.json", "字节"),
        (b"a,b\n1,2\n", "a.csv", "表头"),
        (csv_bytes([], header=["certNumber", "orgName"]), "a.csv", "缺少"),
        (csv_bytes([], header=["证书编号", *NATIONAL]), "a.csv", "多列"),
        (csv_bytes([row()]) + b'"open quote ' + b"x" * 2_000_000, "a.csv", "引号"),
    ],
)
def test_files_that_cannot_be_read_fail_with_the_reason(content, name, words):
    batch = read(content, name)
    assert batch.state == ImportState.FAILED
    assert words in batch.failure


def test_broken_records_are_bad_rows_not_failures():
    content = b'[1, {"certNumber": ["x"]}, {"certNumber": {"a": 1}}, null, ' + json_bytes([row()])[1:]
    batch = read(content, "a.json")
    assert nonzero(batch) == {"bad": 4, "new": 1}
    assert set(ImportProblem.objects.values_list("code", flat=True)) == {"not_record", "nested"}
