"""apps.notifications: own messages for everybody, rules and deliveries for staff, the calendar by its secret."""

from apps.accounts.constants import Permission as P
from tests.architecture.access import ANYONE, OWNER, SIGNED_IN, Access, staff

ROWS: dict[str, Access] = {
    "notifications:centre": SIGNED_IN,
    "notifications:read": OWNER.but(method="post"),
    "notifications:read_all": SIGNED_IN.but(method="post"),
    "notifications:preferences": SIGNED_IN,
    "notifications:calendar_renew": SIGNED_IN.but(method="post"),
    "notifications:calendar_revoke": SIGNED_IN.but(method="post"),
    "notifications:calendar": ANYONE,
    "notifications:rules": staff(P.REMINDER_VIEW, P.REMINDER_RULE_EDIT),
    "notifications:rule_edit": staff(P.REMINDER_RULE_EDIT),
    "notifications:template_edit": staff(P.REMINDER_RULE_EDIT),
    "notifications:deliveries": staff(P.REMINDER_VIEW, P.DELIVERY_RETRY),
    "notifications:delivery": staff(P.REMINDER_VIEW, P.DELIVERY_RETRY),
    "notifications:retry": staff(P.DELIVERY_RETRY, method="post"),
    "notifications:decide": staff(P.DELIVERY_RETRY, method="post"),
    "notifications:accept_clock": staff(P.DELIVERY_RETRY, method="post"),
    "notifications:mailbox": staff(P.MAILBOX_VIEW),
    "notifications:mail": staff(P.MAILBOX_VIEW),
    "notifications:mail_html": staff(P.MAILBOX_VIEW),
    "notifications:mail_raw": staff(P.MAILBOX_VIEW),
}
