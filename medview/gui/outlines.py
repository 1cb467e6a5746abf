"""Outlines: the borders of masks along voxel edges, drawn at the screen's resolution."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from medview.core.labels import LabelTable

_Edges = tuple[NDArray[np.int64], NDArray[Any], NDArray[Any], int]


def outlines(ids: NDArray[Any], table: LabelTable) -> list[tuple[QColor, QPainterPath]]:
    """Colour and border of each visible label in a slice (rows, columns) of label ids.

    Paths are in image pixels (column, row). Straight runs are one line each, so that a large mask
    is a few hundred lines. Only the edges are looked at once they are found, not every voxel for
    every label.
    """
    rows = np.flatnonzero(ids.any(axis=1))
    if rows.size == 0:
        return []
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    padded = np.zeros((bottom - top + 2, ids.shape[1] + 2), ids.dtype)
    padded[1:-1, 1:-1] = ids[top:bottom]
    turned = np.ascontiguousarray(padded.T)
    across, down = _edges(padded), _edges(turned)
    found = []
    for label in table:
        if not label.visible:
            continue
        flat, upright = _lines(across, label.id), _lines(down, label.id)
        if len(flat) == 0:
            continue
        lines = np.empty((len(flat) + len(upright), 4))
        lines[: len(flat)] = flat[:, [1, 0, 2, 0]]
        lines[len(flat) :] = upright[:, [0, 1, 0, 2]]
        lines += (-1.0, top - 1.0, -1.0, top - 1.0)  # without the margin
        found.append((QColor(*label.color), _path(lines)))
    return found


def _edges(padded: NDArray[Any]) -> _Edges:
    """Where the id changes from a row to the next: flat places, ids before and behind, width."""
    before, behind = padded[:-1], padded[1:]
    places = np.flatnonzero(before != behind)
    return places, before.ravel()[places], behind.ravel()[places], padded.shape[1]


def _lines(edges: _Edges, label_id: int) -> NDArray[np.int64]:
    """(line, start, end) of each straight run of a label's edges."""
    places, before, behind, width = edges
    own = places[(before == label_id) | (behind == label_id)]
    if own.size == 0:
        return np.empty((0, 3), np.int64)
    # the margin's columns are never edges, so that a run cannot go on into the next line
    breaks = np.flatnonzero(np.diff(own) != 1)
    starts = own[np.concatenate(([0], breaks + 1))]
    ends = own[np.concatenate((breaks, [own.size - 1]))] + 1
    line, start = np.divmod(starts, width)
    return np.column_stack((line + 1, start, start + ends - starts))


def _path(lines: NDArray[np.float64]) -> QPainterPath:
    """Lines (n, 4) x1 y1 x2 y2 as a path, through Qt's own binary form: no loop in Python."""
    path = QPainterPath()
    if len(lines) == 0:
        return path
    element = np.dtype([("kind", ">i4"), ("x", ">f8"), ("y", ">f8")])
    elements = np.empty(2 * len(lines), element)
    elements["kind"] = np.tile([0, 1], len(lines))  # move to, line to
    elements["x"] = lines[:, [0, 2]].ravel()
    elements["y"] = lines[:, [1, 3]].ravel()
    head, tail = struct.pack(">i", len(elements)), struct.pack(">ii", 0, 0)
    stream = QDataStream(QByteArray(head + elements.tobytes() + tail))
    stream >> path  # type: ignore[operator]
    return path


def draw_outlines(
    painter: QPainter,
    borders: list[tuple[QColor, QPainterPath]],
    matrix: QTransform,
    width: float,
) -> None:
    """Draw borders at screen resolution, so that they stay fine at any zoom."""
    painter.save()
    scale = abs(painter.deviceTransform().m11())  # high-DPI screens, enlarged pictures
    painter.setTransform(matrix, combine=True)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
    for color, path in borders:
        pen = QPen(color, width * scale)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawPath(path)
    painter.restore()
