"""How forms are drawn: one renderer, field groups from templates/components/forms/."""

from django.forms.renderers import TemplatesSetting


class PortalFormRenderer(TemplatesSetting):
    """Django's fields with the portal's field group (label, help, error, control)."""
