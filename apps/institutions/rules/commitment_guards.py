"""What the commitment route asks before a step, beside what every application is asked (rules.facts). Pure."""

from django.utils.translation import gettext as _

from apps.core.problems import Problem
from apps.institutions.rules.facts import Facts
from apps.workflow.process import Inputs


def route_open(facts: Facts, _inputs: Inputs) -> Problem | None:
    """Asked when it is handed in, accepted and granted: a penalty in between closes the route."""
    if not facts.commitment or not facts.route_refusals:
        return None
    rule = _("不适用告知承诺程序：%(why)s") % {"why": "；".join(facts.route_refusals)}
    return Problem("route_closed", "route", "", rule, _("请改按一般程序办理"))


def signed(facts: Facts, _inputs: Inputs) -> Problem | None:
    """The signature stands for the application as it is now: what was changed afterwards is signed again."""
    if not facts.commitment or facts.signed:
        return None
    if facts.signed_before:
        rule = _("签署告知承诺书以后申请内容有变动")
        return Problem("signed_before", "informed", "", rule, _("请由申请人重新签署告知承诺书"))
    return Problem("unsigned", "informed", "", _("告知承诺书尚未签署"), _("请阅读并签署告知承诺书"))


def commitment_paper_ready(facts: Facts, _inputs: Inputs) -> Problem | None:
    """The clerk accepts a commitment that is there: typeset, stored, with its hash."""
    if not facts.commitment or facts.commitment_paper:
        return None
    return Problem("commitment_paper", "informed", "", _("告知承诺书尚未生成"), _("请稍候刷新本页"))


def by_review(facts: Facts) -> bool:
    return not facts.commitment


def by_commitment(facts: Facts) -> bool:
    return facts.commitment
