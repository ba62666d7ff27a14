"""Claims, invitations and memberships."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import DayField, UploadInput, VersionField
from apps.core.uploads import EVIDENCE
from apps.parties.constants import MembershipRole
from apps.parties.forms.base import ReasonField, choose
from apps.parties.selectors import county_choices

END_HELP = _("代理人必填；管理人和成员不填表示长期。当天结束时失效。")


class SeveralFiles(UploadInput):
    allow_multiple_selected = True


class DocumentsField(forms.FileField):
    """Several files in one field; what they hold is the service's business."""

    def __init__(self, **options):
        widget = SeveralFiles(types=EVIDENCE.names, max_bytes=EVIDENCE.max_bytes)
        super().__init__(widget=widget, allow_empty_file=True, **options)

    def clean(self, data, initial=None):
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if self.required and not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return files


class ClaimForm(forms.Form):
    uscc = forms.CharField(
        label=_("统一社会信用代码"),
        max_length=40,
        help_text=_("营业执照上的18位代码。空格、小写和全角字符会自动更正。"),
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off", "spellcheck": "false"}),
    )
    organisation_name = forms.CharField(label=_("单位名称"), max_length=200, help_text=_("与营业执照一致的全称。"))
    position = forms.CharField(label=_("您在该单位的职务"), max_length=100)
    statement = forms.CharField(
        label=_("说明"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    documents = DocumentsField(
        label=_("证明材料"),
        help_text=_("营业执照、授权书等，最多5份。仅您和确认人可见。"),
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("角色"), choices=MembershipRole.choices)
    ends_on = DayField(label=_("结束日期"), required=False, help_text=END_HELP)


class ConfirmForm(RoleForm):
    """`division_code` is asked only for an organisation that is recorded by this confirmation."""

    division_code = forms.ChoiceField(label=_("所在区县"), required=False)
    version = VersionField()

    def __init__(self, *args, new_organisation=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = MembershipRole.MANAGER
        if new_organisation:
            choose(self.fields["division_code"], [("", _("按代码所示")), *county_choices()])
        else:
            del self.fields["division_code"]


class RefuseForm(forms.Form):
    reason = ReasonField(label=_("不通过的理由"), help_text=_("申请人会看到。请写明缺少什么或哪里不符。"))
    version = VersionField()


class InviteForm(RoleForm):
    email = forms.EmailField(label=_("邮箱"), max_length=254, help_text=_("链接发往此邮箱，14天内有效，只能使用一次。"))
    field_order = ["email", "role", "ends_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = MembershipRole.MEMBER


class MembershipForm(RoleForm):
    reason = ReasonField(label=_("理由"), required=False)


class EndForm(forms.Form):
    reason = ReasonField(label=_("理由"), required=False)
