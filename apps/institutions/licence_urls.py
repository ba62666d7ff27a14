"""Addresses of the licence process, inside the namespace of institutions."""

from django.urls import path

from apps.institutions.views import applying, cases, commitment_check, commitment_route

urlpatterns = [
    path("apply/", applying.apply, name="apply"),
    path("applications/", applying.mine, name="applications"),
    path("cases/<int:pk>/", cases.case, name="case"),
    path("cases/<int:pk>/basics/", applying.basics, name="basics"),
    path("cases/<int:pk>/route/", commitment_route.route, name="route"),
    path("cases/<int:pk>/informed/", commitment_route.informed, name="informed"),
    path("checks/<int:pk>/", commitment_check.check, name="check"),
    path("checks/<int:pk>/plan/", commitment_check.plan, name="check_plan"),
    path("checks/<int:pk>/checkers/", commitment_check.checker_add, name="checker_add"),
    path("checks/<int:pk>/checkers/<int:checker>/drop/", commitment_check.checker_drop, name="checker_drop"),
    path("checks/<int:pk>/findings/", commitment_check.finding, name="check_finding"),
    path("checks/<int:pk>/findings/sign/", commitment_check.sign, name="check_sign"),
    path("checks/<int:pk>/findings/<int:row>/settle/", commitment_check.settle, name="check_settle"),
    path("checks/<int:pk>/findings/<int:row>/lacking/", commitment_check.lacking, name="check_lacking"),
    path("checks/<int:pk>/findings/<int:row>/rectified/", commitment_check.rectified, name="check_rectified"),
    path("checks/<int:pk>/evidence/", commitment_check.evidence, name="check_evidence"),
    path("route-records/", commitment_route.record_list, name="route_records"),
    path("route-records/new/", commitment_route.record_new, name="route_record_new"),
    path("route-records/<int:pk>/", commitment_route.record, name="route_record"),
    path("cases/<int:pk>/materials/", applying.materials, name="materials"),
    path("cases/<int:pk>/materials/<int:document>/remove/", applying.material_remove, name="material_remove"),
    path("cases/<int:pk>/points/", cases.demand_list, name="demand_list"),
    path("cases/<int:pk>/points/<int:demand>/answer/", applying.answer, name="answer"),
    path("cases/<int:pk>/points/<int:demand>/reopen/", cases.reopen, name="reopen"),
    path("cases/<int:pk>/points/<int:demand>/<slug:act>/", cases.demand_act, name="demand_act"),
    path("cases/<int:pk>/plan/", cases.plan, name="plan"),
    path("cases/<int:pk>/team/", cases.member_add, name="member_add"),
    path("cases/<int:pk>/team/<int:member>/drop/", cases.member_drop, name="member_drop"),
    path("cases/<int:pk>/opinion/", cases.opinion, name="opinion"),
    path("cases/<int:pk>/steps/<slug:step>/", cases.take, name="take"),
    path("certificate/<str:token>/", cases.certificate, name="certificate"),
]
