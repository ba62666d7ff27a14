"""Tables of the registry: reference data, the certificate with its history, and imports."""

from apps.certifications.models.certificate import (
    CccDetail,
    Certificate,
    CertificatePeriod,
    IndustrialDetail,
    ManagementDetail,
    MismatchReport,
    ProductLine,
    Site,
    StatusChange,
    SurveillanceActivity,
)
from apps.certifications.models.imports import (
    ImportBatch,
    ImportChunk,
    ImportConflict,
    ImportEffect,
    ImportMade,
    ImportProblem,
    ImportRow,
)
from apps.certifications.models.reference import (
    CatalogueProduct,
    CatalogueVersion,
    IafSector,
    Industry,
    Project,
    Source,
    Standard,
)
from apps.certifications.models.schemes import SchemeRule

__all__ = [
    "CatalogueProduct",
    "CatalogueVersion",
    "CccDetail",
    "Certificate",
    "CertificatePeriod",
    "IafSector",
    "ImportBatch",
    "ImportChunk",
    "ImportConflict",
    "ImportEffect",
    "ImportMade",
    "ImportProblem",
    "ImportRow",
    "IndustrialDetail",
    "Industry",
    "ManagementDetail",
    "MismatchReport",
    "ProductLine",
    "Project",
    "SchemeRule",
    "Site",
    "Source",
    "Standard",
    "StatusChange",
    "SurveillanceActivity",
]
