"""What may be sent, and what is answered, field by field."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.clock.constants import DeadlineState, LimitUnit
from apps.documents.constants import ScanState
from apps.institutions.constants import Field, ScopeState
from apps.institutions.forms.licensing import LONG
from apps.institutions.licence_constants import Change, DemandKind, LicenceStatus, Route
from apps.institutions.rules.licensing import LICENSING
from apps.parties.api.calls import Asked, Words
from apps.workflow.constants import REASON_LENGTH, Competence
from apps.workflow.process import APPLICANT

STATUSES = [state.code for state in LICENSING.states]
STEPS = [step.code for step in LICENSING.steps if APPLICANT in step.by]
MATTERS = list(LICENSING.matters)
PARTIES = ["applicant", "office", "nobody"]
LICENCE_STATUSES, FIELDS = list(LicenceStatus.values), list(Field.values)


def _words(most, **more):
    return Words(max_length=most, allow_blank=True, required=False, **more)


class OpenSerializer(Asked):
    """A new draft."""

    item = serializers.ChoiceField(choices=MATTERS, help_text=_("办理事项，见 /api/v1/own/items/"))


class BasicsSerializer(Asked):
    """What the applicant writes. What is left out stays as it is; gaps are allowed until it is handed in."""

    contact_name = _words(60, help_text=_("联系人"))
    contact_phone = _words(40, help_text=_("联系电话"))
    address = _words(300, help_text=_("检验检测地址"))
    field = serializers.ChoiceField(
        choices=FIELDS, allow_blank=True, required=False, help_text=_("主要领域，仅首次申请")
    )
    legal_representative = _words(60, help_text=_("法定代表人"))
    top_manager = _words(60, help_text=_("最高管理者"))
    technical_head = _words(60, help_text=_("技术负责人"))
    change_from = _words(LONG, help_text=_("变更前内容"))
    change_to = _words(LONG, help_text=_("变更后内容"))
    statement = _words(LONG, help_text=_("申请说明"))


class StepSerializer(Asked):
    """One step of the process, of those that `actions` offers."""

    step = serializers.ChoiceField(choices=STEPS)
    reason = _words(REASON_LENGTH, help_text=_("理由；actions 写明何时必填"))


class AnswerSerializer(Asked):
    answer = Words(max_length=LONG, help_text=_("对这一项的答复"))


class MaterialSentSerializer(Asked):
    kind = Words(max_length=40, help_text=_("材料类别，见事项的 materials"))
    file = serializers.FileField(help_text=_("PDF、JPEG、PNG、XLSX 或 DOCX，不超过 30 MB"))


class ScopeSentSerializer(Asked):
    file = serializers.FileField(help_text=_("能力附表：XLSX 或 CSV，表头照模板"))


class StatusSerializer(serializers.Serializer):
    code = serializers.ChoiceField(choices=STATUSES)
    label = serializers.CharField()  # type: ignore[assignment]  # the name of our field
    since = serializers.DateTimeField()
    final = serializers.BooleanField()


class WithSerializer(serializers.Serializer):
    """Whose turn it is."""

    party = serializers.ChoiceField(choices=PARTIES)
    office = serializers.CharField(help_text=_("承办单位；轮到申请人或已办结时为空"))


class BriefSerializer(serializers.Serializer):
    """An application as in the list."""

    number = serializers.CharField(help_text=_("编号，也是地址的一部分"))
    item = serializers.ChoiceField(choices=MATTERS)
    title = serializers.CharField()
    status = StatusSerializer()
    opened_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    due_on = serializers.DateField(allow_null=True, help_text=_("最近的截止日"))

    def get_fields(self):
        """`with` is a word of Python."""
        return {**super().get_fields(), "with": WithSerializer(help_text=_("现在轮到谁"))}


class TaskSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    done = serializers.BooleanField()
    missing = serializers.ListField(child=serializers.CharField(), help_text=_("还缺什么"))


class DocumentSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    scan = serializers.ChoiceField(choices=ScanState.values, help_text=_("查毒状态"))
    uploaded_at = serializers.DateTimeField()


class AskedMaterialSerializer(serializers.Serializer):
    kind = serializers.CharField()
    name = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]  # the name of our field


class MaterialSerializer(AskedMaterialSerializer):
    documents = DocumentSerializer(many=True)


class DemandSerializer(serializers.Serializer):
    """A point to correct or to rectify."""

    kind = serializers.ChoiceField(choices=DemandKind.values)
    n = serializers.IntegerField()
    etag = serializers.CharField(help_text=_("答复时写入 If-Match"))
    about = serializers.CharField()
    problem = serializers.CharField()
    remedy = serializers.CharField()
    told_at = serializers.DateTimeField()
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)


class ClockSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=DeadlineState.values)
    due_on = serializers.DateField(allow_null=True)
    remaining = serializers.IntegerField()
    unit = serializers.ChoiceField(choices=LimitUnit.values)
    level = serializers.CharField()
    text = serializers.CharField()
    article = serializers.CharField(help_text=_("依据"))
    provisional = serializers.BooleanField()


class ActionSerializer(serializers.Serializer):
    """What the table of the process lets the applicant do now."""

    step = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the name of our field
    consequence = serializers.CharField()
    reason_required = serializers.BooleanField()
    inputs = serializers.ListField(child=serializers.CharField())
    allowed = serializers.BooleanField()
    why_not = serializers.ListField(child=serializers.CharField())


class PaperSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    template = serializers.CharField()
    name = serializers.CharField()
    number = serializers.CharField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField()
    done_at = serializers.DateTimeField()


class LineSerializer(serializers.Serializer):
    at = serializers.DateTimeField()
    step = serializers.CharField()
    message = serializers.CharField()
    who = serializers.CharField(help_text=_("本单位的人，或者机关的岗位"))
    reason = serializers.CharField()
    state = serializers.CharField()
    basis = serializers.CharField()


class WrittenSerializer(serializers.Serializer):
    contact_name = serializers.CharField()
    contact_phone = serializers.CharField()
    address = serializers.CharField()
    field = serializers.CharField()
    legal_representative = serializers.CharField()
    top_manager = serializers.CharField()
    technical_head = serializers.CharField()
    change_from = serializers.CharField()
    change_to = serializers.CharField()
    statement = serializers.CharField()


class ApplicationSerializer(BriefSerializer):
    """An application with everything that its applicant may know."""

    etag = serializers.CharField(help_text=_("同响应头 ETag；修改和办理时写入 If-Match"))
    route = serializers.ChoiceField(choices=Route.values)
    licence = serializers.CharField(allow_null=True, help_text=_("证书编号"))
    basics = WrittenSerializer()
    tasks = TaskSerializer(many=True, help_text=_("草稿的任务清单"))
    materials = MaterialSerializer(many=True)
    demands = DemandSerializer(many=True)
    clocks = ClockSerializer(many=True)
    actions = ActionSerializer(many=True)
    papers = PaperSerializer(many=True)
    timeline = LineSerializer(many=True)


class BriefListSerializer(serializers.Serializer):
    results = BriefSerializer(many=True)
    next = serializers.URLField(allow_null=True)


class ItemSerializer(serializers.Serializer):
    code = serializers.ChoiceField(choices=MATTERS)
    name = serializers.CharField()
    competence = serializers.ChoiceField(choices=Competence.values)
    review = serializers.BooleanField(help_text=_("是否需要技术评审"))
    needs_licence = serializers.BooleanField()
    needs_scope = serializers.BooleanField()
    materials = AskedMaterialSerializer(many=True)


class OwnSerializer(serializers.Serializer):
    """Whom the token acts for, and what it may do."""

    organisation = serializers.CharField()
    uscc = serializers.CharField(allow_null=True)
    token = serializers.CharField(help_text=_("令牌的名称"))
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    expires_on = serializers.DateField()
    institution = serializers.CharField(allow_null=True, help_text=_("机构公开页面的固定代码"))


class ScopeVersionSerializer(serializers.Serializer):
    n = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ScopeState.values)
    rows = serializers.IntegerField()
    note = serializers.CharField()
    made_at = serializers.DateTimeField()
    approved_on = serializers.DateField(allow_null=True)
    decision_number = serializers.CharField()
    superseded_on = serializers.DateField(allow_null=True)


class ScopeRowSerializer(serializers.Serializer):
    n = serializers.IntegerField()
    field = serializers.CharField()
    object = serializers.CharField()
    parameter = serializers.CharField()
    standard = serializers.CharField()
    title = serializers.CharField()
    clause = serializers.CharField()
    restriction = serializers.CharField()
    site = serializers.CharField()


class ScopeRowsSerializer(serializers.Serializer):
    version = ScopeVersionSerializer()
    results = ScopeRowSerializer(many=True)
    next = serializers.URLField(allow_null=True)


class CellSerializer(serializers.Serializer):
    row = serializers.IntegerField()
    column = serializers.CharField()
    value = serializers.CharField()
    rule = serializers.CharField()
    remedy = serializers.CharField()
    code = serializers.CharField()


class ScopeImportSerializer(serializers.Serializer):
    """What became of a sheet: a draft, or its faulty cells (the first 200)."""

    id = serializers.IntegerField()
    file = serializers.CharField()
    sha256 = serializers.CharField()
    rows = serializers.IntegerField()
    bad_rows = serializers.IntegerField()
    version = serializers.IntegerField(allow_null=True, help_text=_("形成的草稿版本"))
    problems = CellSerializer(many=True)


class LicenceChangeSerializer(serializers.Serializer):
    n = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Change.values)
    on = serializers.DateField()
    summary = serializers.CharField()


class LicenceSerializer(serializers.Serializer):
    number = serializers.CharField()
    authority = serializers.CharField()
    holder = serializers.CharField()
    address = serializers.CharField()
    field = serializers.ChoiceField(choices=FIELDS)
    issued_on = serializers.DateField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    status = serializers.ChoiceField(choices=LICENCE_STATUSES, help_text=_("今日的状态"))
    status_since = serializers.DateField()
    begun = serializers.BooleanField(help_text=_("有效期是否已经开始；尚未开始的证书还不能使用"))
    token = serializers.CharField(help_text=_("证书二维码所载的查询码"))
    changes = LicenceChangeSerializer(many=True)
