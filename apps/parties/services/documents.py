"""What may be handed in as evidence: PDF, JPEG and PNG by content, never by name (SECURITY.md, section 7).

Two independent sniffers must agree; images are decoded within limits and written anew, which drops hidden data, place
and camera; a PDF that can run something is refused. The file name is kept for people and never used for the disk.
"""

import hashlib
import io
import unicodedata
import uuid
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

import filetype
import puremagic
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from apps.core.problems import Problem

MAX_FILES = 5
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 25_000_000
EXTENSIONS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
_ACTIVE_PDF = (b"/JavaScript", b"/JS ", b"/JS(", b"/JS<", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")


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


def check_documents(uploads: Sequence[Upload], place: str = "documents") -> tuple[list[Accepted], list[Problem]]:
    """Every document that may be kept, and every problem with the others."""
    if not uploads:
        rule, remedy = _("须至少提交一份证明材料"), _("请上传营业执照或授权书的扫描件")
        return [], [Problem("document.missing", place, "", rule, remedy)]
    if len(uploads) > MAX_FILES:
        rule = _("最多%(most)d份文件，收到%(n)d份") % {"most": MAX_FILES, "n": len(uploads)}
        return [], [Problem("document.many", place, str(len(uploads)), rule, _("请合并或减少文件"))]
    accepted, problems = [], []
    for upload in uploads:
        outcome = _check(upload, place)
        if isinstance(outcome, Problem):
            problems.append(outcome)
        else:
            accepted.append(outcome)
    return accepted, problems


def _check(upload: Upload, place: str) -> Accepted | Problem:
    name = shown_name(upload.name or "")
    if (upload.size or 0) > MAX_BYTES:
        return _fault("document.size", place, name, _("单个文件不超过10 MB"), _("请压缩或降低扫描分辨率后重新上传"))
    content = upload.read(MAX_BYTES + 1)
    if not content:
        return _fault("document.empty", place, name, _("文件是空的"), _("请重新选择文件"))
    if len(content) > MAX_BYTES:
        return _fault("document.size", place, name, _("单个文件不超过10 MB"), _("请压缩或降低扫描分辨率后重新上传"))
    content_type = agreed_type(content)
    if content_type is None:
        rule = _("内容不是 PDF、JPG 或 PNG（按文件内容判断，不看扩展名）")
        return _fault("document.type", place, name, rule, _("请另存为 PDF、JPG 或 PNG 后上传"))
    if content_type == "application/pdf":
        return _check_pdf(content, name, place)
    return _check_image(content, content_type, name, place)


def agreed_type(content: bytes) -> str | None:
    """The type that both sniffers name, if it is one of ours."""
    guess = filetype.guess(content)
    try:
        second = puremagic.from_string(content, mime=True)
    except (puremagic.PureError, ValueError):
        return None
    first = guess.mime if guess is not None else None
    return first if first == second and first in EXTENSIONS else None


def _check_pdf(content: bytes, name: str, place: str) -> Accepted | Problem:
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        rule = _("PDF 文件不完整")
        return _fault("document.pdf", place, name, rule, _("请重新导出 PDF，或上传扫描图片"))
    if any(marker in content for marker in _ACTIVE_PDF):
        rule = _("PDF 含脚本、附件或动态表单，不能接收")
        return _fault("document.active", place, name, rule, _("请用“打印为 PDF”另存一份后上传"))
    return Accepted(content, "application/pdf", name)


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


def shown_name(name: str) -> str:
    """The name as people see it: the last part of any path, printable, at most 200 characters, its end kept."""
    last = PurePosixPath(name.replace("\\", "/").replace("\0", "")).name
    printable = "".join(ch for ch in unicodedata.normalize("NFC", last) if ch.isprintable() and ch not in '"<>|*?:')
    return printable[-200:] or _("未命名文件")


def _fault(code: str, place: str, name: str, rule: str, remedy: str) -> Problem:
    return Problem(code, place, name, _("文件“%(name)s”：%(rule)s") % {"name": name, "rule": rule}, remedy)
