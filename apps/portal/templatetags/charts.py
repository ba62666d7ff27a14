"""Charts drawn by the server: an SVG with title and description, and the same numbers as a table beside it."""

from collections.abc import Sequence
from typing import Any

from django import template

from apps.portal.charts import Bar, Tile

register = template.Library()


@register.inclusion_tag("components/tile_map.html")
def tile_map(tiles: Sequence[Tile], title: str, unit: str = "", id: str = "map") -> dict[str, Any]:
    """The ten counties as squares. `title` says what is counted and when; `id` tells two maps of one page apart."""
    ranked = sorted(tiles, key=lambda tile: -tile.value)
    ends = {"most": ranked[0], "least": ranked[-1]}
    return {"tiles": tiles, "ranked": ranked, "title": title, "unit": unit, "id": id, **ends}


@register.inclusion_tag("components/bar_chart.html")
def bar_chart(bars: Sequence[Bar], title: str, unit: str = "") -> dict[str, Any]:
    """Horizontal bars, one a row of a table, so that the numbers are always readable as text."""
    return {"bars": bars, "title": title, "unit": unit}
