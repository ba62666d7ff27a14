"""Everything of one subject in one archive, with a manifest of hashes: for an authority elsewhere, for the archive.

The same documents give the same archive, byte for byte: no time of packing, stored without compression, in the order
in which they came. Every content is hashed again on the way; a stored file that is not what its row says stops it.
"""

import datetime as dt
import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.audit import services as audit
from apps.core.actors import Actor
from apps.core.filenames import shown_name
from apps.core.problems import Refused
from apps.documents.constants import GeneratedState
from apps.documents.models import Document, GeneratedDocument
from apps.documents.selectors import current_documents, generated_of, is_openable, number_of, paper_label

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip archive can name
_IN_MEMORY = 8 * 1024 * 1024
_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of the archive."""

    path: str
    row: Document | GeneratedDocument
    facts: dict[str, Any]


def pack(*, actor: Actor, now: dt.datetime, subject_kind: str, subject_id: int) -> IO[bytes]:
    """The archive of a subject, open at its beginning. What is quarantined, rejected or purged is named, not enclosed.

    :raises Refused: a stored content is gone or differs from its hash (`document.altered`).
    """
    with override("zh-hans"):  # the archive is an act: its names do not follow the reader's language
        entries = list(_entries(subject_kind, subject_id))
        left_out = [_left_out(each) for each in current_documents(subject_kind, subject_id) if not is_openable(each)]
    with ExitStack() as unless_done:
        archive = unless_done.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
            for entry in entries:
                _enclose(packed, entry)
            listed = [{"path": entry.path, "sha256": entry.row.sha256, **entry.facts} for entry in entries]
            manifest = {"case": number_of(subject_kind, subject_id), "documents": listed, "left_out": left_out}
            _write(packed, MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True))
            _write(packed, SUMS, "".join(f"{entry.row.sha256}  {entry.path}\n" for entry in entries))
        unless_done.pop_all()
    after = {"documents": len(entries), "left_out": len(left_out)}
    subject: dict[str, Any] = {"subject_kind": subject_kind, "subject_id": subject_id}
    with transaction.atomic():
        audit.record(actor=actor, now=now, action="documents.pack", after=after, **subject)
    archive.seek(0)
    return archive


def _entries(subject_kind: str, subject_id: int) -> Iterator[Entry]:
    handed_in = [each for each in current_documents(subject_kind, subject_id) if is_openable(each)]
    for n, document in enumerate(handed_in, start=1):
        path = f"材料/{n:03d} {document.original_name}"  # as kept: cleaned when it came
        facts = {"kind": document.kind, "name": document.original_name, "at": document.uploaded_at.isoformat()}
        yield Entry(path, document, facts)
    made = generated_of(subject_kind, subject_id).filter(state=GeneratedState.DONE).order_by("pk")
    for n, paper in enumerate(made, start=1):
        path = f"文书/{n:03d} {shown_name(_one_part(paper))}.pdf"
        yield Entry(path, paper, {"kind": paper.template, "name": paper.number, "at": paper.requested_at.isoformat()})


def _one_part(paper: GeneratedDocument) -> str:
    return f"{paper_label(paper)} {paper.number}".replace("/", "／")  # a number may hold what divides folders


def _left_out(document: Document) -> dict[str, str]:
    why = document.get_scan_state_display() if document.purged_at is None else "内容已按保存期限清除"
    return {"name": document.original_name, "sha256": document.sha256, "why": str(why)}


def _enclose(packed: zipfile.ZipFile, entry: Entry) -> None:
    digest = hashlib.sha256()
    try:
        with entry.row.file.open("rb") as content, packed.open(_info(entry.path), "w", force_zip64=True) as target:
            while piece := content.read(_PIECE):
                digest.update(piece)
                target.write(piece)
    except FileNotFoundError as gone:
        raise _altered(entry) from gone
    if digest.hexdigest() != entry.row.sha256:
        raise _altered(entry)


def _altered(entry: Entry) -> Refused:
    reason = _("“%(path)s”的内容与登记的校验值不符，不能打包；请联系系统管理员核对存储。")
    return Refused("document.altered", reason % {"path": entry.path})


def _write(packed: zipfile.ZipFile, path: str, text: str) -> None:
    packed.writestr(_info(path), text.encode())


def _info(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, _EPOCH)
    info.create_system, info.external_attr = 3, 0o644 << 16  # as made on Unix, wherever it is made
    return info
