"""Addresses under /certifying/."""

from django.urls import URLPattern

app_name = "certifying"
urlpatterns: list[URLPattern] = []
