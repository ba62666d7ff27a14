"""Staging: a stored file into ImportRow and ImportProblem by COPY, block by block, with progress after each.

A killed staging starts again from the stored file: the rows of the batch are deleted first, so it cannot double.
While PostgreSQL takes in one block, a thread beside reads and cleans the next: it touches no database, and the
sending lets go of the interpreter, so that reading a file takes as long as cleaning it alone.
"""

import io
import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext as _

from apps.certifications.models import ImportBatch, ImportProblem, ImportRow, Project
from apps.certifications.rules.import_fields import BY_NAME
from apps.certifications.services.imports.cleaning import Cleaner, Reference, escape
from apps.certifications.services.imports.readers import open_source
from apps.core.tables.columns import Header
from apps.core.tables.problems import CellProblem
from apps.core.tables.reading import Source, Unreadable
from apps.parties.selectors.intake import body_ids, overridden_codes

BLOCK = 5_000
VALUE_LENGTH = 1_000
Progress = Callable[[int, int], None]
"""Called after each block with (rows read, bytes read), inside the block's transaction; raises to stop."""


def stage(batch: ImportBatch, progress: Progress) -> int:
    """Read the whole file. Returns its number of records. Raises Unreadable if the file as a whole cannot be read."""
    clear_staged(batch.pk)
    source = open_source(Path(batch.file.path), batch.file_kind, batch.encoding)
    try:
        _refuse_unusable(source.header)
        _note_header(batch, source)
        return _copy_all(batch, source, progress)
    finally:
        source.close()
        ImportBatch.objects.filter(pk=batch.pk).update(unknown_columns=_unknown(source))


def clear_staged(batch_id: int) -> None:
    """Forget the staged rows and problems of a batch."""
    ImportRow.objects.filter(batch_id=batch_id).delete()
    ImportProblem.objects.filter(batch_id=batch_id).delete()


def reference() -> Reference:
    """What cells are checked against: a few thousand codes."""
    projects = frozenset(Project.objects.values_list("code", flat=True))
    return Reference(body_ids(), projects, overridden_codes())


def _refuse_unusable(header: Header) -> None:
    if header.missing:
        names = "、".join(BY_NAME[name].heading for name in header.missing)
        raise Unreadable(_("表头缺少必需的列：%(names)s。请对照模板补上。") % {"names": names})
    if header.doubled:
        names = "、".join(BY_NAME[name].heading for name in header.doubled)
        raise Unreadable(_("有多列都表示：%(names)s。请只保留一列，以免取错。") % {"names": names})


def _note_header(batch: ImportBatch, source: Source) -> None:
    batch.sheet, batch.header_row = source.sheet[:100], source.header.last + 1
    batch.columns = list(source.header.texts)
    batch.save(update_fields=["sheet", "header_row", "columns"])


def _unknown(source: Source) -> list[str]:
    return [text[:200] for text in (*source.header.unknown, *source.unread)][:100]


class Block(NamedTuple):
    """Some rows of the file, cleaned: as COPY text, how many, what is wrong in them, and the place in the file."""

    text: bytes
    rows: int
    problems: list[CellProblem]
    position: int


def _copy_all(batch: ImportBatch, source: Source, progress: Progress) -> int:
    cleaner = Cleaner(batch.pk, source.header, reference())
    total = 0
    for block in _one_ahead(_blocks(cleaner, source)):
        total += block.rows
        with transaction.atomic():
            _copy(f"certifications_importrow ({cleaner.columns})", block.text)
            _copy_problems(batch.pk, block.problems)
            progress(total, block.position)
    return total


def _blocks(cleaner: Cleaner, source: Source) -> Iterator[Block]:
    lines = cleaner.lines(source.rows)
    while listed := list(itertools.islice(lines, BLOCK)):
        problems, cleaner.problems = cleaner.problems, []
        yield Block("".join(listed).encode(), len(listed), problems, source.position())


def _one_ahead(blocks: Iterator[Block]) -> Iterator[Block]:
    """The same blocks, each made while the caller works on the one before. Errors arrive in their turn."""
    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(next, blocks, None)
        while block := coming.result():
            coming = beside.submit(next, blocks, None)
            yield block


def _copy_problems(batch_id: int, problems: list[CellProblem]) -> None:
    if problems:
        target = 'certifications_importproblem (batch_id, row, "column", value, code)'
        _copy(target, "".join(_problem_lines(batch_id, problems)).encode())


def _problem_lines(batch_id: int, problems: list[CellProblem]) -> Iterator[str]:
    for problem in problems:
        value = problem.value[:VALUE_LENGTH].encode("utf-8", "replace").decode()
        yield f"{batch_id}\t{problem.row}\t{escape(problem.column[:64])}\t{escape(value)}\t{problem.code}\n"


def _copy(target: str, text: bytes) -> None:
    """Send the block in one piece: every smaller piece would wait for its turn with the interpreter."""
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {target} FROM STDIN", io.BytesIO(text), size=len(text) + 1)
