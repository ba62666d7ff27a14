"""Inspection and testing institutions: profile, people, sites, capability scope, and what they owe the public."""

from apps.institutions.models.duties import (
    AnnualReport,
    ChangeFiling,
    Commitment,
    DutyRule,
    ReportSample,
    SampledReport,
)
from apps.institutions.models.institution import Appointment, Institution, Person, Profile, Shareholder, Site
from apps.institutions.models.scope import (
    Capability,
    Holding,
    ScopeImport,
    ScopeRow,
    ScopeVersion,
    Standard,
)

__all__ = [
    "AnnualReport",
    "Appointment",
    "Capability",
    "ChangeFiling",
    "Commitment",
    "DutyRule",
    "Holding",
    "Institution",
    "Person",
    "Profile",
    "ReportSample",
    "SampledReport",
    "ScopeImport",
    "ScopeRow",
    "ScopeVersion",
    "Shareholder",
    "Site",
    "Standard",
]
