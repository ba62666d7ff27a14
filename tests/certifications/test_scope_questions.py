"""300 labelled questions of scope: never a false "covered", never a false "not covered", and doubt is said as doubt.

data/scope_questions.csv: `by` hand (labelled by reading the certificate as a careful person would) or rule (the
borders of each certificate's time line, strangers among listed products and places). What nobody could tell from the
certificate must be answered "cannot tell"; where a person is sure of "no", the rule may still be careful.
"""

import csv
import datetime as dt
import json
from collections import Counter
from pathlib import Path

from apps.certifications.rules.coverage import Answer, Covered, covers, overall

DATA = Path(__file__).parent / "data"
TODAY = dt.date(2026, 11, 24)
CAREFUL = 30  # a person says no, the rule cannot tell: at most so many
MISSED = 1  # a person says yes, the rule cannot tell


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _certificate(found: dict) -> Covered:
    return Covered(
        listed=found["listed"],
        prose=found["prose"],
        sites=found["sites"],
        moves=[(_day(on), status) for on, status in found["moves"]],
        periods=[(_day(start), _day(end)) for start, end in found["periods"]],
        models=found["models"],
        lines=[tuple(line) for line in found["lines"]],
        codes=found["codes"],
    )


CERTIFICATES = {
    name: _certificate(found)
    for name, found in json.loads((DATA / "scope_certificates.json").read_text(encoding="utf-8")).items()
}
with (DATA / "scope_questions.csv").open(encoding="utf-8", newline="") as file:
    QUESTIONS = list(csv.DictReader(file))


def ask(question: dict) -> list:
    return covers(
        CERTIFICATES[question["certificate"]],
        product=question["product"],
        site=question["site"],
        day=_day(question["day"]),
        today=TODAY,
    )


def confusion() -> dict[tuple[str, str], list[str]]:
    """(label, answer) with the questions."""
    table: dict[tuple[str, str], list[str]] = {}
    for question in QUESTIONS:
        shown = " ".join(question[name] for name in ("n", "certificate", "product", "site", "day"))
        table.setdefault((question["expected"], str(overall(ask(question)))), []).append(shown)
    return table


def test_the_set_is_as_large_and_as_mixed_as_it_should_be() -> None:
    by = Counter(question["by"] for question in QUESTIONS)
    assert len(QUESTIONS) >= 300
    assert by["hand"] >= 100
    assert {name[0] for name in CERTIFICATES} == set("QCOI")
    assert min(Counter(question["expected"] for question in QUESTIONS).values()) >= 60


def test_nothing_is_called_covered_that_is_not() -> None:
    table = confusion()
    assert table.get(("no", "yes"), []) == []
    assert table.get(("cannot_tell", "yes"), []) == []


def test_nothing_is_called_not_covered_that_is_or_may_be() -> None:
    table = confusion()
    assert table.get(("yes", "no"), []) == []
    assert table.get(("cannot_tell", "no"), []) == []


def test_what_is_written_is_found_and_care_is_not_everywhere() -> None:
    table = confusion()
    assert len(table.get(("yes", "cannot_tell"), [])) <= MISSED
    assert len(table.get(("no", "cannot_tell"), [])) <= CAREFUL


def test_every_finding_gives_its_reason() -> None:
    for question in QUESTIONS:
        for finding in ask(question):
            assert finding.reason, question
            if overall([finding]) == Answer.NO and finding.criterion != "day":
                assert finding.text, question
