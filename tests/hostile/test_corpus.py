"""Attempt 60: over three hundred hostile files through every entrance: refused with a reason, or read without harm.

Memory and time are bounded for all of them together, because a worker reads them one after the other.
"""

import io
import resource
import time
import zipfile
from collections import Counter
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.certifications.services.imports.readers import Unreadable, open_source
from apps.core.filenames import shown_name
from apps.core.problems import Problem, ProblemsFound
from apps.core.tables.files import inspect
from apps.core.uploads import CASE_FILE, EVIDENCE, Accepted, Limits, check_document
from tests.hostile.corpus import MEGABYTE, Hostile, corpus

MOST_SECONDS = 4.0  # of processor time for one file
MOST_MEMORY = 350 * MEGABYTE  # beyond what the process used before
MOST_ROWS = 250_000


def through_import(file: Hostile, folder: Path) -> str:
    """As the upload page and the worker do it: look, then read every row."""
    path = folder / "stored.data"
    path.write_bytes(file.content)
    try:
        inspected = inspect(path, shown_name(file.name))
        source = open_source(path, inspected.kind, inspected.encoding)
    except ProblemsFound as found:
        return "refused" if all(p.rule and p.remedy for p in found.problems) else "refused without a reason"
    except Unreadable as fault:
        return "refused" if str(fault) else "refused without a reason"
    try:
        rows = sum(1 for _row in source.rows)
    except Unreadable as fault:
        return "stopped" if str(fault) else "stopped without a reason"
    finally:
        source.close()
    assert rows <= MOST_ROWS
    return "read"


def through_upload(file: Hostile, limits: Limits) -> str:
    """As a claim and a case take documents."""
    outcome = check_document(SimpleUploadedFile(file.name, file.content), "documents", limits)
    if isinstance(outcome, Problem):
        assert outcome.rule
        assert outcome.remedy
        return "refused"
    check_kept(outcome)
    return "read"


def check_kept(kept: Accepted) -> None:
    """What is kept is one thing only, and carries nothing that runs."""
    if kept.content_type.startswith("image/"):
        assert b"<script" not in kept.content
        assert b"PK\x03\x04" not in kept.content
        assert Image.open(io.BytesIO(kept.content)).size[0] < 10_000
    elif kept.content_type == "application/pdf":
        assert kept.content.startswith(b"%PDF-")
        assert b"/JavaScript" not in kept.content
    else:
        with zipfile.ZipFile(io.BytesIO(kept.content)) as package:
            assert not any("vba" in name.lower() for name in package.namelist())


def test_each_is_refused_with_a_reason_or_read_without_harm(tmp_path: Path) -> None:
    entrances = {
        "import": lambda file: through_import(file, tmp_path),
        "evidence": lambda file: through_upload(file, EVIDENCE),
        "case": lambda file: through_upload(file, CASE_FILE),
    }
    families = Counter[str]()
    before, wrong, met = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, [], Counter[str]()
    for n, file in enumerate(corpus()):
        families[file.kind.partition(" ")[0]] += 1
        for entrance, take in entrances.items():
            started = time.process_time()
            try:
                outcome = take(file)
            except Exception as fault:
                outcome = f"{type(fault).__name__}: {fault}"[:200]
            used = time.process_time() - started
            met[f"{entrance} {outcome}"] += 1
            if (
                outcome not in ("refused", "stopped", "read")
                or used > MOST_SECONDS
                or (file.refused and outcome == "read")
            ):
                wrong.append(f"{n} {file.kind} {file.name!r:.40} by {entrance}: {outcome} in {used:.1f} s")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
    assert wrong == [], "\n".join(wrong)
    assert grown < MOST_MEMORY, f"{grown / MEGABYTE:.0f} MB"
    assert [path.name for path in tmp_path.iterdir()] == ["stored.data"], "nothing was unpacked beside it"
    assert families.total() >= 200
    assert len(families) >= 20, families
    assert met["import read"] > 20, met
    assert met["evidence read"] > 5, met
