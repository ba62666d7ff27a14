"""Does a certificate cover this product, this site, on this day? A reasoned answer from what it says. Pure.

Each criterion is answered yes, no or "cannot tell", with the text the answer stands on. "Yes" is said only where the
certificate names the very thing; "no" only where it lists exhaustively (product lines, models, sites, codes, dates).
What is near, wider, narrower, conditional or undated is "cannot tell", and the reason says why.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

from apps.certifications.constants import Status
from apps.certifications.rules.scope_text import (
    Match,
    code_match,
    exclusion_of,
    is_near,
    model_match,
    place_match,
    product_match,
    prose_match,
)
from apps.certifications.rules.status import status_on


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
    """What a certificate says of itself. `listed`, `models` and `codes` are exhaustive items, `prose` is free text.

    `lines`: (product, place) where each product has its own place. Where models are listed, the name of the product
    alone covers nothing: only those models are certified.
    """

    listed: Sequence[str] = ()
    prose: Sequence[str] = ()
    sites: Sequence[str] = ()
    moves: Sequence[tuple[dt.date | None, str]] = ()
    periods: Sequence[tuple[dt.date | None, dt.date | None]] = ()
    status_names: dict[str, str] = field(default_factory=dict)
    models: Sequence[str] = ()
    lines: Sequence[tuple[str, str]] = ()
    codes: Sequence[str] = ()


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
    if product.strip():
        findings.append(_product(certificate, product))
    if site.strip():
        findings.append(_site(certificate, site))
    if product.strip() and site.strip():
        findings += _pair(certificate, product, site)
    findings.append(_day(certificate, day or today, today))
    return findings


def _product(certificate: Covered, product: str) -> Finding:
    def found(answer: Answer, reason: str, text: str = "") -> Finding:
        return Finding("product", product, answer, reason, text)

    if (code := code_match(product, certificate.codes)) is not None:
        return found(*_of_code(code), "；".join(certificate.codes))
    if text := exclusion_of(product, certificate.prose):
        return found(Answer.NO, _("证书写明不包括这一产品。"), text)
    if (model := model_match(product, certificate.listed, certificate.models)) is not None:
        return found(Answer.YES, _("证书列有这一规格型号。"), model)
    texts = [(text, product_match(product, text)) for text in certificate.listed if text]
    texts += [(text, prose_match(product, text)) for text in certificate.prose if text]
    named = next((text for text, match in texts if match == Match.SAME), "")
    if named and any(certificate.models):
        reason = _("证书只覆盖所列的规格型号，请按型号核对。")
        return found(Answer.CANNOT_TELL, reason, "；".join(certificate.models))
    if named:
        return found(Answer.YES, _("证书写明了这一产品。"), named)
    return found(*_unnamed(certificate, product, texts))


def _of_code(match: Match) -> tuple[Answer, str]:
    if match == Match.SAME:
        return Answer.YES, _("证书范围列有这一代码。")
    if match == Match.OTHER:
        return Answer.NO, _("证书范围列出的代码中没有这一项。")
    return Answer.CANNOT_TELL, _("证书没有逐项列出代码，或列出的代码粗细不同，请向发证机构确认。")


def _unnamed(certificate: Covered, product: str, texts: Sequence[tuple[str, Match]]) -> tuple[Answer, str, str]:
    """Not named as such: near, elsewhere in free text, or not there at all."""
    conditional = next((text for text, match in texts if match == Match.CONDITIONAL), "")
    if conditional:
        return Answer.CANNOT_TELL, _("证书范围带有条件或除外，是否包含请向发证机构确认。"), conditional
    near = next((text for text, match in texts if match == Match.NEAR), "")
    near = near or next((model for model in certificate.models if is_near(product, model)), "")
    if near:
        return Answer.CANNOT_TELL, _("证书列有相近的产品，名称不完全相同，请人工核对。"), near
    items = [text for text in (*certificate.listed, *certificate.models) if text]
    if items:
        return Answer.NO, _("证书逐项列出的产品中没有这一项。"), "；".join(items)
    if prose := [text for text in certificate.prose if text]:
        reason = _("证书范围是概括写法，没有出现这一名称；是否包含请向发证机构确认。")
        return Answer.CANNOT_TELL, reason, "；".join(prose)
    return Answer.CANNOT_TELL, _("来源没有报送范围和产品。"), ""


def _site(certificate: Covered, site: str) -> Finding:
    places = [*certificate.sites, *(place for _product_name, place in certificate.lines if place)]
    matches = [(text, place_match(site, text)) for text in places]
    for text, match in matches:
        if match == Match.SAME:
            return Finding("site", site, Answer.YES, _("证书列有这一场所。"), text)
    if not places:
        return Finding("site", site, Answer.CANNOT_TELL, _("来源没有报送证书覆盖的场所。"))
    near = next((text for text, match in matches if match == Match.NEAR), "")
    if near:
        reason = _("证书列有相近的地址，或者所问的范围更大、更小，写法不完全相同，请人工核对。")
        return Finding("site", site, Answer.CANNOT_TELL, reason, near)
    return Finding("site", site, Answer.NO, _("证书列出的场所中没有这一处。"), "；".join(places))


def _pair(certificate: Covered, product: str, site: str) -> list[Finding]:
    """Each product has its own place: a named product and a listed place may still belong to two different lines."""
    places = [place for name, place in certificate.lines if place and product_match(product, name) == Match.SAME]
    if not places:
        return []
    matches = {place_match(site, place) for place in places}
    asked, text = f"{product} · {site}", "；".join(places)
    if Match.SAME in matches:
        return []
    if Match.NEAR in matches:
        inside = Match.SAME in {place_match(site, listed) for listed in certificate.sites}
        if inside and any(place_match(site, place) == Match.NEAR for place in places):
            return []
        return [Finding("site", asked, Answer.CANNOT_TELL, _("该产品登记的产地与所问场所写法不同，请人工核对。"), text)]
    return [Finding("site", asked, Answer.NO, _("该产品登记在其他产地。"), text)]


def _day(certificate: Covered, day: dt.date, today: dt.date) -> Finding:
    span = _span(certificate)

    def found(answer: Answer, reason: str) -> Finding:
        return Finding("day", day.isoformat(), answer, reason, span)

    ends = [end for _start, end in certificate.periods if end is not None]
    if day > today:
        if ends and len(ends) == len(certificate.periods) and day > max(ends):
            return found(Answer.NO, _("这一天在有效期之后。"))
        return found(Answer.CANNOT_TELL, _("这一天还没有到，届时的状态无法预知。"))
    held = {status_on(moves, certificate.periods, day) for moves in _readings(certificate.moves)}
    if len(held) > 1:
        return found(Answer.CANNOT_TELL, _("来源没有报送状态变化的日期，无法判断这一天的状态。"))
    return found(*_held(certificate, held.pop(), day))


def _held(certificate: Covered, status: Status | None, day: dt.date) -> tuple[Answer, str]:
    if status is None:
        starts = [start for start, _end in certificate.periods if start is not None]
        if starts and len(starts) == len(certificate.periods) and day < min(starts):
            return Answer.NO, _("这一天在本平台所知的首个有效期之前。")
        return Answer.CANNOT_TELL, _("没有关于这一天的记录。")
    if status != Status.VALID:
        name = certificate.status_names.get(str(status), str(status))
        return Answer.NO, _("这一天证书状态为“%(status)s”。") % {"status": name}
    known = any(start and end and start <= day <= end for start, end in certificate.periods)
    if not known:
        return Answer.CANNOT_TELL, _("来源没有报送完整的有效期，无法确认这一天。")
    return Answer.YES, _("这一天证书有效。")


def _readings(moves: Sequence[tuple[dt.date | None, str]]) -> list[list[tuple[dt.date | None, str]]]:
    """What the history may mean: a move without a day, after a first one, happened at once after the one before it,
    or only now."""
    soon = list(moves)
    late = [*moves[:1], *(move if move[0] is not None else (dt.date.max, move[1]) for move in moves[1:])]
    if moves and moves[0][0] is None and len(moves) > 1:
        late[0] = (dt.date.min, moves[0][1])
    return [soon, late]


def _span(certificate: Covered) -> str:
    def shown(day: dt.date | None) -> str:
        return day.isoformat() if day else "?"

    return "；".join(f"{shown(start)} – {shown(end)}" for start, end in certificate.periods)
