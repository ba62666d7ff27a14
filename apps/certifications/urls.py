from django.urls import path, re_path

from apps.certifications.views import conflicts, entering, exports, imports, mismatches, staff

app_name = "certifications"
staff_pages = [
    path("staff/", staff.certificate_list, name="staff_list"),
    re_path(r"^staff/export\.(?P<file_format>csv|xlsx)$", exports.export, name="staff_export"),
    path("staff/new/", entering.choose_shape, name="enter_start"),
    path("staff/new/<int:shape>/", entering.enter, name="enter"),
    path("staff/<int:pk>/", staff.certificate_file, name="staff_file"),
    path("staff/<int:pk>/status/", staff.record_status, name="record_status"),
    path("staff/<int:pk>/renew/", staff.renew, name="renew"),
    path("staff/<int:pk>/surveillance/", staff.surveillance, name="surveillance"),
    path("staff/<int:pk>/correct/", staff.correct, name="correct"),
    path("staff/<int:pk>/sites/", entering.sites, name="sites"),
    path("staff/<int:pk>/detail/", entering.detail, name="detail"),
    path("mismatches/", mismatches.mismatch_list, name="mismatches"),
    path("mismatches/<int:pk>/", mismatches.mismatch, name="mismatch"),
]
import_pages = [
    path("imports/", imports.import_list, name="imports"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/template.<slug:kind>", imports.import_template, name="import_template"),
    path("imports/<int:pk>/", imports.import_batch, name="import_batch"),
    path("imports/<int:pk>/progress/", imports.import_progress, name="import_progress"),
    path("imports/<int:pk>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<int:pk>/cancel/", imports.import_cancel, name="import_cancel"),
    path("imports/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<int:pk>/annotated.xlsx", imports.import_annotated, name="import_annotated"),
    path("conflicts/", conflicts.conflict_list, name="conflicts"),
    path("conflicts/<int:pk>/", conflicts.conflict_detail, name="conflict"),
]
urlpatterns = [*staff_pages, *import_pages]
