"""Forms of the application for certification. They clean; services write."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import Shape
from apps.certifying.constants import Advice, Grade, Stage, StageResult, TeamRole, TieKind
from apps.core.forms import DateInput, DayField, RegisterSelect, VersionField
from apps.parties.selectors.organisations import find_by_code
from apps.workflow.constants import REASON_LENGTH

LONG = 2_000
CODE = re.compile(r"(IAF:\d{2}|GB:[A-T]\d{2,4}|CCC:\d{4})")


def _long(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONG, widget=forms.Textarea(attrs={"rows": 3}), **more)


class CodesField(forms.CharField):
    """Codes one a line or parted by commas: IAF:03, GB:C14, CCC:0101."""

    def __init__(self) -> None:
        super().__init__(
            label=_("范围代码"),
            required=False,
            max_length=LONG,
            widget=forms.Textarea(attrs={"rows": 2, "class": "code", "spellcheck": "false"}),
            help_text=_("每行一个：IAF:03（认证业务范围）、GB:C14（GB/T 4754）、CCC:0101（强制性产品目录代码）。"),
        )

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        codes = [part.upper() for part in re.split(r"[\s,，、;；]+", super().clean(value)) if part]
        faulty = [code for code in codes if not CODE.fullmatch(code)]
        if faulty:
            said = _("不认识的代码：%(codes)s") % {"codes": " ".join(faulty)[:100]}
            raise forms.ValidationError(said, code="code")
        return list(dict.fromkeys(codes))


class PartyField(forms.CharField):
    """Another organisation, by its code; empty for the applicant itself."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            max_length=40,
            help_text=_("填写统一社会信用代码；与申请单位相同的不填。"),
            widget=forms.TextInput(attrs={"class": "code"}),
        )

    def prepare_value(self, value: Any) -> Any:
        return getattr(value, "uscc", value)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = find_by_code(text)
        if found is None:
            raise forms.ValidationError(_("本平台没有这一统一社会信用代码，请核对。"), code="absent")
        return found


class BasicsForm(forms.Form):
    """What the applicant writes; gaps are allowed, the task list names them."""

    contact_name = forms.CharField(label=_("联系人"), max_length=60, required=False)
    contact_phone = forms.CharField(label=_("联系电话"), max_length=40, required=False)
    standard = forms.CharField(label=_("认证依据"), max_length=200, required=False, help_text=_("如 GB/T 19630-2019"))
    scope = _long(_("认证范围"), required=False)
    scope_codes = CodesField()
    headcount = forms.IntegerField(label=_("覆盖人数"), min_value=1, max_value=1_000_000, required=False)
    shifts = forms.IntegerField(label=_("班次"), min_value=1, max_value=10, required=False)
    operating_since = DayField(label=_("体系运行或者有机生产开始日期"), required=False)
    product_code = forms.CharField(label=_("CCC 产品代码"), max_length=4, required=False)
    product_name = forms.CharField(label=_("产品名称"), max_length=200, required=False)
    models_text = _long(_("规格型号"), required=False)
    manufacturer = PartyField(_("制造商"))
    factory = PartyField(_("生产厂"))
    consultant = forms.CharField(
        label=_("提供咨询的单位或者个人"),
        max_length=200,
        required=False,
        help_text=_("提供过咨询的人不得审核本申请；没有的不填。"),
    )
    fee_own = forms.BooleanField(label=_("认证费用由本单位自行支付"), required=False)
    statement = _long(_("申请说明"), required=False)
    version = VersionField()

    def __init__(self, *args: Any, shape: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product = shape in (Shape.CCC, Shape.INDUSTRIAL)
        dropped: tuple[str, ...] = () if product else ("product_name", "models_text", "manufacturer", "factory")
        dropped += () if shape == Shape.CCC else ("product_code",)
        dropped += ("operating_since",) if product else ()
        for name in dropped:
            del self.fields[name]


class SiteForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=200, required=False)
    address = forms.CharField(label=_("地址"), max_length=300)
    activity = forms.CharField(label=_("活动"), max_length=200, required=False)


class LineForm(forms.Form):
    product = forms.CharField(label=_("产品"), max_length=200)
    place = forms.CharField(label=_("地块或者产地"), max_length=200)
    area_mu = forms.DecimalField(label=_("面积（亩）"), min_value=0, max_digits=12, decimal_places=2, required=False)
    output = forms.DecimalField(label=_("预计年产量"), min_value=0, max_digits=14, decimal_places=3, required=False)
    output_unit = forms.CharField(label=_("单位"), max_length=16, required=False)


