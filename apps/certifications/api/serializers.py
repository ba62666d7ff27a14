"""Published fields, one by one. What is not named here does not leave the register."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.certifications.constants import Status
from apps.certifications.rules import effective_status, spoken_token
from apps.certifications.rules.coverage import Answer
from apps.certifications.rules.verdict import Kind
from apps.certifications.selectors.certificate_page import public_holder_name, verdict_for
from apps.parties.api.public import absolute

ANSWERS = [str(answer) for answer in Answer]
STATUSES = list(Status.values)


class BodySerializer(serializers.Serializer):
    approval_number = serializers.CharField(help_text=_("认证机构批准号"))
    name = serializers.CharField()


class ProjectSerializer(serializers.Serializer):
    code = serializers.CharField(help_text=_("认证项目代码，例如 A010101"))
    name = serializers.CharField()
    name_en = serializers.CharField()
    group = serializers.CharField(help_text=_("类别，可作 scheme 参数"))
    compulsory = serializers.BooleanField()


class HolderSerializer(serializers.Serializer):
    name = serializers.CharField(help_text=_("证书所载名称；个体工商户按个人信息遮盖"))
    uscc = serializers.CharField(allow_null=True, help_text=_("统一社会信用代码"))


class CertificateSerializer(serializers.Serializer):
    """One certificate as in a list."""

    token = serializers.CharField(help_text=_("查询码，固定地址和二维码用它"))
    url = serializers.SerializerMethodField(help_text=_("公众页面的固定地址"))
    number = serializers.CharField(help_text=_("证书编号，原样"))
    status = serializers.SerializerMethodField(help_text=_("现在的状态；过了有效期即为 expired"))
    verdict = serializers.SerializerMethodField(help_text=_("核验结论；stale 为来源未按承诺更新"))
    holder = serializers.SerializerMethodField()
    body = BodySerializer()
    project = ProjectSerializer()
    scope = serializers.CharField()
    products = serializers.CharField()
    division_code = serializers.CharField(help_text=_("行政区划代码 GB/T 2260"))
    issued_on = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    source = serializers.CharField(source="source_id")  # type: ignore[assignment]  # the name of our field
    confirmed_at = serializers.DateTimeField(help_text=_("来源最近核对的时间"))

    @extend_schema_field(serializers.URLField)
    def get_url(self, certificate):
        return absolute("portal:certificate", certificate.token)

    @extend_schema_field(serializers.ChoiceField(choices=STATUSES))
    def get_status(self, certificate):
        return str(effective_status(certificate.status, certificate.valid_to, self.context["today"]))

    @extend_schema_field(serializers.ChoiceField(choices=[str(kind) for kind in Kind]))
    def get_verdict(self, certificate):
        return str(verdict_for(certificate, now=self.context["now"], today=self.context["today"]).kind)

    @extend_schema_field(HolderSerializer)
    def get_holder(self, certificate):
        return {"name": public_holder_name(certificate), "uscc": certificate.holder.uscc}


class SiteSerializer(serializers.Serializer):
    name = serializers.CharField()
    address = serializers.CharField()
    activity = serializers.CharField()


class ProductLineSerializer(serializers.Serializer):
    product = serializers.CharField()
    place = serializers.CharField()
    area_mu = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    output = serializers.DecimalField(max_digits=14, decimal_places=3, allow_null=True)
    output_unit = serializers.CharField()


class StatusChangeSerializer(serializers.Serializer):
    from_status = serializers.CharField()
    to_status = serializers.CharField()
    on = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    reason_class = serializers.CharField()
    reason = serializers.CharField()
    legal_basis = serializers.CharField()


class PeriodSerializer(serializers.Serializer):
    kind = serializers.CharField()
    issued_on = serializers.DateField(allow_null=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)


class SurveillanceSerializer(serializers.Serializer):
    on = serializers.DateField()
    activity = serializers.CharField()
    result = serializers.CharField()


class RelatedSerializer(serializers.Serializer):
    relation = serializers.ChoiceField(choices=["predecessor", "successor", "main", "sub_certificate"])
    number = serializers.CharField()
    token = serializers.CharField()


class CertificateDetailSerializer(CertificateSerializer):
    """One certificate with its record; `details` comes in the context."""

    spoken_token = serializers.SerializerMethodField(help_text=_("查询码，四位一组"))
    standard = serializers.CharField(source="standard_text")
    first_issued_on = serializers.DateField(allow_null=True)
    valid_from = serializers.DateField(allow_null=True)
    suspended_until = serializers.DateField(allow_null=True)
    surveillance_due = serializers.DateField(allow_null=True)
    next_step = serializers.SerializerMethodField()
    sites = serializers.SerializerMethodField()
    product_lines = serializers.SerializerMethodField()
    status_changes = serializers.SerializerMethodField()
    periods = serializers.SerializerMethodField()
    surveillance = serializers.SerializerMethodField()
    related = serializers.SerializerMethodField()

    def get_spoken_token(self, certificate) -> str:
        return spoken_token(certificate.token)

    def get_next_step(self, certificate) -> str:
        return str(self.context["details"].next_step)

    @extend_schema_field(SiteSerializer(many=True))
    def get_sites(self, certificate):
        return SiteSerializer(self.context["details"].sites, many=True).data

    @extend_schema_field(ProductLineSerializer(many=True))
    def get_product_lines(self, certificate):
        return ProductLineSerializer(self.context["details"].product_lines, many=True).data

    @extend_schema_field(StatusChangeSerializer(many=True))
    def get_status_changes(self, certificate):
        return StatusChangeSerializer(self.context["details"].status_changes, many=True).data

    @extend_schema_field(PeriodSerializer(many=True))
    def get_periods(self, certificate):
        return PeriodSerializer(self.context["details"].periods, many=True).data

    @extend_schema_field(SurveillanceSerializer(many=True))
    def get_surveillance(self, certificate):
        return SurveillanceSerializer(self.context["details"].surveillance, many=True).data

    @extend_schema_field(RelatedSerializer(many=True))
    def get_related(self, certificate):
        known = self.context["details"]
        pairs = [("predecessor", known.predecessor), ("main", known.main)]
        pairs += [("successor", other) for other in known.successors]
        pairs += [("sub_certificate", other) for other in known.sub_certificates]
        return [{"relation": name, "number": c.number, "token": c.token} for name, c in pairs if c is not None]


class CertificateListSerializer(serializers.Serializer):
    """One page. `total` is counted only where that is cheap; follow `next` until it is null."""

    meaning = serializers.CharField(
        help_text=_("查询内容被理解为：number、token、organisation、body、prefix、words、nothing")
    )
    results = CertificateSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    total = serializers.IntegerField(allow_null=True)


class FindingSerializer(serializers.Serializer):
    criterion = serializers.ChoiceField(choices=["product", "site", "day"])
    asked = serializers.CharField()
    answer = serializers.ChoiceField(choices=ANSWERS)
    reason = serializers.CharField()
    text = serializers.CharField(help_text=_("结论所依据的证书原文"))


class VerificationSerializer(serializers.Serializer):
    """The verdict on one certificate now, and whether it covers what was asked."""

    verdict = serializers.ChoiceField(choices=[str(kind) for kind in Kind])
    word = serializers.CharField()
    sentence = serializers.CharField()
    checked_at = serializers.DateTimeField()
    certificate = CertificateSerializer(allow_null=True)
    covers = serializers.ChoiceField(choices=ANSWERS, allow_null=True)
    findings = FindingSerializer(many=True)


class NameSerializer(serializers.Serializer):
    name = serializers.CharField()
    kind = serializers.CharField()


class OrganisationSerializer(serializers.Serializer):
    """One organisation under every name and code it had. Its certificates: /api/v1/certificates/?q=<uscc>."""

    name = serializers.CharField()
    kind = serializers.CharField()
    uscc = serializers.CharField()
    org_code = serializers.CharField()
    approval_number = serializers.CharField()
    division = serializers.CharField()
    names = NameSerializer(many=True)
    codes = serializers.ListField(child=serializers.CharField())
    url = serializers.URLField()
