"""Managers see and change the endpoints of their organisations; nobody else does. Absent and forbidden look alike."""

import datetime as dt

from django.db.models import QuerySet
from django.http import Http404

from apps.accounts.models import User
from apps.parties.policies import managed_organisations
from apps.webhooks.models import Delivery, Endpoint


def visible_endpoints(user: User, on: dt.date) -> QuerySet[Endpoint]:
    """Those of the organisations that the person manages today."""
    return Endpoint.objects.filter(organisation__in=managed_organisations(user, on).values("pk"))


def get_visible_endpoint(user: User, pk: int, on: dt.date) -> Endpoint:
    found = visible_endpoints(user, on).select_related("organisation").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_visible_delivery(user: User, pk: int, on: dt.date) -> Delivery:
    endpoints = visible_endpoints(user, on).values("pk")
    found = Delivery.objects.select_related("endpoint__organisation").filter(pk=pk, endpoint__in=endpoints).first()
    if found is None:
        raise Http404
    return found