ROW_FORMS = {"sites": SiteForm, "lines": LineForm}


class BodyForm(forms.Form):
    body = forms.IntegerField(widget=forms.HiddenInput)


class PointForm(forms.Form):
    """One thing to complete, or one finding."""

    grade = forms.ChoiceField(label=_("等级"), choices=[("", _("请选择")), *Grade.choices])
    about = forms.CharField(label=_("涉及内容"), max_length=200, help_text=_("条款、材料或者地块"))
    problem = _long(_("存在问题"))
    remedy = _long(_("要求"), required=False)

    def __init__(self, *args: Any, graded: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not graded:
            del self.fields["grade"]


class AnswerForm(forms.Form):
    answer = _long(_("答复"))
    version = VersionField()


class ReopenForm(forms.Form):
    problem = _long(_("仍存在的问题"))


class PlanForm(forms.Form):
    plan_from = DayField(label=_("审核开始日期"))
    plan_to = DayField(label=_("审核结束日期"))
    plan_days = forms.DecimalField(label=_("审核人日"), min_value=0, max_digits=5, decimal_places=1)
    plan_note = _long(_("审核计划"), required=False)


class MemberForm(forms.Form):
    user_id = forms.TypedChoiceField(label=_("人员"), coerce=int, widget=RegisterSelect)
    role = forms.ChoiceField(label=_("分工"), choices=TeamRole.choices)
    field = forms.CharField(label=_("专业"), max_length=100, required=False)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user_id"].choices = [(user.pk, str(user)) for user in people]  # type: ignore[attr-defined]


class StageForm(forms.Form):
    """What came of one examination."""

    stage = forms.ChoiceField(label=_("阶段"))
    from_on = DayField(label=_("开始日期"))
    to_on = DayField(label=_("结束日期"))
    result = forms.ChoiceField(label=_("结果"), choices=[("", _("请选择")), *StageResult.choices])
    summary = _long(_("情况说明"))
    laboratory = forms.CharField(
        label=_("检测机构"), max_length=200, required=False, help_text=_("型式试验和抽样检测必填。")
    )
    report_number = forms.CharField(label=_("报告编号"), max_length=60, required=False)

    def __init__(self, *args: Any, stages: list[Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = [(stage.value, stage.label) for stage in stages]  # type: ignore[attr-defined]


class TieForm(forms.Form):
    user_id = forms.TypedChoiceField(label=_("人员"), coerce=int, widget=RegisterSelect)
    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=40, widget=forms.TextInput(attrs={"class": "code"}))
    kind = forms.ChoiceField(label=_("关系"), choices=TieKind.choices)
    until = DayField(label=_("回避至"), required=False, help_text=_("不填表示一直回避。"))

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user_id"].choices = [(user.pk, str(user)) for user in people]  # type: ignore[attr-defined]


class OfferForm(forms.Form):
    project = forms.ChoiceField(label=_("认证项目"))
    fee = forms.CharField(label=_("收费标准"), max_length=300)
    days = forms.IntegerField(label=_("承诺办理天数"), min_value=1, max_value=1000, required=False)
    accepts = forms.BooleanField(label=_("接受申请"), required=False, initial=True)

    def __init__(self, *args: Any, projects: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].choices = projects  # type: ignore[attr-defined]


class TakeForm(forms.Form):
    """One step of the process: what its row asks for, and the version that the person saw."""

    version = VersionField()

    INPUTS = {
        "advice": lambda: forms.ChoiceField(label=_("推荐意见"), choices=[("", _("请选择")), *Advice.choices]),
        "certificate_number": lambda: forms.CharField(
            label=_("证书编号"), max_length=64, widget=forms.TextInput(attrs={"class": "code"})
        ),
        "valid_from": lambda: forms.CharField(label=_("有效期自"), max_length=10, widget=DateInput()),
        "valid_to": lambda: forms.CharField(label=_("有效期至"), max_length=10, widget=DateInput()),
    }

    def __init__(self, *args: Any, names: tuple[str, ...], reason_required: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names
        for name in names:
            self.fields[name] = self.INPUTS[name]()
        if reason_required:
            self.fields["reason"] = forms.CharField(
                label=_("理由"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 4})
            )

    def given(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.names}
