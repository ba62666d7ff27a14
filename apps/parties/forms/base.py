"""What every form here shares: the problems that a service found go to their fields."""

from django import forms


class ProblemForm(forms.Form):
    """`add_problems` puts each fault on its field, rule and remedy in one line; unknown places go on top."""

    def add_problems(self, problems):
        for problem in problems:
            place = problem.place if problem.place in self.fields else None
            self.add_error(place, str(problem))


class ReasonField(forms.CharField):
    """Why: kept for good in the trail."""

    def __init__(self, **options):
        super().__init__(max_length=500, widget=forms.Textarea(attrs={"rows": 3}), **options)


def choose(field, choices):
    """Give a choice field what may be chosen today."""
    field.choices = choices
