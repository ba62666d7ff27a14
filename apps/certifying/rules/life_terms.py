"""Who acts, the limits that run, and the rules cited: the words that the tables about an issued certificate share."""

from apps.accounts.constants import Role
from apps.certifications.rules.status import CAR_26, CCC_RULE, QMS_RULE
from apps.parties.constants import BodyDuty
from apps.workflow.process import handler

PLANNING, AUDIT, DECISION = handler(BodyDuty.PLANNING), handler(BodyDuty.AUDIT), handler(BodyDuty.DECISION)
OFFICER, SUPERVISOR, LEADER = Role.OFFICER, Role.SUPERVISOR, Role.LEADER

STATE = "CERT.STATE"
SUSPEND, RESUME, REVOKE, CANCEL = "CERT.SUSPEND", "CERT.RESUME", "CERT.REVOKE", "CERT.CANCEL"
RELEASE, SHORT_NOTICE = "CERT.RELEASE", "CERT.SHORT_NOTICE"

# CNCA announcement 2008 No. 19: read in part, in quotations of a third party.
CCC_ENDING = "《强制性产品认证证书注销、暂停、撤销实施规则》（国家认监委公告2008年第19号）"
CCC_LETTER = "国认法函〔2007〕132号"
GB_27021 = "GB/T 27021.1《合格评定 管理体系审核认证机构要求》"

__all__ = [
    "AUDIT",
    "CANCEL",
    "CAR_26",
    "CCC_ENDING",
    "CCC_LETTER",
    "CCC_RULE",
    "DECISION",
    "GB_27021",
    "LEADER",
    "OFFICER",
    "PLANNING",
    "QMS_RULE",
    "RELEASE",
    "RESUME",
    "REVOKE",
    "SHORT_NOTICE",
    "STATE",
    "SUPERVISOR",
    "SUSPEND",
]
