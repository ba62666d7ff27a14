"""The form with which a document is handed in. It cleans; the service checks the content."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import UploadInput
from apps.core.uploads import CASE_FILE
from apps.documents.constants import GeneratedState
from apps.documents.papers import PAPERS


class UploadForm(forms.Form):
    """`kinds`: what the subject's documents may be. The file comes with the form, or was sent before (`resumable`)."""

    kind = forms.ChoiceField(label=_("材料类别"))
    stored = forms.ChoiceField(label=_("从材料库选用"), required=False)
    upload = forms.FileField(
        label=_("文件"),
        allow_empty_file=True,
        error_messages={"required": _("请选择要上传的文件。")},
        widget=UploadInput(types=CASE_FILE.names, max_bytes=CASE_FILE.max_bytes),
    )
    use_required_attribute = False  # the script empties the field once the file has been sent in pieces
    resumable = forms.UUIDField(required=False, widget=forms.HiddenInput(attrs={"data-resumable-id": ""}))
    replaces = forms.UUIDField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args, kinds, stored=(), **options):
        """`stored`: the documents of the organisation's own store, as choices; without any there is no such field."""
        super().__init__(*args, **options)
        if stored:
            self.fields["stored"].choices = [("", _("不选用，上传文件")), *stored]  # type: ignore[attr-defined]
        else:
            del self.fields["stored"]
        self.fields["kind"].choices = [("", _("请选择")), *kinds]  # type: ignore[attr-defined]
        sent = ("resumable", "stored") if stored else ("resumable",)
        self.fields["upload"].required = not (self.is_bound and any(self.data.get(name) for name in sent))


class PaperFilter(forms.Form):
    """The staff's list of generated documents."""

    state = forms.ChoiceField(
        required=False, choices=[("", _("全部")), *GeneratedState.choices], widget=forms.HiddenInput
    )
    template = forms.ChoiceField(label=_("文书"), required=False)
    q = forms.CharField(label=_("文号"), required=False, max_length=100)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        papers = [(paper.code, paper.label) for paper in PAPERS.values()]
        self.fields["template"].choices = [("", _("全部")), *papers]  # type: ignore[attr-defined]
