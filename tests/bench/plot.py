#!/usr/bin/env python3
"""How the cost of workload W grows with the number of edits: the figures of `bench_w --csv`, as one SVG.

    python3 tests/bench/plot.py FIGURES.csv docs/pictures/performance.svg

A panel for each question; across, the edits (a logarithmic scale); up, what one of them costs. A cost that does not grow
is a level line."""

import csv
import math
import sys

WIDTH, HEIGHT = 330, 210
LEFT, TOP, RIGHT, BOTTOM = 62, 34, 30, 34
COLUMNS = 2
LABEL = 50  # as wide as a number under the axis
PANELS = [
    # title, unit, column of the figures, level of the goal or None
    ("One new edit: both meetings", "ms", "one_edit_ms", 50),
    ("A fresh device, of CPU time", "operations/s", "caught_up_cpu_ops_s", 110000),
    ("A round of five devices", "ms", "round_ms", None),
    ("Open a home and read a plan", "ms", "open_ms", 100),
    ("On the wire, an edit and receiver", "bytes", "wire_bytes", 100),
    ("Log and replica, an edit", "bytes", "disk_bytes", 300),
    ("Memory that catching up adds", "MiB", "peak_mib", None),
    ("A durable save, to plain SQLite", "times", "save_ratio", 1.5),
]
INK, GRID, LINE, GOAL = "#222", "#ddd", "#0b5cad", "#b3261e"


def nice_top(value):
    """The least of 1, 2, 5, 10 … that is not below the value."""
    step = 10 ** math.floor(math.log10(value))
    return next(step * m for m in (1, 2, 5, 10) if step * m >= value)


def short(value):
    if value >= 1000:
        return f"{value / 1000:g} 000" if value % 1000 == 0 else f"{value:.0f}"
    return f"{value:g}"


def text(x, y, what, anchor="start", colour=INK, size=11):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">{what}</text>'


def line(x1, y1, x2, y2, colour, dash=""):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"'
            + (f' stroke-dasharray="{dash}"' if dash else "") + "/>")


def panel(rows, at, title, unit, column, goal):
    x0 = (at % COLUMNS) * WIDTH + LEFT
    y0 = (at // COLUMNS) * HEIGHT + TOP
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    edits = [float(r["edits"]) for r in rows]
    low, span = math.log10(edits[0]), max(math.log10(edits[-1] / edits[0]), 1e-9)
    top = nice_top(max([float(r[column]) for r in rows] + [goal or 0]))

    def x(edit_count):
        return x0 + wide * (math.log10(edit_count) - low) / span

    def y(value):
        return y0 + high * (1 - value / top)

    out = [text(x0, y0 - 16, f"{title}, {unit}", size=12)]
    for part in range(5):
        value = top * part / 4
        out += [line(x0, y(value), x0 + wide, y(value), GRID), text(x0 - 6, y(value) + 4, short(value), "end")]
    for count in (e for e in edits if e == edits[-1] or x(edits[-1]) - x(e) >= LABEL):
        out.append(text(x(count), y0 + high + 16, short(count), "middle"))
    if goal:
        out += [line(x0, y(goal), x0 + wide, y(goal), GOAL, "5 3"), text(x0 + wide, y(goal) - 4, "goal", "end", GOAL)]
    points = [(x(float(r["edits"])), y(float(r[column]))) for r in rows]
    path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
    out.append(f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="2"/>')
    return out + [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{LINE}"/>' for a, b in points]


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        rows = sorted(csv.DictReader(f), key=lambda r: float(r["edits"]))
    lines = -(-len(PANELS) // COLUMNS)
    size = f'width="{COLUMNS * WIDTH}" height="{lines * HEIGHT}"'
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" role="img">',
           "<title>How the cost of workload W grows with the number of edits</title>",
           '<rect width="100%" height="100%" fill="#fff"/>']
    for at, (title, unit, column, goal) in enumerate(PANELS):
        out += panel(rows, at, title, unit, column, goal)
    with open(sys.argv[2], "w", encoding="utf-8") as f:
        f.write("\n".join([*out, "</svg>"]) + "\n")


if __name__ == "__main__":
    main()
