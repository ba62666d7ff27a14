"""What the bell in the header shows."""

from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from apps.notifications.selectors import unread_count


def unread(request):
    """Lazy: a page without a header asks nothing; one with it costs one look into a small index."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"unread": SimpleLazyObject(lambda: {"url": reverse("notifications:centre"), "count": unread_count(user)})}
