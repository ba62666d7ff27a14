"""Every component in both themes and densities, for those who build pages. Open in a demo; elsewhere to staff."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.portal.charts import bars, county_tiles
from apps.portal.forms import SampleForm
from apps.portal.selectors import Figure

VARIANTS = [("light", "compact"), ("light", "touch"), ("dark", "compact"), ("dark", "touch")]
COUNTS = {"520602": 120, "520603": 44, "520621": 61, "520622": 38, "520623": 52}
COUNTS |= {"520624": 90, "520625": 47, "520626": 66, "520627": 83, "520628": 58}


@login_not_required
@require_safe
def styleguide(request):
    if not settings.DEMO and not (request.user.is_authenticated and request.user.is_staff_member):
        raise Http404
    context = {
        "variants": [_variant(theme, density, n) for n, (theme, density) in enumerate(VARIANTS)],
        "tiles": county_tiles(COUNTS, dict.fromkeys(COUNTS, "#main")),
        "bars": bars([(_("有效"), 659, "#main"), (_("暂停"), 21, "#main"), (_("过期失效"), 134, "#main")]),
        "figures": [
            Figure(_("我的待办"), 42, "#main"),
            Figure(_("已超期"), 2, "#main", "bad"),
            Figure(_("即将到期"), 5, "#main", "warn"),
        ],
        "page": Paginator(range(1000), 20).get_page(7),
        "day": dt.date(2026, 11, 24),
    }
    return render(request, "portal/styleguide.html", context)


def _variant(theme, density, n):
    return {
        "theme": theme,
        "density": density,
        "n": str(n),
        "form": SampleForm(auto_id=f"v{n}_%s"),
        "faulty": SampleForm({"name": "", "code": "91520602MA6DL0011O"}, auto_id=f"v{n}e_%s"),
    }
