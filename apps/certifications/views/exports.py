"""The current list as a file. A POST, because it leaves a trail entry."""

from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.exports import answer_export
from apps.certifications.exporting import NAME


@require_POST
@staff_permission(Permission.CERTIFICATE_VIEW_INTERNAL)
def export(request, file_format):
    """CSV or XLSX of the filter in the address."""
    back = f"{reverse('certifications:staff_list')}?{request.GET.urlencode()}"
    return answer_export(request, NAME, file_format, request.GET, back=back)
