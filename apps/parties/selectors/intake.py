"""What bulk intake (certificate imports) must know of organisations before it reads a file."""

from apps.parties.models import Organisation


def body_ids() -> dict[str, int]:
    """Approval number -> id of the certification body."""
    known = Organisation.objects.filter(approval_number__isnull=False)
    return {str(approval): pk for approval, pk in known.values_list("approval_number", "pk")}


def overridden_codes() -> frozenset[str]:
    """Codes that fail their check but that staff have let pass with a reason."""
    passed = Organisation.objects.exclude(code_override_reason="").filter(uscc__isnull=False)
    return frozenset(str(code) for code in passed.values_list("uscc", flat=True))
