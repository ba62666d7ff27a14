"""Everything under /worklist/."""

from django.urls import path, re_path

from apps.workflow.views import bulk, files, settings, worklist

app_name = "workflow"
urlpatterns = [
    path("", worklist.worklist, name="worklist"),
    re_path(r"^export/(?P<file_format>csv|xlsx)/$", worklist.export, name="export"),
    path("tabs/", worklist.save, name="save_view"),
    path("tabs/<int:pk>/delete/", worklist.delete, name="delete_view"),
    path("assign/", bulk.assign, name="assign"),
    path("remind/", bulk.remind, name="remind"),
    path("files/<int:pk>/", files.file, name="file"),
    path("files/<int:pk>/steps/<slug:step>/", files.step, name="step"),
    path("files/<int:pk>/claim/", files.take, name="claim"),
    path("files/<int:pk>/hand-over/", files.give, name="hand_over"),
    path("files/<int:pk>/recuse/", files.step_aside, name="recuse"),
    path("absences/", settings.absences, name="absences"),
    path("absences/<int:pk>/end/", settings.absence_end, name="absence_end"),
    path("routing/", settings.routing, name="routing"),
    path("routing/<int:pk>/end/", settings.routing_end, name="routing_end"),
    path("processes/", settings.process_list, name="processes"),
    path("processes/<slug:code>/", settings.process, name="process"),
]
