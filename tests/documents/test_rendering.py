"""From parameters to PDF: every paper, the same bytes each time, and no character that the fonts lack."""

import io
import json
import re
import zlib

import pytest
import zxingcpp
from PIL import Image

from apps.documents import rendering
from apps.documents.papers import PAPERS
from apps.documents.rendering import CannotRender, covered, missing_glyphs, render
from apps.documents.samples import SAMPLES, sample

MARK = "测试印章，无法律效力"
RARE_NAMES = "䶮㛃㑇𬱖𫖯𬀩𪩘𬭎𬬻"  # of the table of general standard characters, extensions A, B and E


def pages(content: bytes) -> int:
    """How many pages: the largest /Count in the file or its object streams."""
    inflated = [content]
    for found in re.finditer(rb"stream\r?\n", content):
        try:
            inflated.append(zlib.decompressobj().decompress(content[found.end() :]))
        except zlib.error:
            continue
    return max(int(n) for part in inflated for n in re.findall(rb"/Type ?/Pages\b.*?/Count (\d+)", part, re.DOTALL))


def test_every_paper_has_a_template_and_a_sample() -> None:
    templates = {path.stem for path in rendering.SOURCES.glob("*.typ")} - {"common"}
    assert templates == set(PAPERS) == set(SAMPLES)


@pytest.mark.parametrize("code", PAPERS)
def test_every_paper_is_made_the_same_each_time(code: str) -> None:
    assert PAPERS[code].problems(sample(code)) == []
    first = render(PAPERS[code], sample(code), mark=MARK)
    rendering.compiler.cache_clear()
    assert render(PAPERS[code], sample(code), mark=MARK) == first
    assert first.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in first
    assert b"<pdfuaid:part>1</pdfuaid:part>" in first


@pytest.mark.parametrize("code", PAPERS)
def test_only_what_is_required_is_enough(code: str) -> None:
    required = {field.name for field in PAPERS[code].fields if field.required}
    params = {name: value for name, value in sample(code).items() if name in required}
    assert render(PAPERS[code], params)


def test_the_parameters_change_the_file() -> None:
    paper = PAPERS["notice_acceptance"]
    params = sample("notice_acceptance")
    assert render(paper, params) != render(paper, {**params, "addressee": "示例·另一家"})
    assert render(paper, params, mark=MARK) != render(paper, params)


@pytest.mark.parametrize("bad", ["\U00020021", "\ue863", "\U0001f600", "\u0e01"])
def test_a_character_without_a_glyph_refuses_the_paper_and_is_named(bad: str) -> None:
    params = {**sample("cma_certificate"), "name": f"示例·{bad}茶业"}
    assert missing_glyphs(params) == [bad]
    with pytest.raises(CannotRender) as refused:
        render(PAPERS["cma_certificate"], params)
    assert f"U+{ord(bad):04X}" in str(refused.value)


def test_rare_characters_of_names_are_covered() -> None:
    table = [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)]  # extension A and the whole first block
    assert [hex(code) for code in table if code not in covered()] == []
    assert missing_glyphs(RARE_NAMES) == []


def test_further_fonts_are_asked_too(settings, tmp_path) -> None:
    settings.DOCUMENT_FONTS = str(tmp_path)
    (tmp_path / "more.ttf").write_bytes((rendering.FONTS / "NotoSansMono-Regular.ttf").read_bytes())
    assert rendering.extra() == ["Noto Sans Mono"]
    settings.DOCUMENT_FONTS = str(tmp_path / "absent")
    assert rendering.extra() == []


def test_text_is_text() -> None:
    """Markup, code and links in a parameter are printed, not obeyed."""
    hostile = '#include "/etc/passwd" $x^2$ *b* <l> @r `raw` #sys.inputs // /* https://example.org'
    params = {**sample("decision_refusal"), "findings": hostile, "addressee": hostile[:100]}
    assert render(PAPERS["decision_refusal"], params)


def test_a_large_scope_runs_over_pages() -> None:
    small, large = (render(PAPERS["cma_certificate"], sample("cma_certificate", rows)) for rows in (1, 200))
    assert pages(small) == 2
    assert pages(large) > 8


def test_the_code_leads_to_the_page() -> None:
    paper, params = PAPERS["cma_certificate"], sample("cma_certificate", 1)
    first, *_more = rendering.compiler().compile(
        input=rendering.SOURCES / "cma_certificate.typ",
        format="png",
        ppi=110,
        sys_inputs={"params": json.dumps(rendering._inputs(paper, params, MARK))},
    )
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(first)))
    assert code.text == params["verify_url"]
