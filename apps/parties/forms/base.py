"""What several forms here share."""

from django import forms


class ReasonField(forms.CharField):
    """Why: kept for good in the trail."""

    def __init__(self, **options):
        super().__init__(max_length=500, widget=forms.Textarea(attrs={"rows": 3}), **options)


def choose(field, choices):
    """Give a choice field what may be chosen today."""
    field.choices = choices
