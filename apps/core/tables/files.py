"""What an uploaded file really is, before anything reads it: by content, not by its name."""

import codecs
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from apps.core.archives import fault_of
from apps.core.problems import Problem, ProblemsFound

MEGABYTE = 1 << 20
XLSX_LIMIT = 30 * MEGABYTE
TEXT_LIMIT = 200 * MEGABYTE
COMMAND_LIMIT = 4096 * MEGABYTE
XLSX_UNPACKED, XLSX_RATIO, XLSX_ENTRIES = 200 * MEGABYTE, 100, 2_000
XLSX_CELLS = 12_000_000
LONGEST_TAG = 4_096  # of a cell, at the edge of a block
# A cell's reference, and the rest of its tag if that ends it: a cell that only has a format takes no place.
_REFERENCE = re.compile(
    rb"""[\s"']r\s*=\s*["']([A-Za-z]{1,20})(\d{1,20})["']((?:\s+[\w:]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/>)?"""
)
KINDS = {".json": "json", ".csv": "csv", ".txt": "csv", ".xlsx": "xlsx"}
_DAMAGE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
_HARMFUL = ("file.bomb", "file.active_content")  # what no slip makes: the trail hears of it
_FORBIDDEN_PARTS = ("vbaproject", "embeddings/", "externallink", "activex", "oleobject")
_SIGNATURES = (
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0", "ole"),
    (b"%PDF", "pdf"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"\x7fELF", "elf"),
    (b"MZ", "exe"),
)


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file fit to be read: its kind and, for text, its encoding."""

    kind: str
    encoding: str
    size: int


def inspect(
    path: Path, name: str, *, text_limit: int = TEXT_LIMIT, kinds: tuple[str, ...] = ("xlsx", "csv", "json")
) -> Inspected:
    """Raise ProblemsFound unless the file is one of `kinds` that its name promises and that is safe to open."""
    size = path.stat().st_size
    kind = KINDS.get(Path(name).suffix.lower())
    if kind not in kinds:
        rule = _("只接受 %(kinds)s") % {"kinds": "、".join(f".{each}" for each in kinds)}
        raise _refusal("file.extension", name, rule, _("请另存为其中一种格式再上传"))
    if size == 0:
        raise _refusal("file.empty", name, _("文件是空的"), _("请检查是否选错了文件"))
    with path.open("rb") as file:
        head = file.read(8192)
    _check_signature(head, name, kind)
    if kind == "xlsx":
        _check_size(size, XLSX_LIMIT, name)
        check_workbook(path, name)
        return Inspected(kind, "", size)
    _check_size(size, text_limit, name)
    if kind == "json" and not _begins_like_json(head):
        raise _refusal("file.not_json", name, _("内容不是 JSON"), _("请提供以 [ 开头的记录列表"))
    return Inspected(kind, encoding_of(path), size)


def _refusal(code: str, value: str, rule: str, remedy: str) -> ProblemsFound:
    return ProblemsFound(Problem(code, "file", value, rule, remedy, barred=code in _HARMFUL))


def _check_size(size: int, limit: int, name: str) -> None:
    if size > limit:
        rule = _("文件 %(size)d MB，超过上限 %(limit)d MB") % {"size": size // MEGABYTE + 1, "limit": limit // MEGABYTE}
        raise _refusal("file.size", name, rule, _("请拆分，或另存为 CSV，或请管理员用命令导入"))


def _check_signature(head: bytes, name: str, kind: str) -> None:
    found = next((what for signature, what in _SIGNATURES if head.startswith(signature)), None)
    if kind == "xlsx" and found == "ole":
        raise _refusal(
            "file.old_workbook",
            name,
            _("这是旧版（.xls、.et）或加密的工作簿，只是换了扩展名"),
            _("请用表格软件打开，去掉密码，另存为 .xlsx 再上传"),
        )
    if (kind == "xlsx") != (found == "zip") or (found and found != "zip"):
        rule = _("内容与扩展名不符（内容看起来是 %(found)s）") % {"found": found or _("文本")}
        raise _refusal("file.disguised", name, rule, _("请用表格软件另存为 .xlsx 或 .csv，不要只改扩展名"))


def _begins_like_json(head: bytes) -> bool:
    for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        head = head.removeprefix(mark)
    return head.replace(b"\0", b"").lstrip()[:1] in (b"[", b"{")


def check_workbook(path: Path, name: str) -> None:
    """Refuse bombs, macros, embedded objects and links to other files. The directory first, then the true sizes."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_directory(entries, path.stat().st_size, name)
            _check_package(path, name)
            for entry in entries:
                _check_extent(_cells_of(archive, entry), name)
    except _DAMAGE as error:
        raise _refusal("file.broken", name, _("压缩包损坏或加密"), _("请用表格软件重新另存为 .xlsx")) from error


