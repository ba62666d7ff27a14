"""A process as a picture, from its table: states as boxes, steps as numbered arrows, the numbers explained in a list.

Drawn on the server: no script, no library. `standalone` puts the colours into the picture, for docs and for saving.
"""

from dataclasses import dataclass
from math import hypot

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from apps.workflow.process import CLOCK, Process, Step

WIDE, HIGH, GAP_X, GAP_Y, EDGE = 132, 40, 44, 60, 24
MANY = 3  # a step out of more states than this is a number at their corners, not a sheaf of arrows
_COLOURS = mark_safe(
    "<style>.flow rect{fill:#fff;stroke:#5b6775}.flow .here rect{fill:#e3edf9;stroke:#0b4ea2;stroke-width:3}"
    ".flow .end rect{stroke-width:2.5}.flow path{fill:none;stroke:#5b6775;stroke-width:1.5}.flow .tip{fill:#5b6775}"
    ".flow circle{fill:#fff;stroke:#5b6775}.flow text{font:13px sans-serif;text-anchor:middle;fill:#17202a}"
    ".flow .n{font-size:11px}.flow .law path{stroke-dasharray:5 4}</style>"
)


@dataclass(frozen=True, slots=True)
class Box:
    """A state and where it stands: the middle of its box."""

    code: str
    x: float
    y: float


def svg(process: Process, current: str = "", *, standalone: bool = False) -> SafeString:
    """The picture; `current` marks the state in which a file is."""
    boxes = _boxes(process)
    wide = max(box.x for box in boxes.values()) + WIDE / 2 + EDGE * 3
    high = max(box.y for box in boxes.values()) + HIGH / 2 + EDGE
    title = _("%(process)s：流程图") % {"process": process.label}
    told = _("%(states)s 个环节，%(steps)s 个步骤；步骤编号见列表。")
    desc = told % {"states": len(process.states), "steps": len(process.steps)}
    arrows = [_arrow(process, pair, steps, boxes) for pair, steps in _pairs(process).items()]
    parts = [*arrows, *_drawn(process, boxes, current), *_corners(process, boxes)]
    drawn = format_html_join("", "{}", ((part,) for part in parts))
    return format_html(
        '<svg class="flow" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img">'
        "<title>{}</title><desc>{}</desc>{}{}</svg>",
        round(wide),
        round(high),
        title,
        desc,
        _COLOURS if standalone else "",
        drawn,
    )


def numbered(process: Process) -> list[tuple[int, Step]]:
    """The steps with the numbers that the picture gives them."""
    return list(enumerate(process.steps, 1))


def _boxes(process: Process) -> dict[str, Box]:
    """Each state in the row of its distance from the start; ends below what leads to them."""
    depth = _depths(process)
    rows: dict[int, list[str]] = {}
    for state in process.states:
        rows.setdefault(depth[state.code], []).append(state.code)
    widest = max(len(row) for row in rows.values())
    full = widest * WIDE + (widest - 1) * GAP_X
    found = {}
    for level, (_depth, row) in enumerate(sorted(rows.items())):
        left = EDGE * 3 + (full - len(row) * WIDE - (len(row) - 1) * GAP_X) / 2
        for place, code in enumerate(row):
            x = left + place * (WIDE + GAP_X) + WIDE / 2
            found[code] = Box(code, x, EDGE + HIGH / 2 + level * (HIGH + GAP_Y))
    return found


def _depths(process: Process) -> dict[str, int]:
    depth = {process.start: 0}
    waiting = [process.start]
    while waiting:
        here = waiting.pop(0)
        for step in process.steps_from(here):
            if step.target not in depth:
                depth[step.target] = depth[here] + 1
                waiting.append(step.target)
    last = max(depth.values())
    ends = {state.code: last + 1 for state in process.states if state.final}
    return {**{state.code: last for state in process.states}, **depth, **ends}


def _pairs(process: Process) -> dict[tuple[str, str], list[tuple[int, Step]]]:
    """The steps between each two states: one arrow carries them all."""
    pairs: dict[tuple[str, str], list[tuple[int, Step]]] = {}
    for number, step in numbered(process):
        for source in step.sources if len(step.sources) <= MANY else ():
            pairs.setdefault((source, step.target), []).append((number, step))
    return pairs


