"""The plot of docs/many-builds.md, as the text of an SVG. Its background is its own: pages are light or dark."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from flood.figures import SCENARIOS
from flood.flood import OUTAGE

WIDTH, LEFT, RIGHT = 960, 64, 930
INK, PALE, GRID = "#1f2328", "#59636e", "#d1d9e0"
STATUSES = {
    "201": ("#0072b2", "logged in"),
    "503": ("#e69f00", "503, outage"),
    "429": ("#b3245a", "429, limit used up"),
}
LINES = {"processes": ("#0072b2", "real processes"), "simulation": ("#b3245a", "simulation")}


def plot(figures: Mapping[str, Any]) -> str:
    """Return the SVG of the three parts, one below the other."""
    parts = [
        *_heading(34, "2,000 builds in a minute, one login each: answers of Cloudsmith, second by second"),
        *_course(figures["course"], 70, 250),
        *_heading(322, "Builds that fail, with the outage unless it says otherwise"),
        *_bars(figures["scenarios"], 340),
        *_heading(714, "200 builds, a limit of 180: logins that sent their last request after so long"),
        *_ended(figures["compared"], 750, 930),
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} 980" font-family="sans-serif" font-size="13">'
    title = (
        "<title>A flood of logins: answers second by second, builds that fail, and simulation beside reality</title>"
    )
    return "\n".join([head, title, f'<rect width="{WIDTH}" height="980" rx="8" fill="#ffffff"/>', *parts, "</svg>", ""])


def _course(course: Mapping[str, Sequence[int]], top: int, bottom: int) -> Iterable[str]:
    """Stacked bars, one for each second, and the time of the outage."""
    seconds, most = len(course["201"]), 400
    begin, end = (_x(moment, seconds) for moment in OUTAGE)
    yield _box(begin, top, end - begin, bottom - top, "#f0f1f3")
    yield _text((begin + end) / 2, top + 16, "outage of 30 s", PALE, "middle")
    yield from _axes(
        top, bottom, range(0, seconds, 10), seconds, {f"{value}": value / most for value in (0, 100, 200, 300)}
    )
    for second in range(seconds):
        height = 0.0
        for status, (colour, _) in STATUSES.items():
            share = course[status][second] / most * (bottom - top)
            if share:
                yield _box(_x(second, seconds), bottom - height - share, (RIGHT - LEFT) / seconds - 1, share, colour)
            height += share
    yield from _legend(STATUSES.values(), top - 16)


def _bars(scenarios: Mapping[str, Mapping[str, Any]], top: int) -> Iterable[str]:
    """One bar for each scenario: which part of its builds fails."""
    start, full = 500, 300
    for row, (name, figures) in enumerate(scenarios.items()):
        y, builds = top + 29 * row, SCENARIOS[name].builds
        yield _text(start - 10, y + 16, name, INK, "end")
        yield _box(start, y + 3, full, 17, "#f0f1f3")
        yield _box(start, y + 3, full * figures["failed"] / builds, 17, "#b3245a")
        yield _text(start + full + 10, y + 16, f"{figures['failed']:,} of {builds:,}", INK)


def _ended(compared: Mapping[str, Any], top: int, bottom: int) -> Iterable[str]:
    """Steps: the part of the logins that has ended after a number of seconds, of real processes and simulated."""
    longest = 40
    marks = {f"{share} %": share / 100 for share in (0, 25, 50, 75, 100)}
    yield from _axes(top, bottom, range(0, longest + 1, 10), longest, marks)
    for name, (colour, _) in LINES.items():
        waits = compared[name]["waits"]
        points = " ".join(
            f"{_x(wait, longest):.1f},{bottom - (bottom - top) * (number + 1) / len(waits):.1f}"
            for number, wait in enumerate(waits)
        )
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
    yield from _legend(LINES.values(), top - 16)


def _axes(top: int, bottom: int, seconds: Iterable[int], longest: int, marks: Mapping[str, float]) -> Iterable[str]:
    for label, share in marks.items():
        y = bottom - (bottom - top) * share
        yield f'<line x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}" stroke="{GRID}"/>'
        yield _text(LEFT - 8, y + 4, label, PALE, "end")
    for second in seconds:
        yield _text(_x(second, longest), bottom + 18, f"{second} s", PALE, "middle")


def _legend(entries: Iterable[tuple[str, str]], y: float) -> Iterable[str]:
    for column, (colour, label) in enumerate(entries):
        yield _box(LEFT + 170 * column, y - 10, 12, 12, colour)
        yield _text(LEFT + 170 * column + 18, y, label, INK)


def _heading(y: int, text: str) -> Iterable[str]:
    yield f'<text x="20" y="{y}" fill="{INK}" font-size="16" font-weight="bold">{escape(text)}</text>'


def _x(second: float, longest: int) -> float:
    return LEFT + (RIGHT - LEFT) * second / longest


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def _text(x: float, y: float, text: str, colour: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>'
