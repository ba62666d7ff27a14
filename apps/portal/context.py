"""What the page frame needs to know of the person: navigation, and how they want pages to look."""

from django.utils.functional import SimpleLazyObject

from apps.portal.appearance import of as appearance_of
from apps.portal.navigation import items_for


def navigation(request):
    """Lazy, so that a fragment or an error page that draws no header asks nothing."""
    return {
        "nav_items": SimpleLazyObject(lambda: items_for(request)),
        "appearance": SimpleLazyObject(lambda: appearance_of(request)),
    }
