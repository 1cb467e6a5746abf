"""Small pictures as Qt shows them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPixmap


def pixmap(picture: NDArray[np.uint8]) -> QPixmap:
    """A pixmap of (rows, columns, 3) RGB; it holds its own copy."""
    rows, columns, _ = picture.shape
    packed = np.ascontiguousarray(picture)
    image = QImage(packed.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    return QPixmap.fromImage(image.copy())
