"""Release of a certificate to another body (转换认证机构), as one table worked by the body that issued it.

The issuing body says how the certificate stands and agrees that it ends on the day on which the new one begins, or says
why not. The receiving body's own process is an application; see services.life_transfer for what joins the two.
"""

from django.utils.translation import gettext_lazy as _

from apps.certifying.rules import life_facts as guard
from apps.certifying.rules.life_shared import TO_DECIDE, decided, proposed, sent_back
from apps.certifying.rules.life_terms import GB_27021, PLANNING, RELEASE
from apps.workflow.process import APPLICANT, Process, State, step

EARLIER = ["propose"]
MATTER = "transfer"

STATES = (
    State("found", _("待提交")),
    State("asked", _("待核对证书状态")),
    State("proposed", TO_DECIDE),
    State("released", _("同意转出"), final=True),
    State("objected", _("不同意转出"), final=True),
    State("withdrawn", _("已撤回"), final=True),
)

STEPS = (
    step(
        "ask",
        "found",
        "asked",
        by=APPLICANT,
        label=_("申请转出"),
        message=_("转换认证机构的申请已提交。"),
        needs=[guard.act_open],
        tells=[APPLICANT, PLANNING],
        basis=GB_27021,
    ),
    proposed("asked", basis=GB_27021),
    sent_back("asked"),
    decided(
        "release",
        "released",
        label=_("同意转出"),
        message=_("原发证机构同意转出；新证书生效之日，原证书注销。"),
        needs=[guard.act_open],
        apart_from=EARLIER,
        issues="cert_release_letter",
        basis=GB_27021,
        consequence=_("新证书生效之日，原证书自动注销，不再另行决定。"),
    ),
    decided(
        "object",
        "objected",
        label=_("不同意转出"),
        message=_("原发证机构不同意转出，理由见办理经过。"),
        apart_from=EARLIER,
        basis=GB_27021,
    ),
    step(
        "withdraw",
        ["asked", "proposed"],
        "withdrawn",
        by=APPLICANT,
        label=_("撤回申请"),
        message=_("持证人已撤回转换认证机构的申请。"),
        tells=[APPLICANT, PLANNING],
        basis=GB_27021,
        consequence=_("撤回后证书状态不变，接收机构不再能查看历史记录。"),
    ),
)

RELEASING = Process(
    "cert_release",
    label=_("认证证书转出"),
    prefix="RZJ",
    start="found",
    states=STATES,
    steps=STEPS,
    matters={MATTER: _("转换认证机构")},
    starts=(RELEASE,),
    opened_by=frozenset({APPLICANT}),
    handled=True,
)
