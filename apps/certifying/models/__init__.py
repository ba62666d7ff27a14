"""Rows of certification activity: applications and what follows a certificate."""

from apps.certifying.models.life import CertificateCase, FactoryClass, WatchFinding

__all__ = ["CertificateCase", "FactoryClass", "WatchFinding"]
