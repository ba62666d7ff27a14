"""Addresses under /organisations/."""

from django.urls import path

from apps.parties.views import (
    acting,
    bans,
    claims,
    duties,
    invitations,
    memberships,
    merges,
    mine,
    organisations,
    tokens,
)

app_name = "parties"
urlpatterns = [
    path("", organisations.listing, name="list"),
    path("new/", organisations.create, name="create"),
    path("<int:pk>/", organisations.detail, name="detail"),
    path("<int:pk>/edit/", organisations.edit, name="edit"),
    path("<int:pk>/rename/", organisations.rename, name="rename"),
    path("<int:pk>/same-as/", merges.suggest, name="suggest_merge"),
    path("<int:pk>/invite/", invitations.send, name="invite"),
    path("mine/", mine.index, name="mine"),
    path("mine/<int:pk>/", mine.detail, name="mine_detail"),
    path("mine/<int:pk>/tokens/new/", tokens.create, name="token_new"),
    path("mine/<int:pk>/duties/", duties.index, name="duties"),
    path("duties/<int:pk>/end/", duties.end, name="duty_end"),
    path("tokens/", tokens.index, name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.revoke, name="token_revoke"),
    path("acting-for/", acting.choose, name="acting_for"),
    path("memberships/<int:pk>/", memberships.change, name="membership"),
    path("memberships/<int:pk>/end/", memberships.end, name="membership_end"),
    path("invitations/<int:pk>/revoke/", invitations.revoke, name="invitation_revoke"),
    path("invitations/<str:token>/", invitations.accept, name="invitation"),
    path("claims/", claims.listing, name="claims"),
    path("claims/new/", claims.submit, name="claim_new"),
    path("claims/<int:pk>/", claims.detail, name="claim"),
    path("claims/<int:pk>/confirm/", claims.confirm, name="claim_confirm"),
    path("claims/<int:pk>/refuse/", claims.refuse, name="claim_refuse"),
    path("claims/<int:pk>/withdraw/", claims.withdraw, name="claim_withdraw"),
    path("claims/<int:pk>/documents/<int:document_pk>/", claims.document, name="claim_document"),
    path("bans/", bans.listing, name="bans"),
    path("bans/new/", bans.create, name="ban_new"),
    path("bans/<int:pk>/", bans.detail, name="ban"),
    path("merges/", merges.listing, name="merges"),
    path("merges/<int:pk>/", merges.detail, name="merge"),
    path("merges/<int:pk>/decide/", merges.decide, name="merge_decide"),
    path("merges/<int:pk>/undo/", merges.undo, name="merge_undo"),
]
