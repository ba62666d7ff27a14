"""For the account menu: whom the person acts for, and where to change it."""

from django.urls import reverse


def acting_for(request):
    organisations = getattr(request, "organisations", [])
    if not organisations:
        return {}
    chosen = getattr(request, "acting_for", None)
    return {
        "acting_for": {
            "id": chosen.pk if chosen else None,
            "name": chosen.name if chosen else "",
            "switch_url": reverse("parties:mine") if len(organisations) > 1 else "",
            "organisations": organisations,
        }
    }
