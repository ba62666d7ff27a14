"""An institution's own applications: begun, written, handed in, answered, followed."""

import uuid

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from apps.core.problems import Problem, ProblemsFound, Refused
from apps.documents.constants import GeneratedState
from apps.documents.models import Document
from apps.documents.papers import PAPERS
from apps.documents.policies import visible_papers
from apps.documents.selectors import current_documents, is_openable
from apps.documents.views.serving import send
from apps.institutions.api import serializers as shapes
from apps.institutions.api.base import OwnView
from apps.institutions.api.shown import brief, demand_tag, document_shown, item_shown
from apps.institutions.forms.licensing import BasicsForm
from apps.institutions.selectors import applications as selectors
from apps.institutions.selectors.files import institution_of
from apps.institutions.services import applications as services
from apps.institutions.services.demands import answer_demand
from apps.institutions.token_scopes import READ, SUBMIT, WRITE
from apps.parties.api.calls import READING, WRITING, FileBody, match, once
from apps.parties.api.public import absolute
from apps.parties.api.tokens import ANY
from apps.workflow.constants import SUBJECT
from apps.workflow.services import advance

PAGE_SIZE = 50
NUMBER = OpenApiParameter("number", str, OpenApiParameter.PATH, description=gettext_lazy("申请编号"))
AFTER = OpenApiParameter("after", str, description=gettext_lazy("从上一页给出的位置继续"))
BASICS_EXAMPLE = OpenApiExample(
    "basics",
    request_only=True,
    value={"contact_name": "示例联系人", "contact_phone": "0856-0000000", "address": "贵州省铜仁市碧江区示例路1号"},
)


class Own(OwnView):
    scopes = {"get": ANY}

    @extend_schema(
        operation_id="own_retrieve",
        summary=gettext_lazy("令牌代表的单位和它的权限"),
        responses={200: shapes.OwnSerializer, **READING},
    )
    def get(self, request):
        institution = institution_of(self.organisation.pk)
        return Response(
            {
                "organisation": self.organisation.name,
                "uscc": self.organisation.uscc,
                "token": request.auth.name,
                "prefix": request.auth.prefix,
                "scopes": request.auth.scopes,
                "expires_on": request.auth.expires_on,
                "institution": institution.token if institution else None,
            }
        )


class Items(OwnView):
    scopes = {"get": READ}

    @extend_schema(
        operation_id="own_items_list",
        summary=gettext_lazy("可以申请的事项及其材料"),
        responses={200: shapes.ItemSerializer(many=True), **READING},
    )
    def get(self, request):
        return Response([item_shown(item) for item in selectors.items()])


class Applications(OwnView):
    scopes = {"get": READ, "post": WRITE}

    @extend_schema(
        operation_id="own_applications_list",
        summary=gettext_lazy("本单位的申请，新的在前"),
        parameters=[AFTER],
        responses={200: shapes.BriefListSerializer, **READING},
    )
    def get(self, request):
        rows = self.files().order_by("-pk")
        if after := request.query_params.get("after", ""):
            rows = rows.filter(pk__lt=self.file(after).pk)
        found = list(rows[: PAGE_SIZE + 1])
        onward = None
        if len(found) > PAGE_SIZE:
            onward = f"{absolute('institutions_api:applications')}?after={found[PAGE_SIZE - 1].number}"
        return Response({"results": [brief(file) for file in found[:PAGE_SIZE]], "next": onward})

    @extend_schema(
        operation_id="own_applications_create",
        summary=gettext_lazy("新建申请草稿，已知内容自动填好"),
        request=shapes.OpenSerializer,
        examples=[OpenApiExample("first", value={"item": "first"}, request_only=True)],
        responses={201: shapes.ApplicationSerializer, **WRITING},
    )
    @once
    def post(self, request):
        item = selectors.item_by_code(self.asked(shapes.OpenSerializer)["item"])
        if item is None:
            raise Refused("item.absent", _("本平台没有开放这一事项。"))
        made = services.open_application(**self.call, organisation=self.organisation, item=item)
        told, headers = self.shown(made.file.number)
        headers["Location"] = reverse("institutions_api:application", args=[made.file.number])
        return Response(told, 201, headers=headers)


class Application(OwnView):
    scopes = {"get": READ, "patch": WRITE}
    matched = ("PATCH",)

    @extend_schema(
        operation_id="own_applications_retrieve",
        summary=gettext_lazy("一件申请：状态、时限、还缺什么、可以办什么"),
        parameters=[NUMBER],
        responses={200: shapes.ApplicationSerializer, **READING},
    )
    def get(self, request, number):
        told, headers = self.shown(number)
        return Response(told, headers=headers)

    @extend_schema(
        operation_id="own_applications_update",
        summary=gettext_lazy("填写草稿的基本信息，只改所给的字段"),
        parameters=[NUMBER],
        request=shapes.BasicsSerializer,
        examples=[BASICS_EXAMPLE],
        responses={200: shapes.ApplicationSerializer, **WRITING},
    )
    @once
    def patch(self, request, number):
        values = self.asked(shapes.BasicsSerializer)
        found = self.matched_application(number)
        if strange := sorted(set(values) - set(BasicsForm(item=found.item).fields)):
            rule, remedy = _("该事项不填此项"), _("请去掉这一字段")
            raise ProblemsFound(*(Problem("basics.strange", name, "", rule, remedy) for name in strange))
        services.write_application(**self.call, application_id=found.pk, version=found.version, values=values)
        told, headers = self.shown(number)
        return Response(told, headers=headers)


