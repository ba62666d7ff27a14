"""The portal's addresses, and one that breaks."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from certportal.urls import urlpatterns as real


@login_not_required
def boom(request):
    raise RuntimeError("secret-of-the-code " + settings.SECRET_KEY)


urlpatterns = [path("boom/", boom), *real]
