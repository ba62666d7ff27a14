from django.urls import path

from apps.schemes.views import guide, register, rules

app_name = "schemes"
urlpatterns = [
    path("rules/", rules.rule_list, name="rules"),
    path("rules/new/", rules.rule_new, name="rule_new"),
    path("rules/<int:pk>/", rules.rule_change, name="rule_change"),
    path("guide/", guide.guide_list, name="guide_rules"),
    path("guide/new/", guide.guide_new, name="guide_new"),
    path("guide/<int:pk>/", guide.guide_edit, name="guide_edit"),
    path("ccc/", register.register, name="register"),
    path("catalogue/", register.catalogue, name="catalogue"),
    path("catalogue/new/", register.change_new, name="change_new"),
    path("catalogue/<int:pk>/", register.affected, name="affected"),
    path("changes/", rules.proposal_list, name="proposals"),
    path("changes/<int:pk>/", rules.proposal, name="proposal"),
    path("changes/<int:pk>/withdraw/", rules.withdraw, name="withdraw"),
]