class Steps(OwnView):
    scopes = {"post": SUBMIT}
    matched = ("POST",)

    @extend_schema(
        operation_id="own_steps_create",
        summary=gettext_lazy("办理一步：递交、提交补正或整改、撤回、放弃草稿"),
        parameters=[NUMBER],
        request=shapes.StepSerializer,
        examples=[OpenApiExample("submit", value={"step": "submit"}, request_only=True)],
        responses={201: shapes.ApplicationSerializer, **WRITING},
    )
    @once
    def post(self, request, number):
        asked = self.asked(shapes.StepSerializer)
        file = self.matched_application(number).file
        advance(**self.call, file_id=file.pk, version=file.version, step=asked["step"], reason=asked.get("reason", ""))
        told, headers = self.shown(number)
        return Response(told, 201, headers=headers)


class Materials(OwnView):
    scopes = {"post": WRITE}
    parser_classes = (FileBody,)

    @extend_schema(
        operation_id="own_materials_create",
        summary=gettext_lazy("上传一份材料"),
        parameters=[NUMBER],
        request={"multipart/form-data": shapes.MaterialSentSerializer},
        responses={201: shapes.DocumentSerializer, **WRITING},
    )
    @once
    def post(self, request, number):
        asked = self.asked(shapes.MaterialSentSerializer)
        found = self.locked(number)
        document = services.add_material(**self.call, application_id=found.pk, kind=asked["kind"], upload=asked["file"])
        place = reverse("institutions_api:material", args=[number, document.uid])
        return Response(document_shown(document), 201, headers={"Location": place})


class Material(OwnView):
    scopes = {"get": READ, "delete": WRITE}

    @extend_schema(
        operation_id="own_materials_retrieve",
        summary=gettext_lazy("下载一份材料"),
        parameters=[NUMBER],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, **READING},
    )
    def get(self, request, number, uid):
        document = self._document(self.file(number).pk, uid)
        if not is_openable(document):
            raise Refused("document.closed", _("文件未通过查毒或正在等待查毒，不能打开。"))
        kind = document.content_type
        return send(request, document.file, name=document.original_name, content_type=kind, size=document.size)

    @extend_schema(
        operation_id="own_materials_destroy",
        summary=gettext_lazy("从草稿中移除一份材料"),
        parameters=[NUMBER],
        responses={204: None, **WRITING},
    )
    @once
    def delete(self, request, number, uid):
        found = self.locked(number)
        document = self._document(found.file_id, uid)
        services.remove_material(**self.call, application_id=found.pk, document_id=document.pk)
        return Response(None, 204)

    def _document(self, file_id: int, uid: uuid.UUID) -> Document:
        found = current_documents(SUBJECT, file_id).filter(uid=uid).first()
        if found is None:
            raise NotFound
        return found


class Answer(OwnView):
    scopes = {"put": WRITE}
    matched = ("PUT",)

    @extend_schema(
        operation_id="own_demands_answer",
        summary=gettext_lazy("答复一项补正或整改；全部答复后用 steps 提交"),
        parameters=[NUMBER, OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=["correction", "rectification"])],
        request=shapes.AnswerSerializer,
        responses={200: shapes.ApplicationSerializer, **WRITING},
    )
    @once
    def put(self, request, number, kind, n):
        answer = self.asked(shapes.AnswerSerializer)["answer"]
        found = self.locked(number)
        point = self.demand(found, kind, n)
        match(request, demand_tag(point))
        told = {"demand_id": point.pk, "version": point.version, "answer": answer}
        answer_demand(**self.call, application_id=found.pk, **told)
        shown, headers = self.shown(number)
        return Response(shown, headers=headers)


class Paper(OwnView):
    scopes = {"get": READ}

    @extend_schema(
        operation_id="own_papers_retrieve",
        summary=gettext_lazy("下载一份文书（PDF）"),
        parameters=[NUMBER],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, **READING},
    )
    def get(self, request, number, uid):
        made = visible_papers(self.maker, SUBJECT, self.file(number).pk)
        paper = made.filter(uid=uid, state=GeneratedState.DONE).first()
        if paper is None:
            raise NotFound
        name = " ".join(filter(None, (str(PAPERS[paper.template].label), paper.number)))
        return send(request, paper.file, name=f"{name}.pdf", content_type="application/pdf", size=paper.size)
