"""A question to the register as it comes from an address line: checked once, for the page and for the API alike.

Everything wrong is said at once, each with place, value, rule and remedy. What is not asked for is absent, unknown
parameters are ignored, and a page number is refused: lists go on from a row, not from a count.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.certifications.constants import Status
from apps.certifications.rules.query import Reading, Word, read_query, words_of
from apps.certifications.selectors.lookup import Found, Meaning, find
from apps.certifications.selectors.matching import Criteria, Cursor
from apps.certifications.selectors.reference import projects_named
from apps.core.problems import Problem, ProblemsFound
from apps.core.text import whole_number
from apps.parties.selectors import find_by_approval

_CURSOR = re.compile(r"(\d{8})-(\d{1,18})")
_DIVISION = re.compile(r"\d{2}(\d{2})?(\d{2})?")
MAX_PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Question:
    """`found` says how the text was understood; `criteria` already follows from it. `filtered`: any filter is set."""

    reading: Reading
    found: Found
    criteria: Criteria
    cursor: Cursor | None
    size: int
    filtered: bool

    @property
    def is_empty(self) -> bool:
        return not self.reading.typed and not self.filtered

    @property
    def is_list_of_ids(self) -> bool:
        return self.found.meaning in (Meaning.NUMBER, Meaning.TOKEN, Meaning.PREFIX)

    @property
    def finds_nothing(self) -> bool:
        """Something was typed that can be neither a number of ours nor words (an ID number, punctuation)."""
        return bool(self.reading.typed) and self.found.meaning == Meaning.NOTHING


def read_question(params: Mapping[str, str], *, default_size: int) -> Question:
    """Check `params` and understand them; ProblemsFound names all that is wrong."""
    problems: list[Problem] = []

    def checked(read: Callable[[str], Any], name: str, default: Any) -> Any:
        text = params.get(name, "").strip()
        if not text:
            return default
        try:
            return read(text)
        except ProblemsFound as found:
            problems.extend(found.problems)
            return default

    reading = checked(read_query, "q", Reading(""))
    filters = _filters(checked)
    cursor = checked(_after, "after", None) or checked(_before, "before", None)
    size = checked(_size, "page_size", default_size)
    oldest = checked(_sort, "sort", False)
    checked(_no_page, "page", None)
    if filters["since"] and filters["until"] and filters["since"] > filters["until"]:
        problems.append(_problem("until", params["until"], _("止日早于起日"), _("请调换两个日期")))
    if problems:
        raise ProblemsFound(*problems)
    found = find(reading, as_words=params.get("as") == "words")
    criteria = _criteria(reading, found, filters, oldest)
    return Question(reading, found, criteria, cursor, size, any(filters.values()))


def _filters(checked: Callable[[Callable[[str], Any], str, Any], Any]) -> dict[str, Any]:
    return {
        "scheme": checked(_scheme, "scheme", ()),
        "body": checked(_body, "body", None),
        "county": checked(_county, "county", ""),
        "status": checked(_status, "status", ""),
        "since": checked(lambda text: _date("since", text), "since", None),
        "until": checked(lambda text: _date("until", text), "until", None),
        "product": checked(_product, "product", ()),
    }


def _criteria(reading: Reading, found: Found, filters: dict[str, Any], oldest: bool) -> Criteria:
    by_body = found.party_id if found.meaning == Meaning.BODY else None
    return Criteria(
        words=reading.words if found.meaning == Meaning.WORDS else (),
        product=filters["product"],
        projects=filters["scheme"],
        body_id=filters["body"] or by_body,
        holder_id=found.party_id if found.meaning == Meaning.ORGANISATION else None,
        division=filters["county"],
        status=filters["status"],
        since=filters["since"],
        until=filters["until"],
        oldest_first=oldest,
    )


def _problem(place: str, value: str, rule: str, remedy: str) -> Problem:
    shown = value[:40].encode("unicode_escape").decode() if not value.isprintable() else value[:40]
    return Problem(f"{place}.invalid", place, shown, rule, remedy)


def _refuse(place: str, value: str, rule: str, remedy: str) -> ProblemsFound:
    return ProblemsFound(_problem(place, value, rule, remedy))


def _scheme(text: str) -> tuple[str, ...]:
    codes = projects_named(text)
    if not codes:
        raise _refuse(
            "scheme", text, _("没有这一认证类别或项目代码"), _("请从列表中选择，或使用 A010101 这样的项目代码")
        )
    return codes


def _body(text: str) -> int:
    body = find_by_approval(text.upper()[:20]) if text.isprintable() else None
    if body is None:
        rule = _("没有这一认证机构批准号")
        raise _refuse("body", text, rule, _("批准号形如 CNCA-R-2002-001，请照证书核对"))
    return body.pk


def _county(text: str) -> str:
    if not (text.isascii() and _DIVISION.fullmatch(text)):
        rule = _("行政区划代码为 2、4 或 6 位数字")
        raise _refuse("county", text, rule, _("例如 520602（碧江区）、5206（铜仁市）"))
    code = text
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code


def _status(text: str) -> str:
    if text not in Status.values:
        raise _refuse("status", text, _("没有这一状态"), _("可用：%(all)s") % {"all": "、".join(Status.values)})
    return text


def _date(place: str, text: str) -> dt.date:
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            raise ValueError
        return dt.date.fromisoformat(text)
    except ValueError:
        raise _refuse(place, text, _("不是日历上的日期"), _("请写成 2026-01-31 的样子")) from None


def _product(text: str) -> tuple[Word, ...]:
    try:
        return words_of(text)
    except ProblemsFound as found:
        raise ProblemsFound(*(Problem(p.code, "product", p.value, p.rule, p.remedy) for p in found.problems)) from None


def _sort(text: str) -> bool:
    if text not in ("newest", "oldest"):
        raise _refuse("sort", text, _("没有这一排序"), _("可用：newest、oldest"))
    return text == "oldest"


def _size(text: str) -> int:
    size = whole_number(text)
    if size is None or not 1 <= size <= MAX_PAGE_SIZE:
        rule = _("每页条数为 1 至 %(most)d") % {"most": MAX_PAGE_SIZE}
        raise _refuse("page_size", text, rule, _("请减少每页条数，用游标继续读取"))
    return size


def _no_page(text: str) -> None:
    raise _refuse("page", text, _("列表不按页码翻页"), _("请使用“下一页”链接，或用 after 参数从上一页的末行继续"))


def _after(text: str) -> Cursor:
    return _cursor("after", text)


def _before(text: str) -> Cursor:
    return _cursor("before", text)


def _cursor(place: str, text: str) -> Cursor:
    found = _CURSOR.fullmatch(text) if text.isascii() else None
    if found:
        try:
            on = dt.datetime.strptime(found[1], "%Y%m%d").replace(tzinfo=dt.UTC).date()
            return Cursor(on, int(found[2]), backwards=place == "before")
        except ValueError:
            pass
    raise _refuse(place, text, _("不是本平台给出的翻页位置"), _("请从第一页重新查起"))


def cursor_text(cursor: Cursor) -> str:
    """The cursor as it stands in an address."""
    return f"{cursor.on:%Y%m%d}-{cursor.pk}"
