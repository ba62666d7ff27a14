"""Rows of certification activity: applications and what follows a certificate."""

from apps.certifying.models.application import (
    Application,
    ApplicationLine,
    ApplicationSite,
    AuditTeamMember,
    Examination,
    Offer,
    Point,
    Tie,
)
from apps.certifying.models.life import CertificateCase, FactoryClass, WatchFinding

__all__ = [
    "Application",
    "ApplicationLine",
    "ApplicationSite",
    "AuditTeamMember",
    "CertificateCase",
    "Examination",
    "FactoryClass",
    "Offer",
    "Point",
    "Tie",
    "WatchFinding",
]
