"""Render: what the window would show of a slice, as a PNG file, without a window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter

from medview.core.atomic import write_bytes
from medview.core.display import Window
from medview.core.labelmap import LabelMap
from medview.core.volume import Volume
from medview.gui.application import application
from medview.gui.slice_view import SliceView
from medview.gui.view_parts import HeatMapLike
from medview.gui.view_transform import ViewTransform

DEFAULT_SIZE = (1000, 1000)


class PlainHeatMap:
    """A heat map from a file: values 0..1 of one slice."""

    def __init__(
        self, slice_index: int, values: NDArray[Any], label_id: int = 0, *, reliable: bool = True
    ) -> None:
        self.slice_index = slice_index
        self.values = np.asarray(values, dtype=np.float32)
        self.label_id = label_id
        self.reliable = reliable
        self.method = ""


def render_image(
    volume: Volume,
    labelmap: LabelMap | None,
    heatmap: HeatMapLike | None,
    slice_index: int,
    window: Window | None = None,
    size: tuple[int, int] = DEFAULT_SIZE,
) -> QImage:
    """The slice with mask, heat map and texts, fitted into ``size`` (width, height) pixels."""
    application()
    view = SliceView()
    view.resize(QSize(*size))
    view.set_volume(volume)
    view.set_labels(labelmap)
    view.set_heatmap(heatmap)
    view.set_slice(slice_index)
    view.set_window(window or view.default_window())
    image = QImage(QSize(*size), QImage.Format.Format_RGB32)
    image.fill(QColor(0, 0, 0))
    painter = QPainter(image)
    painter.setFont(view.font())
    view.paint_slice(painter, ViewTransform.fitted(volume.geometry, QSizeF(*size)))
    painter.end()
    view.deleteLater()
    return image


def render_png(
    volume: Volume,
    labelmap: LabelMap | None,
    heatmap: HeatMapLike | None,
    slice_index: int,
    window: Window | None,
    path: Path,
    size: tuple[int, int] = DEFAULT_SIZE,
) -> None:
    """Write `render_image` as a PNG, atomically. ``window`` None is the file's own.

    MedviewError "write-failed" when the file cannot be written.
    """
    write_bytes(path, png_bytes(render_image(volume, labelmap, heatmap, slice_index, window, size)))


def png_bytes(image: QImage) -> bytes:
    """A picture as the content of a PNG file."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(data.data())
