"""What may be handed in: PDF, JPEG, PNG, XLSX and DOCX by content, never by name.

Two independent looks at the content must agree; images are decoded within limits and written anew, which drops hidden
data, place and camera; a PDF or an office file that can run or fetch something is refused. The file name is kept for
people and never used for the disk.
"""

import hashlib
import io
import re
import uuid
import warnings
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import filetype
import puremagic
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from apps.core import archives
from apps.core.filenames import shown_name
from apps.core.problems import Problem

MEGABYTE = 1024 * 1024
MAX_PIXELS = 25_000_000
EXTENSIONS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    archives.XLSX: ".xlsx",
    archives.DOCX: ".docx",
}
# What makes a PDF do something: scripts (also inside renditions), programs, attachments, forms that send, XFA.
_ACTIVE_PDF = re.compile(
    rb"/(JavaScript|Rendition|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|Movie|Sound)(?![A-Za-z])"
)
_HARMFUL = ("document.active", "document.bomb", "document.pixels")  # what no slip makes: the trail hears of it
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
_MOST_INFLATED = 64 * MEGABYTE  # of all object streams of a PDF together


@dataclass(frozen=True, slots=True)
class Limits:
    """How many files of which types and sizes one form takes."""

    types: Collection[str]
    max_bytes: int
    max_files: int

    @property
    def names(self) -> tuple[str, ...]:
        """The types as people know them, without the dot."""
        return tuple(EXTENSIONS[kind][1:] for kind in EXTENSIONS if kind in self.types)


EVIDENCE = Limits(frozenset({"application/pdf", "image/jpeg", "image/png"}), 10 * MEGABYTE, 5)
CASE_FILE = Limits(frozenset(EXTENSIONS), 30 * MEGABYTE, 20)


class Upload(Protocol):
    """What Django hands over; tests hand over anything like it."""

    name: str | None
    size: int | None

    def read(self, n: int = -1) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Accepted:
    """A checked document, ready to store under a name of ours."""

    content: bytes
    content_type: str
    original_name: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def as_file(self) -> "ContentFile[bytes]":
        return ContentFile(self.content)

    def stored_name(self) -> str:
        """A new name of ours; nothing of the person's file name reaches the disk."""
        return uuid.uuid4().hex + EXTENSIONS[self.content_type]


def check_documents(
    uploads: Sequence[Upload], place: str = "documents", limits: Limits = EVIDENCE
) -> tuple[list[Accepted], list[Problem]]:
    """Every document that may be kept, and every problem with the others."""
    if not uploads:
        rule, remedy = _("须至少提交一份证明材料"), _("请上传营业执照或授权书的扫描件")
        return [], [Problem("document.missing", place, "", rule, remedy)]
    if len(uploads) > limits.max_files:
        rule = _("最多%(most)d份文件，收到%(n)d份") % {"most": limits.max_files, "n": len(uploads)}
        return [], [Problem("document.many", place, str(len(uploads)), rule, _("请合并或减少文件"))]
    accepted, problems = [], []
    for upload in uploads:
        outcome = check_document(upload, place, limits)
        if isinstance(outcome, Problem):
            problems.append(outcome)
        else:
            accepted.append(outcome)
    return accepted, problems


