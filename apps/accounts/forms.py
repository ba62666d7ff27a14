"""Forms about people. They shape input; the services decide."""

import datetime as dt

from allauth.account.forms import LoginForm, SignupForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from apps.accounts.constants import Realm, Role
from apps.accounts.models import Unit
from apps.accounts.selectors import ids_of_people_named
from apps.audit.selectors import TrailFilter
from apps.core.calendar import SHANGHAI
from apps.core.forms import DateInput
from apps.core.text import printable


class SignInForm(LoginForm):
    """User name and password, one Tab apart: the way to a new password stands below the form."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class KeyForm(AddWebAuthnForm):
    """allauth gives the name of a key no label of its own, which leaves the English word of the field."""

    name = forms.CharField(label=_("密钥名称"), required=False, max_length=100)


class KeyNameForm(EditWebAuthnForm):
    name = forms.CharField(label=_("密钥名称"), max_length=100)


class RegistrationForm(SignupForm):
    """Open to anybody: name, e-mail, password. Whom a person acts for is claimed afterwards (apps.parties)."""

    display_name = forms.CharField(label=_("姓名"), max_length=100)
    field_order = ["display_name", "email", "password1", "password2"]

    def clean_display_name(self) -> str:
        return printable(self.cleaned_data["display_name"].strip())

    def try_save(self, request):
        """Who has an account already costs the same hashing as a newcomer, or the time would tell them apart."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)

    def save(self, request):
        user = super().save(request)
        if user is not None:
            user.display_name = self.cleaned_data["display_name"]
            user.save(update_fields=["display_name"])
        return user


class ReasonForm(forms.Form):
    """Why an administrator does this; the trail keeps it."""

    reason = forms.CharField(
        label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("将记入审计记录。")
    )


class StaffAccountForm(forms.Form):
    """A new member of staff."""

    username = forms.CharField(
        label=_("用户名"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=_("用于登录，开通后不可更改；可用字母、数字和 @ . + - _。"),
    )
    display_name = forms.CharField(label=_("姓名"), max_length=100)
    email = forms.EmailField(label=_("工作邮箱"), help_text=_("设置密码的邀请将发往此邮箱。"))
    unit = forms.ModelChoiceField(
        label=_("所属单位"), queryset=Unit.objects.order_by("code"), widget=forms.Select(attrs={"lang": "zh"})
    )


class UnitForm(ReasonForm):
    """Another unit for a member of staff."""

    unit = forms.ModelChoiceField(
        label=_("所属单位"), queryset=Unit.objects.order_by("code"), widget=forms.Select(attrs={"lang": "zh"})
    )
    field_order = ["unit", "reason"]


class GrantForm(ReasonForm):
    """A role for a member of staff, for good or until a day."""

    role = forms.ChoiceField(label=_("角色"), choices=Role.choices)
    starts_on = forms.DateField(label=_("开始日期"), widget=DateInput())
    ends_on = forms.DateField(
        label=_("结束日期"),
        required=False,
        widget=DateInput(),
        help_text=_("留空表示长期有效；代理岗位请填写到期日。"),
    )
    field_order = ["role", "starts_on", "ends_on", "reason"]


class PeopleFilter(forms.Form):
    """What the list of accounts can be narrowed to. Unknown values show nothing rather than everything."""

    q = forms.CharField(label=_("用户名、姓名或邮箱"), required=False, max_length=100)
    realm = forms.ChoiceField(label=_("账号类别"), required=False, choices=[("", _("全部")), *Realm.choices])
    unit = forms.ModelChoiceField(
        label=_("所属单位"),
        required=False,
        queryset=Unit.objects.order_by("code"),
        to_field_name="code",
        widget=forms.Select(attrs={"lang": "zh"}),
        empty_label=_("全部"),
    )
    role = forms.ChoiceField(label=_("角色"), required=False, choices=[("", _("全部")), *Role.choices])
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), ("active", _("在用")), ("closed", _("已停用"))]
    )


class TrailForm(forms.Form):
    """What the audit administrator looks for. The same form narrows the list and the export."""

    actor = forms.CharField(
        label=_("操作人"), required=False, max_length=150, help_text=_("用户名、姓名或邮箱；系统任务写 system:名称")
    )
    action = forms.CharField(
        label=_("操作"),
        required=False,
        max_length=64,
        validators=[RegexValidator(r"^[a-z_.]+$", _("只能包含小写字母、下划线和点。"))],
        help_text=_("如 accounts.role.grant；以点结尾表示一类"),
    )
    subject = forms.CharField(
        label=_("对象"), required=False, max_length=130, help_text=_("类型:编号，如 certificate:12；或只写类型")
    )
    since = forms.DateField(label=_("自"), required=False, widget=DateInput())
    until = forms.DateField(label=_("至"), required=False, widget=DateInput())
    request_id = forms.CharField(label=_("请求编号"), required=False, max_length=64)

    def clean(self):
        super().clean()
        given = self.cleaned_data
        if given.get("since") and given.get("until") and given["until"] < given["since"]:
            self.add_error("until", _("结束日期不得早于开始日期。"))
        if given.get("until") and given["until"].year > 9000:
            self.add_error("until", _("请填写合理的日期。"))
        return given

    def as_text(self) -> dict[str, str]:
        """What was asked, for the trail."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}

    def wanted(self) -> TrailFilter:
        """The form's words as the trail knows them: names become ids, days become instants in Shanghai."""
        given = self.cleaned_data
        actor = given["actor"]
        system = actor if actor.startswith("system:") else ""
        kind, _colon, subject_id = given["subject"].partition(":")
        return TrailFilter(
            actor_ids=ids_of_people_named(actor) if actor and not system else None,
            actor_label=system,
            action=given["action"],
            subject_kind=kind,
            subject_id=subject_id,
            since=_start_of(given["since"]),
            until=_start_of(given["until"] + dt.timedelta(days=1)) if given["until"] else None,
            request_id=given["request_id"],
        )


def _start_of(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time(), SHANGHAI) if day else None
