"""Words for the parties of a table that are no roles."""

from django.utils.translation import gettext_lazy as _

APPLICANT_LABEL = _("申请人")
CLOCK_LABEL = _("法定期限届满")
HANDLER_LABEL = _("认证机构·%(duty)s")