def _check_directory(entries: list[zipfile.ZipInfo], packed: int, name: str) -> None:
    total = sum(entry.file_size for entry in entries)
    if len(entries) > XLSX_ENTRIES or total > XLSX_UNPACKED or total > XLSX_RATIO * max(packed, 1):
        rule = _("解压后 %(size)d MB、%(n)d 个部件，超过安全上限") % {"size": total // MEGABYTE, "n": len(entries)}
        raise _refusal("file.bomb", name, rule, _("请删除多余的工作表和格式，或另存为 CSV"))
    names = [entry.filename.lower() for entry in entries]
    if bad := next((n for n in names if any(part in n for part in _FORBIDDEN_PARTS)), None):
        rule = _("工作簿含有宏、嵌入对象或外部链接：%(part)s") % {"part": bad}
        raise _refusal("file.active_content", name, rule, _("请把数据复制到新的工作簿，只粘贴数值，再上传"))
    if "xl/workbook.xml" not in names:
        raise _refusal("file.not_workbook", name, _("压缩包里没有工作簿"), _("请用表格软件另存为 .xlsx"))


def _check_package(path: Path, name: str) -> None:
    """What holds for every office file that is handed in: no slips, links, nested archives, foreign templates."""
    if (fault := fault_of(path.read_bytes())) is not None:
        code = {"bomb": "file.bomb", "active": "file.active_content"}.get(fault.code, "file.broken")
        raise _refusal(code, name, fault.rule, fault.remedy)


def _cells_of(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """How many cells the rectangle of a sheet's filled cells has; unpacks the whole part, to nowhere.

    A directory that understates a size ends in BadZipFile here, not in memory later.
    """
    columns: set[bytes] = set()
    rows: set[bytes] = set()
    with archive.open(entry) as part:
        kept = b""
        while block := part.read(MEGABYTE):
            for column, row, empty in _REFERENCE.findall(kept + block):
                if not empty:
                    columns.add(column)
                    rows.add(row)
            kept = block[-LONGEST_TAG:]
    return max(map(_column_number, columns), default=0) * max(map(int, rows), default=0)


def _column_number(letters: bytes) -> int:
    """A is 1, AA is 27. More letters than any sheet has are simply a large number."""
    number = 0
    for letter in letters.upper()[:9]:
        number = number * 26 + letter - 64
    return number


def _check_extent(cells: int, name: str) -> None:
    """The reader lays every sheet out as a full rectangle: two cells in opposite corners would ask for 400 GB, and the
    process would be ended by the system, not by an error that can be told."""
    if cells > XLSX_CELLS:
        rule = _("工作表的范围（最远一格所在的行数×列数）超过 %(n)d 万格") % {"n": XLSX_CELLS // 10_000}
        raise _refusal("file.bomb", name, rule, _("请删除远处多余的单元格，或另存为 CSV"))


def encoding_of(path: Path) -> str:
    """utf-8-sig, utf-16 or gb18030: what decodes the file, or decodes most of it if it is damaged."""
    with path.open("rb") as file:
        head = file.read(4)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        if _decodes(file, "utf-8"):
            return "utf-8-sig"
        file.seek(0)
        return "utf-8-sig" if _mostly_utf8(file) else "gb18030"


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := file.read(MEGABYTE):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _mostly_utf8(file: BinaryIO) -> bool:
    """Of the lines with anything beyond ASCII, do more decode as UTF-8 than not? (Two encodings mixed in one file.)"""
    good = bad = 0
    for line in file:
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            good += 1
        except UnicodeDecodeError:
            bad += 1
    return good > bad
