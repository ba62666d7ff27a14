"""Office files: good ones pass, each bad one is refused with its reason."""

import pytest

from apps.core import archives
from apps.core.uploads import CASE_FILE, EVIDENCE, Accepted, check_document
from tests.core import packages
from tests.parties.papers import upload


@pytest.mark.parametrize(
    ("content", "content_type"), [(packages.xlsx(), archives.XLSX), (packages.docx(), archives.DOCX)]
)
def test_good_files_pass_under_any_name(content: bytes, content_type: str) -> None:
    accepted = check_document(upload(content, "x.pdf"), "file", CASE_FILE)
    assert isinstance(accepted, Accepted)
    assert accepted.content_type == content_type
    assert accepted.content == content


def test_a_hyperlink_is_no_fetch() -> None:
    content = packages.docx(
        word___rels__document_dot_xml_dot_rels=packages.relation("hyperlink", "https://example.org")
    )
    assert isinstance(check_document(upload(content), "file", CASE_FILE), Accepted)


@pytest.mark.parametrize("kind", packages.BAD)
def test_each_bad_package_is_refused(kind: str) -> None:
    make, code = packages.BAD[kind]
    refused = check_document(upload(make(), "报告.docx"), "file", CASE_FILE)
    assert not isinstance(refused, Accepted)
    assert refused.code == f"document.{code}"
    assert refused.rule
    assert refused.remedy


def test_evidence_takes_no_office_files() -> None:
    refused = check_document(upload(packages.xlsx(), "a.xlsx"), "file", EVIDENCE)
    assert not isinstance(refused, Accepted)
    assert refused.code == "document.type"
    assert "PDF、JPG、PNG" in refused.rule
