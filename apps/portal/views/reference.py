"""The reference data for everyone: one page a table, each with its source."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from apps.certifications.selectors import tables
from apps.parties.selectors import approved_bodies

TABLES = {
    "projects": (_("认证项目"), tables.all_projects),
    "standards": (_("认证依据标准"), tables.all_standards),
    "sectors": (_("IAF 业务范围"), tables.all_sectors),
    "industries": (_("国民经济行业"), tables.all_industries),
    "catalogue": (_("强制性产品认证目录"), tables.editions),
    "bodies": (_("认证机构"), approved_bodies),
    "sources": (_("数据来源"), tables.all_sources),
}


@login_not_required
@require_safe
def table(request, name):
    if name not in TABLES:
        raise Http404
    title, rows = TABLES[name]
    context = {"name": name, "title": title, "rows": rows(), "tables": [(key, TABLES[key][0]) for key in TABLES]}
    return render(request, "portal/reference.html", context)
