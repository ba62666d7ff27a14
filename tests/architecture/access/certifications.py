"""URLs of apps.certifications."""

from apps.accounts.constants import Permission as P
from tests.architecture.access import Access, staff

IMPORTS = staff(P.IMPORT_MANAGE)
CONFLICTS = staff(P.CONFLICT_DECIDE)

ROWS: dict[str, Access] = {
    "certifications:staff_list": staff(P.CERTIFICATE_VIEW_INTERNAL),
    "certifications:staff_export": staff(P.CERTIFICATE_VIEW_INTERNAL, method="post", file_format="csv"),
    "certifications:staff_file": staff(P.CERTIFICATE_VIEW_INTERNAL),
    "certifications:record_status": staff(P.CERTIFICATE_RECORD_STATUS),
    "certifications:renew": staff(P.CERTIFICATE_RECORD_STATUS),
    "certifications:surveillance": staff(P.CERTIFICATE_RECORD_STATUS),
    "certifications:correct": staff(P.CERTIFICATE_RECORD_STATUS),
    "certifications:enter_start": staff(P.CERTIFICATE_RECORD_STATUS),
    "certifications:enter": staff(P.CERTIFICATE_RECORD_STATUS),
    "certifications:sites": staff(P.CERTIFICATE_RECORD_STATUS),
    "certifications:detail": staff(P.CERTIFICATE_RECORD_STATUS),
    "certifications:mismatches": staff(P.MISMATCH_HANDLE),
    "certifications:mismatch": staff(P.MISMATCH_HANDLE),
    "certifications:imports": IMPORTS,
    "certifications:import_new": IMPORTS,
    "certifications:import_template": IMPORTS,
    "certifications:import_batch": IMPORTS,
    "certifications:import_progress": IMPORTS,
    "certifications:import_confirm": IMPORTS.but(method="post"),
    "certifications:import_cancel": IMPORTS.but(method="post"),
    "certifications:import_undo": IMPORTS.but(method="post"),
    "certifications:import_annotated": IMPORTS,
    "certifications:conflicts": CONFLICTS,
    "certifications:conflict": CONFLICTS,
}
