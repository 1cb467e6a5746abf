"""PictureFeed: slices drawn one by one in the main thread for a job that waits for them."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtGui import QImage

from medview.core.errors import Cancelled
from medview.gui.slice_view import SliceView

_AHEAD = 4  # pictures that may wait for the job
_TURN_MS = 4
_WHOLE = Qt.AspectRatioMode.IgnoreAspectRatio
_SMOOTH = Qt.TransformationMode.SmoothTransformation


class PictureFeed(QObject):
    """Draws one slice in each turn of the event loop, so the window stays alive meanwhile.

    ``images`` is for the job's thread; it ends with `Cancelled` when the feed was stopped.
    """

    def __init__(
        self, view: SliceView, indices: Sequence[int], ratio: float, *, names: bool
    ) -> None:
        super().__init__(view)
        self._view = view
        self._volume = view.volume
        self._left = list(indices)
        self._count = len(self._left)
        self._ratio = ratio
        self._names = names
        self._size: QSize | None = None
        self._ready: queue.Queue[QImage | None] = queue.Queue()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._draw_one)
        self._timer.start(_TURN_MS)

    def stop(self) -> None:
        """Draw no more; who waits for pictures is let go."""
        self._timer.stop()
        self._left.clear()
        self._ready.put(None)
        self.deleteLater()

    def _draw_one(self) -> None:
        if self._view.volume is not self._volume:  # another case is open
            self._left.clear()
            self._ready.put(None)
        if not self._left:
            self._timer.stop()
        elif self._ready.qsize() < _AHEAD:
            index = self._left.pop(0)
            image = self._view.picture(index, names=self._names, ratio=self._ratio)
            self._size = self._size or image.size()
            if image.size() != self._size:  # the window was resized meanwhile
                image = image.scaled(self._size, _WHOLE, _SMOOTH)
            self._ready.put(image)

    def images(self) -> Iterator[QImage]:
        """The pictures in their order."""
        for _ in range(self._count):
            image = self._ready.get()
            if image is None:
                raise Cancelled
            yield image

    def frames(self) -> Iterator[NDArray[np.uint8]]:
        """The pictures as (rows, columns, 3) arrays."""
        for image in self.images():
            yield pixels(image)


def pixels(image: QImage) -> NDArray[np.uint8]:
    """A picture's RGB (rows, columns, 3), copied."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows, columns = plain.height(), plain.width()
    whole = np.frombuffer(plain.constBits(), np.uint8).reshape(rows, plain.bytesPerLine())
    return whole[:, : 3 * columns].reshape(rows, columns, 3).copy()
