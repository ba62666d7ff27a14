"""What a token of a testing institution may be allowed to do."""

from django.utils.translation import gettext_lazy as _

from apps.parties.constants import OrganisationKind
from apps.parties.scopes import Scope, register

READ, WRITE, SUBMIT = "applications:read", "applications:write", "applications:submit"
SCOPE_READ, SCOPE_WRITE, LICENCES_READ = "scope:read", "scope:write", "licences:read"
_OURS = frozenset({OrganisationKind.INSTITUTION})


def register_scopes() -> None:
    """Called by AppConfig.ready."""
    register(
        Scope(READ, _("读取申请"), _("读取申请、办理进度、时限、材料和文书"), _OURS),
        Scope(WRITE, _("填写申请"), _("新建草稿、填写内容、上传材料、逐项答复"), _OURS),
        Scope(SUBMIT, _("递交和撤回"), _("递交申请、提交补正和整改、撤回申请"), _OURS),
        Scope(SCOPE_READ, _("读取能力附表"), _("读取本机构能力附表的各版本"), _OURS),
        Scope(SCOPE_WRITE, _("上传能力附表"), _("导入表格，形成能力附表草稿"), _OURS),
        Scope(LICENCES_READ, _("读取证书"), _("读取本机构的资质认定证书及其变化"), _OURS),
    )
