"""Does a certificate cover this product, this site, on this day? A reasoned answer from what it says. Pure.

Each criterion is answered yes, no or "cannot tell", with the text the answer stands on. "No" is said only where the
certificate lists exhaustively (product lines, models, sites, dates); a scope in prose can show a yes, never a no.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

from apps.certifications.constants import Status
from apps.certifications.rules.status import status_on
from apps.core.grams import bigrams, fold


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one criterion: `reason` in a sentence, `text` the words of the certificate it stands on."""

    criterion: str
    asked: str
    answer: Answer
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Covered:
    """What a certificate says of itself. `listed` are exhaustive items, `prose` is free text."""

    listed: Sequence[str] = ()
    prose: Sequence[str] = ()
    sites: Sequence[str] = ()
    moves: Sequence[tuple[dt.date | None, str]] = ()
    periods: Sequence[tuple[dt.date | None, dt.date | None]] = ()
    status_names: dict[str, str] = field(default_factory=dict)


def overall(findings: Iterable[Finding]) -> Answer:
    """No if any criterion fails, yes if every one holds, otherwise nobody can tell."""
    answers = {finding.answer for finding in findings}
    if Answer.NO in answers:
        return Answer.NO
    return Answer.YES if answers == {Answer.YES} else Answer.CANNOT_TELL


def covers(
    certificate: Covered, *, product: str = "", site: str = "", day: dt.date | None = None, today: dt.date
) -> list[Finding]:
    """The findings for each criterion that was asked; the day is always asked (today if none is given)."""
    findings = []
    if fold(product):
        findings.append(_product(certificate, product))
    if fold(site):
        findings.append(_site(certificate, site))
    findings.append(_day(certificate, day or today, today))
    return findings


def _product(certificate: Covered, product: str) -> Finding:
    wanted = fold(product)
    texts = [text for text in (*certificate.listed, *certificate.prose) if text]
    for text in texts:
        if wanted in fold(text):
            return Finding("product", product, Answer.YES, _("证书写明了这一产品。"), text)
    near = next((text for text in certificate.listed if fold(text) and _is_near(wanted, fold(text))), "")
    if near:
        return Finding(
            "product", product, Answer.CANNOT_TELL, _("证书列有相近的产品，名称不完全相同，请人工核对。"), near
        )
    if any(certificate.listed):
        listed = "；".join(text for text in certificate.listed if text)
        return Finding("product", product, Answer.NO, _("证书逐项列出的产品中没有这一项。"), listed)
    if texts:
        reason = _("证书范围是概括写法，没有出现这一名称；是否包含请向发证机构确认。")
        return Finding("product", product, Answer.CANNOT_TELL, reason, "；".join(texts))
    return Finding("product", product, Answer.CANNOT_TELL, _("来源没有报送范围和产品。"))


def _site(certificate: Covered, site: str) -> Finding:
    wanted = fold(site)
    for text in certificate.sites:
        if wanted in fold(text):
            return Finding("site", site, Answer.YES, _("证书列有这一场所。"), text)
    if not certificate.sites:
        return Finding("site", site, Answer.CANNOT_TELL, _("来源没有报送证书覆盖的场所。"))
    near = next((text for text in certificate.sites if _is_near(wanted, fold(text))), "")
    if near:
        return Finding("site", site, Answer.CANNOT_TELL, _("证书列有相近的地址，写法不完全相同，请人工核对。"), near)
    return Finding("site", site, Answer.NO, _("证书列出的场所中没有这一处。"), "；".join(certificate.sites))


def _is_near(wanted: str, text: str) -> bool:
    """One holds the other, or half of the wanted bigrams stand in the text."""
    if text in wanted:
        return True
    grams = bigrams(wanted)
    return bool(grams) and sum(gram in text for gram in grams) * 2 >= len(grams)


def _day(certificate: Covered, day: dt.date, today: dt.date) -> Finding:
    asked, span = day.isoformat(), _span(certificate)
    ends = [end for _start, end in certificate.periods if end is not None]
    if day > today:
        if ends and day > max(ends):
            return Finding("day", asked, Answer.NO, _("这一天在有效期之后。"), span)
        return Finding("day", asked, Answer.CANNOT_TELL, _("这一天还没有到，届时的状态无法预知。"), span)
    held = status_on(certificate.moves, certificate.periods, day)
    if held is None:
        starts = [start for start, _end in certificate.periods if start is not None]
        if starts and day < min(starts):
            return Finding("day", asked, Answer.NO, _("这一天在本平台所知的首个有效期之前。"), span)
        return Finding("day", asked, Answer.CANNOT_TELL, _("没有关于这一天的记录。"), span)
    name = certificate.status_names.get(str(held), str(held))
    if held == Status.VALID:
        return Finding("day", asked, Answer.YES, _("这一天证书有效。"), span)
    return Finding("day", asked, Answer.NO, _("这一天证书状态为“%(status)s”。") % {"status": name}, span)


def _span(certificate: Covered) -> str:
    def shown(day: dt.date | None) -> str:
        return day.isoformat() if day else "?"

    return "；".join(f"{shown(start)} – {shown(end)}" for start, end in certificate.periods)
