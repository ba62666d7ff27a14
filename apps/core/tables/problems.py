"""What can be wrong with a cell of any list: the rule it breaks and how to mend it, by a code that never changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Explanation:
    rule: Words
    remedy: Words


class CellProblem(NamedTuple):
    """One faulty cell: row as the spreadsheet counts, heading, what stands there, code of the list's problems."""

    row: int
    column: str
    value: str
    code: str


def explain(problems: Mapping[str, Explanation], code: str) -> Explanation:
    """The rule and the remedy of a problem. A code of an older release that is gone explains itself as its name."""
    return problems.get(code) or Explanation(code, _("请照模板说明核对"))


def sentence(column: str, words: Explanation) -> str:
    """Column, rule and remedy in one line."""
    place = f"{column}：" if column else ""
    return f"{place}{words.rule}。{words.remedy}。"


EVERY_LIST: dict[str, Explanation] = {
    "required": Explanation(_("此列必填"), _("请照证书补填")),
    "columns": Explanation(
        _("本行的单元格数与表头不一致"), _("请检查是否多了或少了分隔符；含逗号或换行的内容要用英文双引号括起来")
    ),
    "quote": Explanation(
        _("引号没有配对，一条记录吞掉了后面的多行"), _("请在所列位置补上英文双引号；内容中的双引号要写成两个")
    ),
    "encoding": Explanation(_("文字编码损坏，无法辨认"), _("请用 UTF-8 或 GB18030 重新保存整个文件，不要混用")),
    "control": Explanation(_("含有不可见的控制字符"), _("请删除后重新输入")),
    "formula": Explanation(_("以 = + - @ 开头，看起来是公式而不是文字"), _("请填写公式算出的结果，或去掉开头的符号")),
    "sheet_error": Explanation(_("单元格是表格软件的错误值"), _("请修正公式，或直接填写结果")),
    "too_long": Explanation(_("超过本列允许的长度"), _("请照证书精简，或检查是否错列")),
}
