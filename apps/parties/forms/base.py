"""What every form here shares: the problems that a service found go to their fields."""

from django import forms


class ProblemForm(forms.Form):
    """`add_problems` puts each fault on its field, rule and remedy in one line; unknown places go on top."""

    def add_problems(self, problems):
        for problem in problems:
            place = problem.place if problem.place in self.fields else None
            self.add_error(place, str(problem))


class DayField(forms.DateField):
    """A day, picked or typed as 2026-11-24."""

    def __init__(self, **options):
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class ReasonField(forms.CharField):
    """Why: kept for good in the trail."""

    def __init__(self, **options):
        super().__init__(max_length=500, widget=forms.Textarea(attrs={"rows": 3}), **options)


class VersionField(forms.IntegerField):
    """The version of the record that the person saw."""

    def __init__(self):
        super().__init__(widget=forms.HiddenInput)


def choose(field, choices):
    """Give a choice field what may be chosen today."""
    field.choices = choices
