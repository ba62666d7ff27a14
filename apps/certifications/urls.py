from django.urls import path, re_path

from apps.certifications.views import exports, mismatches, staff

app_name = "certifications"
staff_pages = [
    path("staff/", staff.certificate_list, name="staff_list"),
    re_path(r"^staff/export\.(?P<file_format>csv|xlsx)$", exports.export, name="staff_export"),
    path("staff/<int:pk>/", staff.certificate_file, name="staff_file"),
    path("staff/<int:pk>/status/", staff.record_status, name="record_status"),
    path("staff/<int:pk>/renew/", staff.renew, name="renew"),
    path("staff/<int:pk>/surveillance/", staff.surveillance, name="surveillance"),
    path("staff/<int:pk>/correct/", staff.correct, name="correct"),
    path("mismatches/", mismatches.mismatch_list, name="mismatches"),
    path("mismatches/<int:pk>/", mismatches.mismatch, name="mismatch"),
]
urlpatterns = [*staff_pages]
