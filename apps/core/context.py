"""What every template may know of the installation."""

from django.conf import settings
from django.utils.translation import get_language


def site(request):
    english = (get_language() or "").startswith("en")
    return {
        "bureau_name": settings.BUREAU_NAME_EN if english else settings.BUREAU_NAME,
        "public_url": settings.PUBLIC_URL,
        "demo": settings.DEMO,
    }
