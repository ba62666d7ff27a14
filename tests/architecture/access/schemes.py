"""URLs of apps.schemes."""

from apps.accounts.constants import Permission as P
from tests.architecture.access import ANYONE, Access, staff

READ = staff(P.CERTIFICATE_VIEW_INTERNAL, P.SCHEME_EDIT)

ROWS: dict[str, Access] = {
    "schemes:rules": READ,
    "schemes:rule_new": staff(P.SCHEME_EDIT),
    "schemes:rule_change": staff(P.SCHEME_EDIT),
    "schemes:guide_rules": READ,
    "schemes:guide_new": staff(P.SCHEME_EDIT),
    "schemes:guide_edit": staff(P.SCHEME_EDIT),
    "schemes:register": staff(P.CERTIFICATE_VIEW_INTERNAL),
    "schemes:catalogue": ANYONE,
    "schemes:change_new": staff(P.SCHEME_EDIT),
    "schemes:affected": staff(P.CERTIFICATE_VIEW_INTERNAL),
    "schemes:proposals": READ,
    "schemes:proposal": staff(P.SCHEME_EDIT),
    "schemes:withdraw": staff(P.SCHEME_EDIT, method="post"),
}
