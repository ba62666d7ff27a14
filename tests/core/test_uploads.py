import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from apps.core.filenames import shown_name
from apps.core.uploads import EVIDENCE, check_documents
from tests.parties import papers
from tests.parties.papers import BAD, PDF, image, upload


@pytest.mark.parametrize("kind", BAD)
def test_each_bad_file_is_refused_with_its_reason(kind: str) -> None:
    content, code = BAD[kind]
    accepted, problems = check_documents([upload(content, f"{kind}.pdf")])
    assert accepted == []
    assert [p.code for p in problems] == [code]
    assert kind in problems[0].rule
    assert problems[0].remedy


@pytest.mark.parametrize(
    ("content", "content_type"), [(PDF, "application/pdf"), (image(), "image/png"), (image("JPEG"), "image/jpeg")]
)
def test_content_decides_and_not_the_name(content: bytes, content_type: str) -> None:
    [accepted], problems = check_documents([upload(content, "virus.exe")])
    assert problems == []
    assert accepted.content_type == content_type
    assert "virus" not in accepted.stored_name()


def test_images_are_written_anew_without_hidden_data() -> None:
    hidden = Image.Exif()
    hidden[0x010E] = "secret place"
    content = image("JPEG", exif=hidden) + b"PK\x03\x04 a zip behind the picture <script>"
    [accepted], _ = check_documents([upload(content)])
    assert b"PK\x03\x04" not in accepted.content
    assert b"secret place" not in accepted.content
    assert Image.open(io.BytesIO(accepted.content)).size == (40, 30)


def test_how_many() -> None:
    assert [p.code for p in check_documents([])[1]] == ["document.missing"]
    assert [p.code for p in check_documents([upload()] * (EVIDENCE.max_files + 1))[1]] == ["document.many"]
    accepted, problems = check_documents([upload(), upload(b"x"), upload(papers.image())])
    assert (len(accepted), len(problems)) == (2, 1)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("a\0b.pdf", "ab.pdf"),
        ('x"\r\nSet-Cookie: a=b.pdf', "xSet-Cookie a=b.pdf"),
        ("%2e%2e%2fx", "%2e%2e%2fx"),
        ("", "未命名文件"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_names_are_for_people_only(name: str, shown: str) -> None:
    assert shown_name(name) == shown


@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(content: bytes) -> None:
    accepted, problems = check_documents([upload(content)])
    assert len(accepted) + len(problems) == 1
