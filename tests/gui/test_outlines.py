"""Borders of masks lie on voxel edges, each edge once, long runs as one line."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from medview.core.labels import Label, LabelTable
from medview.gui.outlines import outlines

TABLE = LabelTable.of(
    [
        Label(1, "one", (255, 0, 0)),
        Label(2, "two", (0, 255, 0)),
        Label(3, "hid", (0, 0, 255), visible=False),
    ]
)


def lines(path):
    """(x1, y1, x2, y2) of each line of a path."""
    points = [path.elementAt(n) for n in range(path.elementCount())]
    return [(a.x, a.y, b.x, b.y) for a, b in zip(points[::2], points[1::2], strict=True)]


def unit_edges(found):
    """The voxel edges that lines run along, as (x, y, x, y)."""
    edges = []
    for x1, y1, x2, y2 in found:
        count = round(abs(x2 - x1) + abs(y2 - y1))
        across, down = np.sign(x2 - x1), np.sign(y2 - y1)
        edges += [
            (x1 + n * across, y1 + n * down, x1 + (n + 1) * across, y1 + (n + 1) * down)
            for n in range(count)
        ]
    return edges


def expected_edges(inside):
    rows, columns = inside.shape
    edges = []
    for row in range(rows + 1):
        for column in range(columns + 1):
            here = row < rows and column < columns and inside[row, column]
            above = row > 0 and column < columns and inside[row - 1, column]
            left = column > 0 and row < rows and inside[row, column - 1]
            if here != above and column < columns:
                edges.append((column, row, column + 1, row))
            if here != left and row < rows:
                edges.append((column, row, column, row + 1))
    return edges


def test_a_rectangle_is_four_lines(qapp):
    ids = np.zeros((5, 6), np.uint8)
    ids[1:4, 2:5] = 1
    ((color, path),) = outlines(ids, TABLE)
    assert color.red() == 255
    assert sorted(lines(path)) == [(2, 1, 2, 4), (2, 1, 5, 1), (2, 4, 5, 4), (5, 1, 5, 4)]


def test_a_hole_has_an_outline_too(qapp):
    ids = np.ones((5, 5), np.uint8)
    ids[2, 2] = 0
    ((_, path),) = outlines(ids, TABLE)
    assert len(lines(path)) == 8


def test_hidden_and_unknown_labels_have_none(qapp):
    ids = np.zeros((4, 4), np.uint8)
    ids[0, 0], ids[3, 3] = 3, 9
    assert outlines(ids, TABLE) == []
    assert outlines(np.zeros((3, 3), np.uint8), TABLE) == []


@given(
    ids=arrays(
        np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 3)
    )
)
def test_every_edge_of_a_label_is_drawn_once(ids):
    found = {color.getRgb()[:3]: path for color, path in outlines(ids, TABLE)}
    for label in TABLE:
        path = found.get(label.color) if label.visible else None
        drawn = [] if path is None else unit_edges(lines(path))
        expected = expected_edges(ids == label.id) if label.visible else []
        assert sorted(drawn) == sorted(expected)
