from django.urls import path

from apps.documents.views import handed_in, papers, resumable

app_name = "documents"
urlpatterns = [
    path("", handed_in.mine, name="mine"),
    path("of/<str:subject_kind>/<int:subject_id>/", handed_in.subject, name="subject"),
    path("of/<str:subject_kind>/<int:subject_id>/package/", papers.package, name="package"),
    path("<uuid:uid>/", handed_in.download, name="download"),
    path("<uuid:uid>/preview/", handed_in.preview, name="preview"),
    path("<uuid:uid>/remove/", handed_in.remove, name="remove"),
    path("uploads/", resumable.begin, name="upload_begin"),
    path("uploads/<uuid:uid>/", resumable.one, name="upload"),
    path("papers/", papers.listing, name="papers"),
    path("papers/<uuid:uid>/", papers.detail, name="paper"),
    path("papers/<uuid:uid>/file/", papers.download, name="paper_file"),
    path("papers/<uuid:uid>/retry/", papers.retry, name="paper_retry"),
]
