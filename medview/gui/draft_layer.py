"""DraftLayer: what a tool or an operation proposes, drawn over every view until it is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPen, QPolygonF

from medview.core.labels import Label, LabelTable
from medview.edit.draft import Draft, Outline, Proposal
from medview.gui.outlines import outlines
from medview.gui.slice_painter import mask_table
from medview.gui.view_mouse import Gesture
from medview.gui.view_transform import ViewTransform

if TYPE_CHECKING:
    from medview.gui.slice_view import SliceView

_OPACITY = 0.35
_HANDLE = 3.5  # radius of a point that can be taken, screen pixels
_ERASED = QColor(255, 255, 255)
_BORDER = QColor(0, 0, 0, 170)


class DraftLayer:
    """Proposed voxels pale under a dashed border, in their label's colour; white erases.

    It takes no mouse: that is the tool's.
    """

    def __init__(self, draft: Callable[[], Draft | None], table: Callable[[], LabelTable]) -> None:
        self._draft, self._table = draft, table
        self._made: dict[SliceView, tuple[Any, ...]] = {}

    def gesture(self, view: SliceView, event: QMouseEvent) -> Gesture | None:
        return None

    def double_click(self, view: SliceView, event: QMouseEvent) -> bool:
        return False

    def draw(self, view: SliceView, painter: QPainter, transform: ViewTransform) -> None:
        draft = self._draft()
        if draft is None:
            self._made.clear()
            return
        painter.save()
        if draft.proposal is not None:
            self._draw_proposal(view, painter, transform, draft.proposal)
        if view.planes is not None and view.planes.axis == draft.plane_axis:
            color = _ERASED
            if draft.label_id in self._table():
                color = QColor(*self._table()[draft.label_id].color)
            for outline in draft.outlines:
                _draw_outline(view, painter, outline, color)
        painter.restore()

    def _draw_proposal(
        self, view: SliceView, painter: QPainter, transform: ViewTransform, proposal: Proposal
    ) -> None:
        key = (proposal, view.slice_index, view.planes, self._table())
        if view not in self._made or self._made[view][0] != key:
            self._made[view] = (key, *_picture(view, proposal, self._table()))
        _, image, borders, top_left, _pixels = self._made[view]
        if image is None:
            return
        matrix = transform.matrix()
        matrix.translate(top_left[1], top_left[0])
        painter.save()
        painter.setTransform(matrix, combine=True)
        painter.drawImage(0, 0, image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        for color, path in borders:
            for shade, width, pattern in ((_BORDER, 2.4, None), (color, 1.6, [3.0, 2.0])):
                pen = QPen(shade, width)
                pen.setCosmetic(True)
                if pattern:
                    pen.setDashPattern(pattern)
                painter.setPen(pen)
                painter.drawPath(path)
        painter.restore()


def _picture(view: SliceView, proposal: Proposal, table: LabelTable) -> tuple[Any, ...]:
    """(image, borders, top left pixel, what the image borrows) of the shown plane, or Nones."""
    ids, top_left, erased = _plane_of(view, proposal, table)
    if ids is None or not ids.any():
        return None, [], (0, 0), None
    colors = LabelTable((*table.labels, Label(erased, "erased", (255, 255, 255))))
    everything = LabelTable.of(
        Label(label.id, label.name, label.color) for label in colors
    )  # hidden labels are proposed visibly
    argb = mask_table(everything, _OPACITY, int(ids.max()))[ids]
    pixels = np.ascontiguousarray(argb)
    rows, columns = pixels.shape
    form = QImage.Format.Format_ARGB32_Premultiplied
    image = QImage(pixels.data, columns, rows, columns * 4, form)
    return image, outlines(ids, everything), top_left, pixels


def _plane_of(
    view: SliceView, proposal: Proposal, table: LabelTable
) -> tuple[NDArray[Any] | None, tuple[int, int], int]:
    """Proposed ids in the shown plane (an unused id erases), and where they begin.

    A plane that lies between voxels shows none."""
    erased = table.free_id()
    planes = view.planes
    if planes is None or planes.axis is None:
        return None, (0, 0), erased
    axis, index = planes.axis, view.slice_index
    box = proposal.box
    if not box.low[axis] <= index < box.high[axis]:
        return None, (0, 0), erased
    first, second = (n for n in range(3) if n != axis)
    values = np.take(proposal.values, index - box.low[axis], axis=axis)
    where = np.take(proposal.where, index - box.low[axis], axis=axis)
    ids = np.where(where, np.where(values == 0, erased, values), 0).astype(np.int64)
    return ids, (box.low[first], box.low[second]), erased


def _draw_outline(view: SliceView, painter: QPainter, outline: Outline, color: QColor) -> None:
    """The line and its points where they lie in the shown plane."""
    places = [view.screen_of([float(n) for n in point]) for point in outline.points]
    if not places or any(place is None or abs(place[1]) > 0.5 for place in places[:1]):
        return
    line = QPolygonF([place[0] for place in places if place is not None])
    if outline.closed:
        line.append(line.first())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for shade, width in ((_BORDER, 3.0), (color, 1.5)):
        painter.setPen(QPen(shade, width))
        painter.drawPolyline(line)
    if outline.handles is None:
        return
    painter.setPen(QPen(_BORDER, 1.0))
    painter.setBrush(color)
    for point in outline.handles:
        place = view.screen_of([float(n) for n in point])
        if place is not None:
            painter.drawEllipse(QPointF(place[0]), _HANDLE, _HANDLE)
