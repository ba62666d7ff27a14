"""Published fields of institutions and licences, one by one. What is not named here does not leave the register."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.institutions.api.serializers import LicenceSerializer, ScopeRowSerializer
from apps.institutions.constants import CommitmentKind, CommitmentState
from apps.institutions.licence_constants import LicenceStatus

NOT_BEGUN = "not_begun"
LICENCE_STATES = [*LicenceStatus.values, NOT_BEGUN, "unknown"]


class InstitutionRowSerializer(serializers.Serializer):
    token = serializers.CharField(help_text=_("固定代码，公开页面和二维码用它"))
    url = serializers.URLField()
    name = serializers.CharField()
    uscc = serializers.CharField(allow_null=True)
    division_code = serializers.CharField()
    cma_number = serializers.CharField(help_text=_("资质认定证书编号；不掌握时为空"))
    cma_to = serializers.DateField(allow_null=True)
    licence = serializers.ChoiceField(
        choices=LICENCE_STATES,
        help_text=_("平台登记的证书今日的状态；平台没有登记证书时，依据抄录的证书有效期"),
    )


class InstitutionListSerializer(serializers.Serializer):
    results = InstitutionRowSerializer(many=True)
    next = serializers.URLField(allow_null=True)


class PlaceSerializer(serializers.Serializer):
    name = serializers.CharField()
    address = serializers.CharField()


class PostSerializer(serializers.Serializer):
    position = serializers.CharField()
    name = serializers.CharField(help_text=_("授权签字人为全名，其他岗位按个人信息遮盖"))
    fields = serializers.CharField()  # type: ignore[assignment]  # the name of our field
    since = serializers.DateField()


class ScopeSummarySerializer(serializers.Serializer):
    version = serializers.IntegerField()
    rows = serializers.IntegerField()
    since = serializers.DateField(allow_null=True)


class PublicCommitmentSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=CommitmentKind.values)
    year = serializers.IntegerField()
    state = serializers.ChoiceField(choices=CommitmentState.values)
    published_on = serializers.DateField(allow_null=True)


class PublicReportSerializer(serializers.Serializer):
    year = serializers.IntegerField()
    filed_on = serializers.DateField(allow_null=True)
    late = serializers.BooleanField()


class PublicBanSerializer(serializers.Serializer):
    decision = serializers.CharField()
    authority = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)


class InstitutionSerializer(InstitutionRowSerializer):
    """One institution; its scope by rows: …/scope/."""

    sites = PlaceSerializer(many=True)
    posts = PostSerializer(many=True)
    scope = ScopeSummarySerializer(allow_null=True)
    commitments = PublicCommitmentSerializer(many=True)
    annual_reports = PublicReportSerializer(many=True)
    bans = PublicBanSerializer(many=True)


class PublicRowsSerializer(serializers.Serializer):
    version = ScopeSummarySerializer()
    results = ScopeRowSerializer(many=True)
    next = serializers.URLField(allow_null=True)


class CapabilitySerializer(serializers.Serializer):
    field = serializers.CharField()
    object = serializers.CharField()
    parameter = serializers.CharField()
    standard = serializers.CharField()


class CapabilityHolderSerializer(serializers.Serializer):
    institution = InstitutionRowSerializer()
    matches = serializers.IntegerField(help_text=_("符合的行数"))
    samples = CapabilitySerializer(many=True)


class HolderListSerializer(serializers.Serializer):
    """`total` is null where that many were not counted."""

    results = CapabilityHolderSerializer(many=True)
    total = serializers.IntegerField(allow_null=True)
    page = serializers.IntegerField()
    more = serializers.BooleanField()


class PublicLicenceSerializer(LicenceSerializer):
    checked_at = serializers.DateTimeField()
