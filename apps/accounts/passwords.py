"""Password policy per realm (ADR 0007).

Everybody: at least twelve characters, none of the twenty thousand common ones, not like the own name (Django's
validators). Staff besides: three of four character classes, none of the last five. External people need no mixture and
no rotation (ASVS 5.0, 6.2.5 and 6.2.10).
"""

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.rules import PASSWORDS_REMEMBERED, character_classes
from apps.accounts.selectors import former_passwords


class StaffPasswordValidator:
    """What MLPS level 3 (8.1.4.1 a) asks of staff beyond length."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None or not getattr(user, "is_staff_member", False):
            return
        problems = []
        if character_classes(password) < 3:
            text = _("密码须包含大写字母、小写字母、数字、其他字符四类中的至少三类。")
            problems.append(ValidationError(text, code="password_classes"))
        if user.pk and any(check_password(password, former) for former in former_passwords(user)):
            text = _("新密码不得与最近 %(count)d 次使用过的密码相同。") % {"count": PASSWORDS_REMEMBERED}
            problems.append(ValidationError(text, code="password_reused"))
        if problems:
            raise ValidationError(problems)

    def get_help_text(self) -> str:
        return _("工作人员的密码还须包含四类字符中的至少三类，每 90 天更换一次，且不得与最近 5 次相同。")