def check_document(upload: Upload, place: str, limits: Limits) -> Accepted | Problem:
    """One document that may be kept, or what is wrong with it."""
    name = shown_name(upload.name or "")
    content = b"" if (upload.size or 0) > limits.max_bytes else upload.read(limits.max_bytes + 1)
    if (upload.size or 0) > limits.max_bytes or len(content) > limits.max_bytes:
        rule = _("单个文件不超过%(n)d MB") % {"n": limits.max_bytes // MEGABYTE}
        return _fault("document.size", place, name, rule, _("请压缩或降低扫描分辨率后重新上传"))
    if not content:
        return _fault("document.empty", place, name, _("文件是空的"), _("请重新选择文件"))
    content_type = agreed_type(content)
    if content_type not in limits.types:
        names = _("、").join(extension.upper() for extension in limits.names)
        rule = _("内容不是 %(types)s（按文件内容判断，不看扩展名）") % {"types": names}
        return _fault("document.type", place, name, rule, _("请另存为上述格式之一后上传"))
    if content_type == "application/pdf":
        return _check_pdf(content, name, place)
    if content_type in archives.OFFICE:
        return _check_office(content, content_type, name, place)
    return _check_image(content, content_type, name, place)


def agreed_type(content: bytes) -> str:
    """The type on which two looks agree, if it is one of ours; else an empty text.

    For an office file the second look is our own, at what the package says of its main part: the sniffers know no more
    than that it is a package.
    """
    if content.startswith(b"PK"):
        found = archives.main_type(content)
        guess = filetype.guess(content)
        agrees = guess is not None and guess.mime in (found, "application/zip")
        return found if found in EXTENSIONS and agrees else ""
    guess = filetype.guess(content)
    try:
        second = puremagic.from_string(content, mime=True)
    except (puremagic.PureError, ValueError):
        return ""
    first = guess.mime if guess is not None else ""
    return first if first == second and first in EXTENSIONS else ""


def _check_pdf(content: bytes, name: str, place: str) -> Accepted | Problem:
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        rule = _("PDF 文件不完整")
        return _fault("document.pdf", place, name, rule, _("请重新导出 PDF，或上传扫描图片"))
    plain = _unescaped(content)
    if b"/Encrypt" in plain:
        rule = _("PDF 设有密码或权限限制，无法检查")
        return _fault("document.locked", place, name, rule, _("请去掉密码后重新导出 PDF"))
    try:
        active = bool(_ACTIVE_PDF.search(plain)) or any(_ACTIVE_PDF.search(part) for part in _object_streams(content))
    except (zlib.error, ValueError):
        rule = _("PDF 内部结构无法检查")
        return _fault("document.pdf", place, name, rule, _("请用“打印为 PDF”另存一份后上传"))
    if active:
        rule = _("PDF 含脚本、附件或动态表单，不能接收")
        return _fault("document.active", place, name, rule, _("请用“打印为 PDF”另存一份后上传"))
    return Accepted(content, "application/pdf", name)


def _unescaped(content: bytes) -> bytes:
    """Names with their escapes resolved: /J#61vaScript says /JavaScript to a reader."""
    return _NAME_ESCAPE.sub(lambda found: bytes([int(found.group(1), 16)]), content)


def _object_streams(content: bytes) -> list[bytes]:
    """The inflated object streams, where a reader finds objects that a search of the file would not see."""
    parts, left = [], _MOST_INFLATED
    for found in _STREAM.finditer(content):
        head = _unescaped(content[max(0, found.start() - 500) : found.start()]).rpartition(b" obj")[2]
        if b"ObjStm" not in head:
            continue
        inflater = zlib.decompressobj()
        part = inflater.decompress(content[found.end() : content.find(b"endstream", found.end())], left)
        left -= len(part)
        if left <= 0 or not inflater.eof:
            raise ValueError("an object stream is too large, or not whole")
        parts.append(_unescaped(part))
    return parts


def _check_office(content: bytes, content_type: str, name: str, place: str) -> Accepted | Problem:
    fault = archives.fault_of(content)
    if fault is None:
        return Accepted(content, content_type, name)
    return _fault(f"document.{fault.code}", place, name, fault.rule, fault.remedy)


def _check_image(content: bytes, content_type: str, name: str, place: str) -> Accepted | Problem:
    """Decode under a pixel limit with warnings as errors, and write the pixels anew."""
    form = "JPEG" if content_type == "image/jpeg" else "PNG"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=[form]) as image:
                if image.width * image.height > MAX_PIXELS:
                    rule = _("图片超过2500万像素")
                    return _fault("document.pixels", place, name, rule, _("请降低分辨率后重新上传"))
                image.load()
                clean = _anew(image, form)
    except Exception:  # Pillow raises many kinds for broken files; each means the same to the person
        return _fault("document.image", place, name, _("图片无法读取，可能已损坏"), _("请重新拍摄或扫描后上传"))
    return Accepted(clean, content_type, name)


def _anew(image: Image.Image, form: str) -> bytes:
    """The pixels, upright, without metadata and without whatever followed the picture in the file."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode not in ("RGB", "L", "RGBA") or (form == "JPEG" and upright.mode == "RGBA"):
        upright = upright.convert("RGB")
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    written = io.BytesIO()
    bare.save(written, form, **({"quality": 90} if form == "JPEG" else {"compress_level": 3}))
    return written.getvalue()


def _fault(code: str, place: str, name: str, rule: str, remedy: str) -> Problem:
    told = _("文件“%(name)s”：%(rule)s") % {"name": name, "rule": rule}
    return Problem(code, place, name, told, remedy, barred=code in _HARMFUL)
