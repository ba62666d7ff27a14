"""Numbers in an address: where a page goes on, and how long it is."""

from django.utils.translation import gettext as _

from apps.core.problems import Problem, ProblemsFound

LARGEST = 2**31 - 1


def position(params, name: str) -> int:
    """After which row; 0 is the beginning."""
    return _number(params, name, usual=0, least=0, most=LARGEST)


def at_most(params, name: str, *, usual: int, most: int) -> int:
    """How many; faulty beyond `most`."""
    return _number(params, name, usual=usual, least=1, most=most)


def _number(params, name, *, usual, least, most):
    text = params.get(name, "")
    if not text:
        return usual
    if text.isascii() and text.isdigit() and len(text) <= 10 and least <= int(text) <= most:
        return int(text)
    rule = _("须为 %(least)d 至 %(most)d 的整数") % {"least": least, "most": most}
    raise ProblemsFound(Problem(f"{name}.invalid", name, ascii(text[:20]), rule, _("请改正或去掉这一参数")))
