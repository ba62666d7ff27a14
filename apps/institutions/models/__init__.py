"""Inspection and testing institutions: profile, people, sites, capability scope, and what they owe the public."""

from apps.institutions.models.commitment_route import (
    InformedCommitment,
    InformedText,
    PostCheck,
    PostChecker,
    PostFinding,
    RouteRecord,
)
from apps.institutions.models.duties import (
    AnnualReport,
    ChangeFiling,
    Commitment,
    DutyRule,
    ReportSample,
    SampledReport,
)
from apps.institutions.models.institution import Appointment, Institution, Person, Profile, Shareholder, Site
from apps.institutions.models.licence import (
    Application,
    Demand,
    Item,
    Licence,
    LicenceChange,
    Material,
    Opinion,
    TeamMember,
)
from apps.institutions.models.life import Bar, LifeCase
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
    "Application",
    "Appointment",
    "Bar",
    "Capability",
    "ChangeFiling",
    "Commitment",
    "Demand",
    "DutyRule",
    "Holding",
    "InformedCommitment",
    "InformedText",
    "Institution",
    "Item",
    "Licence",
    "LicenceChange",
    "LifeCase",
    "Material",
    "Opinion",
    "Person",
    "PostCheck",
    "PostChecker",
    "PostFinding",
    "Profile",
    "ReportSample",
    "RouteRecord",
    "SampledReport",
    "ScopeImport",
    "ScopeRow",
    "ScopeVersion",
    "Shareholder",
    "Site",
    "Standard",
    "TeamMember",
]