def _drawn(process: Process, boxes: dict[str, Box], current: str) -> list[SafeString]:
    found = []
    for state in process.states:
        box = boxes[state.code]
        kind = " ".join(name for name, holds in (("here", state.code == current), ("end", state.final)) if holds)
        found.append(
            format_html(
                '<g class="{}"><rect x="{}" y="{}" width="{}" height="{}" rx="{}"/><text x="{}" y="{}">{}</text></g>',
                kind,
                round(box.x - WIDE / 2),
                round(box.y - HIGH / 2),
                WIDE,
                HIGH,
                HIGH // 2 if state.final else 4,
                round(box.x),
                round(box.y + 5),
                state.label,
            )
        )
    return found


def _corners(process: Process, boxes: dict[str, Box]) -> list[SafeString]:
    """The numbers of steps that many states share, at the corners of those states."""
    found = []
    for code, box in boxes.items():
        shared = [number for number, step in numbered(process) if len(step.sources) > MANY and code in step.sources]
        if shared:
            found.append(_number(",".join(map(str, shared)), box.x + WIDE / 2, box.y + HIGH / 2))
    return found


def _number(text: str, x: float, y: float) -> SafeString:
    circle = '<circle cx="{}" cy="{}" r="{}"/><text class="n" x="{}" y="{}">{}</text>'
    return format_html(circle, round(x), round(y), 9 + 3 * (len(text) - 1), round(x), round(y + 4), text)


def _arrow(process: Process, pair: tuple[str, str], steps: list[tuple[int, Step]], boxes: dict[str, Box]) -> SafeString:
    start, end = boxes[pair[0]], boxes[pair[1]]
    x1, y1, x2, y2, bend_x, bend_y = _course(start, end)
    at = 0.25 if end.y - start.y > 1.5 * (HIGH + GAP_Y) else 0.5  # on a long way near its beginning
    middle_x, middle_y = (
        (1 - at) ** 2 * a + 2 * at * (1 - at) * bend + at**2 * b for a, bend, b in ((x1, bend_x, x2), (y1, bend_y, y2))
    )
    text = ",".join(str(number) for number, _step in steps)
    by_law = all(step.by == (CLOCK,) for _number, step in steps)
    return format_html(
        '<g class="{}"><path d="M{} {}Q{} {} {} {}"/><path class="tip" d="{}"/>{}</g>',
        "law" if by_law else "",
        *(round(value) for value in (x1, y1, bend_x, bend_y, x2, y2)),
        _tip(bend_x, bend_y, x2, y2),
        _number(text, middle_x, middle_y),
    )


def _course(start: Box, end: Box) -> tuple[float, float, float, float, float, float]:
    """Where an arrow begins, ends and bends: down the middle, back along the left, long ways round the right."""
    if start.code == end.code:
        x = start.x + WIDE / 2
        return x, start.y - 8, x, start.y + 8, x + 60, start.y
    rows = (end.y - start.y) / (HIGH + GAP_Y)
    if rows == 0:
        side = 1 if end.x > start.x else -1
        return start.x + side * WIDE / 2, start.y, end.x - side * WIDE / 2, end.y, (start.x + end.x) / 2, start.y - 30
    if rows < 0:
        x1, x2 = start.x - WIDE / 4, end.x - WIDE / 4
        return x1, start.y - HIGH / 2, x2, end.y + HIGH / 2, min(x1, x2) - 40, (start.y + end.y) / 2
    x1, x2 = start.x + WIDE / 8, end.x + WIDE / 8
    bend = (x1 + x2) / 2 + (70 * (rows - 1) if rows > 1 else 0)
    return x1, start.y + HIGH / 2, x2, end.y - HIGH / 2, bend, (start.y + end.y) / 2


def _tip(from_x: float, from_y: float, x: float, y: float) -> str:
    """The head of an arrow that comes from a point."""
    length = hypot(x - from_x, y - from_y) or 1
    ux, uy = (x - from_x) / length, (y - from_y) / length
    left = (x - 9 * ux - 4 * uy, y - 9 * uy + 4 * ux)
    right = (x - 9 * ux + 4 * uy, y - 9 * uy - 4 * ux)
    return f"M{x:.0f} {y:.0f}L{left[0]:.0f} {left[1]:.0f}L{right[0]:.0f} {right[1]:.0f}Z"
